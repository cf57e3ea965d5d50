// The link against three nodes of RabbitMQ, of which one dies.

#include "queue/amqp/link.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "../unit/expect.hpp"
#include "rabbitmq.hpp"

namespace {

using namespace aep::test;

int start_rabbitmq(void** /*state*/) {
    rabbitmq("start 3");
    return 0;
}

int stop_rabbitmq(void** /*state*/) {
    rabbitmq("stop");
    return 0;
}

/// The number of the node at which messages are published.
int node_of(const Linked& one) {
    const std::string host = one.link.health().host;
    const std::vector<std::uint16_t> all = ports(false);
    for (std::size_t node = 0; node < all.size(); ++node) {
        if (host.ends_with(":" + std::to_string(all[node]))) {
            return static_cast<int>(node) + 1;
        }
    }
    fail_msg("%s is none of the nodes", host.c_str());
    return 0;
}

/// Publishes for as long as it takes to have so many confirmed, each until it was. Returns the longest time without any.
milliseconds publish_all(Linked& one, const std::string& queue, std::size_t first, std::size_t end) {
    auto last = std::chrono::steady_clock::now();
    milliseconds longest{0};
    while (first < end) {
        assert_true(std::chrono::steady_clock::now() - last < 2 * kPatience);
        const auto fates =
            one.link.publish(std::vector{message_to(queue, std::to_string(first))}, milliseconds(1'000));
        if (fates[0] != Fate::confirmed) {
            std::this_thread::sleep_for(milliseconds(10));
            continue;
        }
        ++first;
        const auto now = std::chrono::steady_clock::now();
        longest = std::max(longest, std::chrono::duration_cast<milliseconds>(now - last));
        last = now;
    }
    return longest;
}

void another_node_takes_over_and_nothing_is_lost(void**) {
    constexpr std::size_t kCount = 600;
    Linked one(settings_of(new_name(), 3));
    assert_true(one.comes_up(2 * kPatience));
    const std::string queue = one.topology.lane_queue(kLane, 0);
    publish_all(one, queue, 0, kCount / 3);
    const int node = node_of(one);
    rabbitmq("kill " + std::to_string(node));
    const milliseconds longest = publish_all(one, queue, kCount / 3, kCount);
    print_message("# node %d was killed: %d ms without a confirm\n", node, static_cast<int>(longest.count()));
    assert_true(longest < milliseconds(5'000));
    assert_true(node_of(one) != node);
    std::vector<bool> seen(kCount);
    one.link.consume(queue, 100);
    std::size_t count = 0;
    while (count < kCount) {
        const std::vector<Delivery> deliveries = one.receive(1);
        assert_false(deliveries.empty());
        for (const Delivery& delivery : deliveries) {
            const std::size_t number = std::stoul(delivery.message.body);
            count += seen.at(number) ? 0U : 1U;
            seen[number] = true;
            one.link.acknowledge(delivery.tag);
        }
    }
    rabbitmq("restart " + std::to_string(node));
}

void without_a_majority_nothing_is_confirmed(void**) {
    Linked one(settings_of(new_name(), 3));
    assert_true(one.comes_up(2 * kPatience));
    const std::string queue = one.topology.lane_queue(kLane, 0);
    publish_all(one, queue, 0, 10);
    rabbitmq("kill 1");
    rabbitmq("kill 2");
    assert_true(within(kPatience, [&] {
        const std::vector messages{message_to(queue, "more")};
        return one.link.publish(messages, milliseconds(300))[0] != Fate::confirmed && !one.link.is_up();
    }));
    rabbitmq("restart 1");
    assert_true(one.comes_up(2 * kPatience));
    publish_all(one, queue, 10, 20);
    one.link.consume(queue, 100);
    assert_true(one.receive(20).size() >= 20);
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 1) {
        cmocka_set_test_filter(arguments[1]);
    }
    const CMUnitTest tests[] = {
        cmocka_unit_test(another_node_takes_over_and_nothing_is_lost),
        cmocka_unit_test(without_a_majority_nothing_is_confirmed),
    };
    return cmocka_run_group_tests_name("link to a cluster of RabbitMQ", tests, start_rabbitmq, stop_rabbitmq);
}
