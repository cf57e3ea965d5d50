#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "group_publisher.hpp"
#include "inbox.hpp"
#include "queue/amqp/topology.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::amqp::stores {

/// In EntryId::part: what is in the broker. The spool's own parts are the numbers of its files.
inline constexpr std::uint32_t kBrokerPart = 0xFFFF'FFFF;

/// So much of a spool goes to the broker at once. What is there and not out of the spool yet when the process is killed is
/// delivered twice.
inline constexpr std::size_t kMostForwarded = 32;
inline constexpr std::size_t kMostForwardedBytes = std::size_t{1} << 20U;

/// What the stores of a process have in common. All of it outlives them.
struct Access {
    Inbox& inbox;
    GroupPublisher& publisher;
    const Topology& topology;
    std::string worker;           ///< unique in the fleet
    std::string spool_directory;  ///< for messages
    Clock clock = wall_clock;
};

/// The lanes that may have something: all that the configuration knows, and those that the spool has besides.
inline std::vector<std::string> lanes_of(const Topology& topology, std::vector<std::string>&& spooled) {
    std::vector<std::string> names = topology.lanes();
    for (std::string& lane : spooled) {
        if (!topology.has_lane(lane)) {
            names.push_back(std::move(lane));
        }
    }
    return names;
}

}  // namespace aep::queue::amqp::stores
