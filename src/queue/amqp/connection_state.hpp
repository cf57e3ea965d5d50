#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "connection.hpp"
#include "frames.hpp"
#include "librabbitmq.hpp"
#include "tls.hpp"

namespace aep::queue::amqp {

inline constexpr amqp_channel_t kMessages = 1;   ///< what is published, or consumed
inline constexpr amqp_channel_t kQuestions = 2;  ///< what may go wrong: the broker closes the channel then
inline constexpr amqp_channel_t kDepths = 3;     ///< the same, for questions whose answer nobody waits for
inline constexpr int kFrame = 131'072;           ///< bytes, RabbitMQ's own limit

/// What only the two sources of Connection see of it: the library.
struct Connection::State {
    State(const Settings& for_settings, Settings::Host for_host, Interruption& for_interruption)
        : settings(for_settings),
          host(std::move(for_host)),
          interruption(for_interruption),
          tls(for_settings, host, for_interruption) {}

    bool connect();
    void set_options() const noexcept;
    bool log_in();
    bool open_channel(amqp_channel_t channel);

    /// Before each question: for how long its answer is waited for.
    void set_patience() const noexcept;
    Answer answer(amqp_channel_t asked);
    Answer answer_of_closing(amqp_channel_t asked, const amqp_method_t& method);
    bool leave_channel(amqp_channel_t channel);
    bool take_closing(const Frames::Closing& closing, Receiver& receiver);
    bool lose(std::string why) noexcept;
    bool lose(int status);
    bool sent(int status) { return status == AMQP_STATUS_OK || lose(status); }
    [[nodiscard]] bool wait_for_room(std::chrono::milliseconds patience) const noexcept;
    void close() noexcept;

    const Settings& settings;
    const Settings::Host host;
    Interruption& interruption;
    Tls tls;
    amqp_connection_state_t library = nullptr;
    std::int64_t prepare_until = 0;  ///< ms, monotonic; 0: it is prepared
    std::string error;
    std::string refusal;
    std::string product;
    Frames frames;
    std::deque<std::string> asked;  ///< depths, in the order of the questions
};

inline amqp_table_entry_t flag_entry(const char* key) noexcept {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

inline amqp_table_entry_t text_entry(std::string_view key, std::string_view value) noexcept {
    amqp_table_entry_t entry{};
    entry.key = bytes_of(key);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = bytes_of(value);
    return entry;
}

}  // namespace aep::queue::amqp
