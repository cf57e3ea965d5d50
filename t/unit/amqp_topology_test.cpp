#include "queue/amqp/topology.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cmocka.hpp"
#include "expect.hpp"

namespace {

using namespace aep::queue::amqp;
using aep::test::expect_text;

constexpr const char* kLane = "https://edge.adobedc.net";

Topology topology_with(const Topology::Limits& limits, std::uint32_t shards = 2,
                       std::vector<std::string> lanes = {kLane}) {
    return {"aep", shards, std::move(lanes), "web1:4711", limits};
}

QueueDeclaration declaration_of(const Topology& topology, std::string_view name) {
    for (QueueDeclaration& queue : topology.queues()) {
        if (queue.name == name) {
            return queue;
        }
    }
    fail_msg("there is no queue %.*s", static_cast<int>(name.size()), name.data());
    return {};
}

/// As text; empty: there is none.
std::string argument_of(const QueueDeclaration& queue, std::string_view key) {
    for (const Argument& argument : queue.arguments) {
        if (argument.key == key) {
            return argument.is_flag     ? "true"
                   : argument.is_number ? std::to_string(argument.number)
                                        : argument.text;
        }
    }
    return {};
}

void all_queues_are_quorum_queues(void**) {
    for (const QueueDeclaration& queue : topology_with({}).queues()) {
        expect_text(argument_of(queue, "x-queue-type"), "quorum");
    }
}

void every_queue_that_waits_for_edge_loses_nothing(void**) {
    const Topology topology = topology_with({});
    for (const QueueDeclaration& queue : topology.queues()) {
        if (queue.name != topology.dead()) {
            expect_text(argument_of(queue, "x-overflow"), "reject-publish");
            expect_text(argument_of(queue, "x-delivery-limit"), "1000000");
            expect_text(argument_of(queue, "x-dead-letter-strategy"), "at-least-once");
        }
    }
}

void names_are_plain_and_different(void**) {
    const std::vector<std::string> lanes{"https://a.b",   "https://a_b",         "https___a.b",
                                         "https:__a.b x", std::string(400, 'a'), std::string(401, 'a')};
    const Topology topology = topology_with({}, 3, lanes);
    std::set<std::string> names;
    for (const QueueDeclaration& queue : topology.queues()) {
        assert_true(queue.name.size() <= 255);
        assert_true(std::all_of(queue.name.begin(), queue.name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
        }));
        assert_true(names.insert(queue.name).second);
    }
    assert_int_equal(names.size(), lanes.size() * 4 + Topology::kConsentQueues + 2);
    // What is plain keeps its name.
    expect_text(topology.lane_queue("https___a.b", 1), "aep.lane.https___a.b.1");
}

void names_stay_what_they_are(void**) {
    // Another version of the module, on another node, has to find what this one has put there.
    const Topology topology = topology_with({});
    expect_text(topology.lane_queue(kLane, 0), "aep.lane.https___edge.adobedc.net-4de371d4a783.0");
    expect_text(topology.order_queue(kLane), "aep.order.https___edge.adobedc.net-4de371d4a783");
    expect_text(topology.consent_queue("12345"), "aep.consent.9");
    expect_text(topology.dead(), "aep.dead");
}

void a_lane_has_its_shards(void**) {
    const Topology topology = topology_with({});
    assert_int_equal(topology.lane_queues(kLane).size(), 2);
    assert_int_equal(topology_with({}, 0).shards(), 1);
    assert_true(topology.has_lane(kLane));
    assert_false(topology.has_lane("https://other"));
}

void the_size_is_shared(void**) {
    const Topology topology = topology_with({.max_size = 12'000}, 2, {kLane, "b"});
    expect_text(argument_of(declaration_of(topology, topology.lane_queue(kLane, 1)), "x-max-length-bytes"),
                "2000");
    expect_text(argument_of(declaration_of(topology, topology.order_queue("b")), "x-max-length-bytes"),
                "2000");
    expect_text(argument_of(declaration_of(topology, topology.dead()), "x-max-length-bytes"), "3000");
}

void without_a_size_the_policy_says(void**) {
    const Topology topology = topology_with({});
    expect_text(argument_of(declaration_of(topology, topology.lane_queue(kLane, 0)), "x-max-length-bytes"),
                "");
    const QueueDeclaration dead = declaration_of(topology, topology.dead());
    expect_text(argument_of(dead, "x-max-length-bytes"), "268435456");
    expect_text(argument_of(dead, "x-message-ttl"), "604800000");
    expect_text(argument_of(dead, "x-overflow"), "drop-head");
    expect_text(dead.bound_to, "aep.dead");
}

void what_keeps_its_order_has_one_consumer(void**) {
    const Topology topology = topology_with({});
    expect_text(
        argument_of(declaration_of(topology, topology.order_queue(kLane)), "x-single-active-consumer"),
        "true");
    for (const char* const identity : {"a", "b", "c"}) {
        const QueueDeclaration queue = declaration_of(topology, topology.consent_queue(identity));
        expect_text(argument_of(queue, "x-single-active-consumer"), "true");
        expect_text(argument_of(queue, "x-dead-letter-exchange"), "aep.dead");
    }
    expect_text(
        argument_of(declaration_of(topology, topology.lane_queue(kLane, 0)), "x-single-active-consumer"), "");
}

void what_is_held_goes_to_its_queue_in_time(void**) {
    const Topology topology = topology_with({.claim_time = 60'000});
    const QueueDeclaration hold = declaration_of(topology, topology.hold());
    expect_text(argument_of(hold, "x-message-ttl"), "65000");
    expect_text(argument_of(hold, "x-expires"), "1800000");
    expect_text(hold.bound_to, topology.hold());
    const auto key = std::find_if(hold.arguments.begin(), hold.arguments.end(), [](const Argument& argument) {
        return argument.key == "x-dead-letter-exchange";
    });
    assert_true(key != hold.arguments.end() && key->text.empty());
    // Longer than what it holds lives, however long that is.
    const Topology slow = topology_with({.claim_time = 3'000'000});
    expect_text(argument_of(declaration_of(slow, slow.hold()), "x-expires"), "6010000");
}

void the_exchange_of_a_worker_goes_with_its_queue(void**) {
    const Topology topology = topology_with({});
    for (const ExchangeDeclaration& exchange : topology.exchanges()) {
        expect_text(exchange.type, "fanout");
        assert_int_equal(exchange.auto_delete, exchange.name == topology.hold());
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(all_queues_are_quorum_queues),
        cmocka_unit_test(every_queue_that_waits_for_edge_loses_nothing),
        cmocka_unit_test(names_are_plain_and_different),
        cmocka_unit_test(names_stay_what_they_are),
        cmocka_unit_test(a_lane_has_its_shards),
        cmocka_unit_test(the_size_is_shared),
        cmocka_unit_test(without_a_size_the_policy_says),
        cmocka_unit_test(what_keeps_its_order_has_one_consumer),
        cmocka_unit_test(what_is_held_goes_to_its_queue_in_time),
        cmocka_unit_test(the_exchange_of_a_worker_goes_with_its_queue),
    };
    return cmocka_run_group_tests_name("AMQP topology", tests, nullptr, nullptr);
}
