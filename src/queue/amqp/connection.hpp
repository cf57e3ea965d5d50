#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker.hpp"
#include "interruption.hpp"
#include "settings.hpp"
#include "topology.hpp"

namespace aep::queue::amqp {

/// What comes over a connection without being an answer.
class Receiver {
  public:
    Receiver() = default;
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    virtual ~Receiver() = default;

    /// The tag has no connection yet.
    virtual void on_delivery(Delivery&& delivery) = 0;
    /// The broker's word on a message, or on all up to it that had none.
    virtual void on_confirm(std::uint64_t number, bool multiple, bool is_positive) = 0;
    /// No queue takes the message. It is confirmed nevertheless.
    virtual void on_return(std::uint64_t number) = 0;
    /// The broker delivers nothing of a queue any more.
    virtual void on_cancel(std::string_view queue) = 0;
    virtual void on_depth(std::string_view queue, std::uint64_t messages, std::uint32_t consumers) = 0;
    /// Instead of its depth: there is no such queue, or it is not for us.
    virtual void on_absence(std::string_view queue, std::string_view why) = 0;
    /// The broker takes nothing for now: its disk or its memory is full.
    virtual void on_blocked(std::string_view why) = 0;
    virtual void on_unblocked() = 0;
};

/// One connection to a broker, by librabbitmq. Used by one thread. Nothing waits without end; what fails for another
/// reason than the broker's refusal closes the connection, and error() tells why.
class Connection {
  public:
    static constexpr std::chrono::milliseconds kConnectPatience{2'000};    ///< TCP and TLS
    static constexpr std::chrono::milliseconds kHandshakePatience{3'000};  ///< AMQP and the login
    static constexpr std::chrono::milliseconds kAnswerPatience{5'000};
    static constexpr std::chrono::milliseconds kPreparePatience{15'000};  ///< all of it, until prepared()
    static constexpr std::chrono::seconds kHeartbeat{5};  ///< twice that without a sign of life is the end

    /// The settings and the interruption live longer.
    Connection(const Settings& settings, const Settings::Host& host, Interruption& interruption);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Connects and logs in. Once only.
    bool open();
    /// What it is needed for can begin. A broker that answers everything, but slowly, does not get so far.
    void prepared() noexcept;
    [[nodiscard]] bool is_open() const noexcept;
    /// Closes it, without saying so to the broker: it might not listen. `why` is the error from then on.
    void close(std::string why) noexcept;
    /// The same for one that works, which the broker is told.
    void end() noexcept;

    /// Why it did not open, or is not open any more: the rest of a sentence about the broker.
    [[nodiscard]] const std::string& error() const noexcept;
    [[nodiscard]] int descriptor() const noexcept;
    /// The broker's: "RabbitMQ 3.10.8".
    [[nodiscard]] const std::string& product() const noexcept;

    // These wait for the broker's answer.

    enum class Answer : std::uint8_t {
        yes,
        no,    ///< refusal() tells why
        lost,  ///< the connection is closed
    };
    /// The broker's words.
    [[nodiscard]] const std::string& refusal() const noexcept;

    Answer declare(const ExchangeDeclaration& exchange);
    Answer declare(const QueueDeclaration& queue);
    Answer exists(std::string_view queue);
    /// Each message that is published is confirmed. They are numbered from 1.
    bool expect_confirms();
    /// Of a queue that exists.
    bool consume(const std::string& queue, std::uint16_t prefetch);
    bool cancel(const std::string& queue);

    // These do not.

    /// Whether it can be sent at all.
    [[nodiscard]] bool fits(const Message& message) const noexcept;
    /// Sends a message as number `number`. Waits at most `patience` for room; none closes the connection.
    bool publish(const Message& message, std::uint64_t number, std::chrono::milliseconds patience);
    /// Answered by on_depth or on_absence, in the order of the questions.
    bool ask_depth(const std::string& queue);

    bool acknowledge(std::uint64_t number, bool multiple);
    bool give_back(std::uint64_t number);
    bool reject(std::uint64_t number);

    /// Reads what has come, and sends a heartbeat when one is due. False when it was closed.
    bool read(Receiver& receiver);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aep::queue::amqp
