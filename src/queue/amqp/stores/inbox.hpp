#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "queue/amqp/broker.hpp"

namespace aep::queue::amqp::stores {

/// What the broker has delivered to this process, by queue, until the store takes it that it is for. What came over a
/// connection that has ended is not in it any more.
class Inbox {
  public:
    explicit Inbox(Broker& broker) noexcept : broker_(broker) {}

    /// Takes what has come. Whether there is something new, be it a connection.
    bool refresh();

    /// What has been delivered of a queue since the last call, in its order.
    std::vector<Delivery> take(std::string_view queue);
    /// Nothing is here of any queue.
    [[nodiscard]] bool is_empty() const noexcept { return queues_.empty(); }

    [[nodiscard]] Broker& broker() const noexcept { return broker_; }

  private:
    Broker& broker_;
    std::uint64_t connection_ = 0;
    std::map<std::string, std::vector<Delivery>, std::less<>> queues_;  ///< those of which something is here
};

}  // namespace aep::queue::amqp::stores
