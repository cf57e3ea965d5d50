#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fake_broker.hpp"
#include "queue/amqp/stores/access.hpp"
#include "queue/amqp/stores/group_publisher.hpp"
#include "queue/amqp/stores/inbox.hpp"
#include "queue/amqp/topology.hpp"
#include "store_harness.hpp"

namespace aep::test {

inline const std::string other_lane = std::string(kLane) + " ebebf826-a01f-4458-8cec-ef61de241c93";
inline constexpr queue::Time kClaimTime = 60'000;

inline queue::Time broker_clock() {
    return kNow;
}
inline std::int64_t monotonic_ms = 1'000'000;
inline std::int64_t broker_monotonic() noexcept {
    return monotonic_ms;
}

inline queue::amqp::Topology topology_of(const std::string& worker, std::uint32_t shards = 1) {
    return {"aep",
            shards,
            {std::string(kLane), other_lane},
            worker,
            {.max_size = 0, .max_age = 0, .claim_time = kClaimTime}};
}

/// What a process of the fleet has besides its stores.
struct Node {
    Node(FakeCluster& cluster, const std::string& name, std::uint32_t shards = 1)
        : broker(cluster), topology(topology_of(name, shards)), worker(name) {
        cluster.dead = topology.dead();
    }

    FakeBroker broker;
    queue::amqp::Topology topology;
    std::string worker;
    queue::amqp::stores::Inbox inbox{broker};
    queue::amqp::stores::GroupPublisher publisher{broker, broker_monotonic};
    queue::amqp::stores::Access access{inbox, publisher, topology, worker, "/spool", broker_clock};
};

}  // namespace aep::test
