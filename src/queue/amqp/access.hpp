#pragma once

#include <cstdint>
#include <string>

#include "inbox.hpp"
#include "publisher.hpp"
#include "queue/queue_clock.hpp"
#include "topology.hpp"

namespace aep::queue::amqp {

/// In EntryId::part: what is in the broker. The spool's own parts are the numbers of its files.
inline constexpr std::uint32_t kBrokerPart = 0xFFFF'FFFF;

/// What the stores of a process have in common. All of it outlives them.
struct Access {
    Inbox& inbox;
    Publisher& publisher;
    const Topology& topology;
    std::string worker;           ///< unique in the fleet
    std::string spool_directory;  ///< for messages
    Clock clock = wall_clock;
};

}  // namespace aep::queue::amqp
