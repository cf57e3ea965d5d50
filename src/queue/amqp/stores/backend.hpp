#pragma once

#include <memory>

#include "queue/amqp/backend.hpp"

namespace aep::queue::amqp::stores {

/// The queue in RabbitMQ's quorum queues, which all nodes of a fleet share.
std::unique_ptr<Backend> make_backend(Parts&& parts);

}  // namespace aep::queue::amqp::stores
