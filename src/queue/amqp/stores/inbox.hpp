#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "queue/amqp/broker.hpp"

namespace aep::queue::amqp::stores {

/// What the broker has delivered to this process, by queue, until the store takes it that it is for. What came over a
/// connection that has ended is not in it any more.
class Inbox {
  public:
    explicit Inbox(Broker& broker) noexcept : broker_(broker) {}

    /// Takes what has come. Whether there is something new, be it a connection.
    bool refresh();

    /// What has been delivered of a queue; whoever reads it takes it out.
    std::deque<Delivery>& of(std::string_view queue);

    [[nodiscard]] Broker& broker() const noexcept { return broker_; }

  private:
    Broker& broker_;
    std::uint64_t connection_ = 0;
    std::map<std::string, std::deque<Delivery>, std::less<>> queues_;
};

}  // namespace aep::queue::amqp::stores
