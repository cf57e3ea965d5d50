#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "access.hpp"
#include "finished_ids.hpp"
#include "queue/entry.hpp"

namespace aep::queue::amqp::stores {

/// What this process has of a queue in which the order counts, in that order: the broker delivers it to one consumer at a
/// time. What is claimed when the connection ends stays until its transfer has, and is known again by its message's
/// identifier: the broker may deliver it again to this process, or to another one, of which nobody tells.
class OrderedQueue {
  public:
    static constexpr std::uint16_t kPrefetch = 128;
    static constexpr std::size_t kMostFinished = 1024;  ///< identifiers of what is not sent again

    struct Waiting {
        std::uint64_t number = 0;  ///< within the process
        std::string id;            ///< of the message
        std::string identity;      ///< of a consent
        Tag tag;                   ///< of no connection: it has not been delivered again yet
        bool is_redelivered = false;
        bool is_late = false;  ///< it was kept elsewhere before it came into the queue
        bool is_claimed = false;
        bool is_needed = true;  ///< false: what came after it says all
        bool is_overtaken =
            false;  ///< a consent that came too late: `entry` is the newer one, which is to be said again
        Time rests_until = 0;  ///< of a consent: what a transfer of another process may be sending
        Entry entry;
        std::optional<Settlement> end;  ///< to be carried out
    };

    /// Starts with the consumer off.
    OrderedQueue(const Access& access, std::string name) : access_(access), name_(std::move(name)) {}

    void consume();
    /// Leaves the queue to others: gives back what is not claimed.
    void stop();
    [[nodiscard]] bool is_consumed() const noexcept { return is_consumed_; }

    /// Takes what was delivered; `last` counts the numbers of the process.
    void pull(std::uint64_t& last);

    std::deque<Waiting>& waiting() noexcept { return waiting_; }

    /// Whether it was here. What is to become a dead letter stays until the broker has it there: end_all() tries again.
    bool settle(const Settlement& settlement);
    void end_all();

    /// Acknowledges one that nobody needs to send; the caller takes it out.
    void skip(const Waiting& waiting) { access_.inbox.broker().acknowledge(waiting.tag); }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    void lose_connection();
    void leave_to_others(const std::deque<Waiting>::iterator& ended);
    void receive(Delivery&& delivery, std::uint64_t& last);
    bool carry_out(Waiting& waiting);

    const Access& access_;
    const std::string name_;
    std::uint64_t connection_ = 0;
    bool is_consumed_ = false;
    std::deque<Waiting> waiting_;
    FinishedIds finished_{kMostFinished};
};

}  // namespace aep::queue::amqp::stores
