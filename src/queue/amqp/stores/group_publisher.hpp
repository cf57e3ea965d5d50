#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "queue/amqp/broker.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::amqp::stores {

/// Publishes for the stores of a process, and does not let a broker that says nothing hold up each of their groups.
/// Times are ms of a monotonic clock.
class GroupPublisher {
  public:
    using MonotonicClock = std::int64_t (*)() noexcept;

    /// How long a group waits for the broker's word.
    static constexpr std::chrono::milliseconds kPatience{1000};
    static constexpr std::int64_t kFirstPause = 1000;  ///< ms without the broker, when it said nothing
    static constexpr std::int64_t kLongestPause =
        8000;  ///< the same, after it has said nothing several times

    explicit GroupPublisher(Broker& broker, MonotonicClock clock = monotonic_now) noexcept
        : broker_(broker), clock_(clock) {}

    /// Whether it is worth trying.
    [[nodiscard]] bool is_ready() const noexcept { return broker_.is_up() && clock_() >= pause_until_; }

    /// What became of each. At once `refused` when it is not worth trying.
    std::vector<Fate> publish(std::span<const Message> messages);
    /// Whether a majority of the broker's nodes has it on their disks.
    bool publish(const Message& message) {
        return publish(std::span(&message, 1)).front() == Fate::confirmed;
    }

  private:
    Broker& broker_;
    MonotonicClock clock_;
    std::int64_t pause_ = kFirstPause;
    std::int64_t pause_until_ = 0;
};

}  // namespace aep::queue::amqp::stores
