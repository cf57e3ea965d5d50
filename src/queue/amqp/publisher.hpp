#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "line.hpp"
#include "shared.hpp"
#include "topology.hpp"

namespace aep::queue::amqp {

/// The thread's part of publishing: declares what there has to be, sends one batch after the other, and keeps what the
/// broker says to each message.
class Publisher final : Receiver {
  public:
    /// Nothing confirmed for so long, though something waits for it: another host may do better.
    static constexpr std::int64_t kLongestSilence = 10'000;  ///< ms

    // RabbitMQ 3.10 refuses everything for a queue over a connection whose first message for it came while the queue's
    // leader was dead, also when there is a new one. Only another connection helps; a queue that is full looks the same.
    static constexpr std::int64_t kShortestRefusal = 500;  ///< ms, doubled from one time to the next
    static constexpr std::int64_t kLongestRefusal = 60'000;

    Publisher(Shared& shared, const Settings& settings, const Topology& topology, std::size_t first_host);

    /// Does what can be done now.
    void turn(std::int64_t now);
    /// When there is something to do without anybody's message.
    [[nodiscard]] std::int64_t next(std::int64_t now) const noexcept;

    /// Whether the broker confirms what it is sent.
    [[nodiscard]] bool is_ready() const noexcept;
    [[nodiscard]] Line& line() noexcept { return line_; }
    [[nodiscard]] const Line& line() const noexcept { return line_; }

    /// Forgets the batch, if there is one, and the connection.
    void give_up(std::int64_t now, const char* why);

  private:
    void on_delivery(Delivery&& /*delivery*/) override {}
    void on_confirm(std::uint64_t number, bool multiple, bool is_positive) override;
    void on_return(std::uint64_t number) override;
    void on_cancel(std::string_view /*queue*/) override {}
    void on_depth(std::string_view /*queue*/, std::uint64_t /*messages*/,
                  std::uint32_t /*consumers*/) override {}
    void on_absence(std::string_view /*queue*/, std::string_view /*why*/) override {}
    void on_blocked(std::string_view why) override;
    void on_unblocked() override;

    void open(std::int64_t now);
    bool declare(std::int64_t now);
    bool declare_all(std::int64_t now);
    void report_refusals(std::int64_t now, std::size_t count, const std::string& first);
    void lost(std::int64_t now);
    void leave_connection();
    void reopen_when_stuck(std::int64_t now);
    void note(const Message& message, bool is_taken);
    void take_batch();
    void remember_unconfirmed();
    void confirm_late(std::uint64_t number, bool multiple, bool is_positive);
    enum class Step : std::uint8_t { send, next, end };
    Step begin_message(std::size_t index);
    void send(std::int64_t now);
    void leave_batch(std::int64_t now);
    void listen(std::int64_t now);
    void decide(std::size_t index, Fate fate);

    Shared& shared_;
    const Settings& settings_;
    const Topology& topology_;
    Line line_;

    std::shared_ptr<Batch> batch_;
    Message message_;                   ///< of the batch, the one that is being sent
    std::uint64_t first_ = 1;           ///< number of the batch's first message
    std::uint64_t sent_ = 0;            ///< messages, over this connection
    std::vector<std::size_t> indices_;  ///< of the messages that were sent, in the batch
    std::vector<std::string> ids_;      ///< of the same messages
    std::map<std::uint64_t, std::string>
        unconfirmed_;                ///< identifiers, by number: of batches that were abandoned
    std::int64_t batch_at_us_ = 0;   ///< when it was taken
    bool heard_ = false;             ///< something was confirmed since the batch was sent
    std::int64_t silent_since_ = 0;  ///< ms; 0: it is not
    bool is_blocked_ = false;
    std::set<std::string, std::less<>> taking_;  ///< queues that took a message over this connection
    std::int64_t stuck_since_ = 0;               ///< ms: another one refuses everything; 0: none
    std::int64_t patience_with_refusals_ = kShortestRefusal;
    std::int64_t declared_at_ = 0;
    Trouble refused_;
    Trouble blocked_;
};

}  // namespace aep::queue::amqp
