#pragma once

#include <cstdint>
#include <string>

#include "group_publisher.hpp"
#include "inbox.hpp"
#include "queue/amqp/topology.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::amqp::stores {

/// In EntryId::part: what is in the broker. The spool's own parts are the numbers of its files.
inline constexpr std::uint32_t kBrokerPart = 0xFFFF'FFFF;

/// What the stores of a process have in common. All of it outlives them.
struct Access {
    Inbox& inbox;
    GroupPublisher& publisher;
    const Topology& topology;
    std::string worker;           ///< unique in the fleet
    std::string spool_directory;  ///< for messages
    Clock clock = wall_clock;
};

}  // namespace aep::queue::amqp::stores
