// What a courier wants of its queue, by itself and with a simulated Edge and queue.

#include "delivery/courier.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "expect.hpp"
#include "queue/pace.hpp"
#include "shared/breaker.hpp"

namespace {

using namespace aep::delivery;
using namespace aep::queue;
using namespace aep::shared;
using aep::shared::Breaker;
using Ending = Courier::Ending;

constexpr const char* kNorth = "https://north.example";
constexpr const char* kSouth = "https://south.example";
constexpr std::size_t kConnections = 32;
constexpr std::size_t kMost = kConnections / 2;
constexpr std::uint64_t kNow = 1'000'000;
constexpr std::uint32_t kMiddle = 512;  // no jitter

/// Everything of one worker and one Edge host, in steps of a millisecond.
struct Simulation {
    struct Host {
        bool is_up = true;
        std::uint64_t round_trip = 20;
        Breaker breaker;
        Pace pace;
        std::size_t entries = 0;  ///< in the queue
        bool are_old = true;
        std::size_t wanted = 0;
        std::deque<std::uint64_t> transfers;  ///< when they end
        std::size_t delivered = 0;
        std::size_t failed = 0;
        std::size_t put_back = 0;
        std::size_t wants = 0;  ///< calls
        std::size_t most_in_flight = 0;
        bool has_changed = true;  ///< since the courier was asked
    };

    Simulation() {
        for (const char* lane : {kNorth, kSouth}) {
            courier.add(lane, kConnections);
            hosts.try_emplace(lane);
        }
    }

    void run(std::uint64_t milliseconds) {
        for (const std::uint64_t end = now + milliseconds; now < end; ++now) {
            const std::uint64_t wake = courier.next_wake();
            for (auto& [lane, host] : hosts) {
                end_transfers(lane, host);
                if (host.has_changed || (wake != 0 && wake <= now)) {
                    host.has_changed = false;
                    ask(lane, host);
                }
                deliver(lane, host);
            }
        }
    }

    void ask(const std::string& lane, Host& host) {
        const std::uint64_t refuses_until =
            host.breaker.open_until == 0 ? 0 : std::max(host.breaker.open_until, host.breaker.probe_until);
        const Courier::Demand demand =
            courier.demand(lane, {refuses_until, host.breaker.open_until != 0, host.pace.wait(now)}, now);
        host.wanted = (demand.want_nothing ? 0 : host.wanted) + demand.want;
        host.wants += demand.want != 0 ? 1 : 0;
    }

    void deliver(const std::string& lane, Host& host) {
        const std::size_t count = std::min(host.wanted, host.entries);
        host.wanted -= count;
        host.entries -= count;
        courier.on_given(lane, count);
        host.has_changed = host.has_changed || count != 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (host.breaker.ask(now, 12'000) == Breaker::Permit::refuse) {
                ++host.entries;
                ++host.put_back;
                courier.on_ended(lane, Ending::not_sent, now);
                continue;
            }
            if (host.are_old) {
                host.pace.charge(now, 1000);
            }
            host.transfers.push_back(now + host.round_trip);
        }
        host.most_in_flight = std::max(host.most_in_flight, host.transfers.size());
        assert_int_equal(host.transfers.size(), courier.in_flight(lane));
    }

    void end_transfers(const std::string& lane, Host& host) {
        while (!host.transfers.empty() && host.transfers.front() <= now) {
            host.transfers.pop_front();
            host.has_changed = true;
            if (host.is_up) {
                ++host.delivered;
                host.breaker.success(now);
                courier.on_ended(lane, Ending::answered, now);
            } else {
                ++host.failed;
                ++host.entries;
                host.breaker.failure(now, 0, kMiddle);
                courier.on_ended(lane, Ending::failed, now);
            }
        }
    }

    Courier courier;
    std::map<std::string, Host> hosts;
    std::uint64_t now = kNow;
};

void expect_demand(const Courier::Demand& demand, bool want_nothing, std::size_t want) {
    assert_int_equal(demand.want_nothing, want_nothing);
    assert_int_equal(demand.want, want);
}

/// As many answers as it takes until half of the connections are used.
void warm_up(Courier& courier) {
    courier.on_given(kNorth, kMost);
    for (std::size_t i = 0; i < kMost; ++i) {
        courier.on_ended(kNorth, Ending::answered, kNow);
    }
}

void begins_with_one_and_never_takes_more_than_half_of_the_connections(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 1);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 0);
    warm_up(courier);
    warm_up(courier);
    expect_demand(courier.demand(kNorth, {}, kNow), false, kMost);
}

void one_connection_is_enough(void**) {
    Courier courier;
    courier.add(kNorth, 1);
    courier.on_given(kNorth, 1);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 0);
    courier.on_ended(kNorth, Ending::answered, kNow);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 1);
}

void an_edge_that_is_not_known_is_not_delivered(void**) {
    Courier courier;
    expect_demand(courier.demand(kNorth, {}, kNow), false, 0);
    courier.on_given(kNorth, 1);
    courier.on_ended(kNorth, Ending::failed, kNow);
    assert_int_equal(courier.next_wake(), 0);
}

void wants_in_parts_that_are_worth_a_wake(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    warm_up(courier);
    expect_demand(courier.demand(kNorth, {}, kNow), false, kMost);
    courier.on_given(kNorth, kMost);
    for (std::size_t i = 1; i < kMost / 2; ++i) {
        courier.on_ended(kNorth, Ending::answered, kNow);
        expect_demand(courier.demand(kNorth, {}, kNow), false, 0);
    }
    courier.on_ended(kNorth, Ending::answered, kNow);
    expect_demand(courier.demand(kNorth, {}, kNow), false, kMost / 2);
}

void what_was_wanted_is_taken_back_while_the_breaker_is_open(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    warm_up(courier);
    courier.demand(kNorth, {}, kNow);
    const Courier::Host open{kNow + 4000, true, 0};
    expect_demand(courier.demand(kNorth, open, kNow), true, 0);
    assert_int_equal(courier.next_wake(), kNow + 4000);
    expect_demand(courier.demand(kNorth, open, kNow + 3999), false, 0);
    expect_demand(courier.demand(kNorth, open, kNow + 4000), false, 1);
    assert_int_equal(courier.next_wake(), 0);
}

void each_answer_that_does_not_come_halves_what_is_under_way(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    warm_up(courier);
    for (const std::size_t expected : {kMost / 2, kMost / 4, kMost / 8, std::size_t{1}, std::size_t{1}}) {
        courier.on_given(kNorth, 1);
        courier.on_ended(kNorth, Ending::failed, kNow);
        expect_demand(courier.demand(kNorth, {}, kNow), false, expected);
        courier.demand(kNorth, {kNow + 1, true, 0}, kNow);  // takes it back
    }
}

/// A datastream that has to wait is no reason to slow down others.
void what_edge_postpones_changes_nothing(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    warm_up(courier);
    courier.on_given(kNorth, kMost);
    for (std::size_t i = 0; i < kMost; ++i) {
        courier.on_ended(kNorth, Ending::postponed, kNow);
    }
    expect_demand(courier.demand(kNorth, {}, kNow), false, kMost);
}

void a_probe_is_wanted_as_one(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    assert_false(courier.demand(kNorth, {}, kNow).is_probe);
    courier.on_given(kNorth, 1);
    courier.on_ended(kNorth, Ending::failed, kNow);
    const Courier::Demand demand = courier.demand(kNorth, {kNow, true, 0}, kNow);
    assert_int_equal(demand.want, 1);
    assert_true(demand.is_probe);
}

void after_an_outage_each_round_trip_doubles_what_is_under_way(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    std::size_t expected = 1;
    for (int round = 0; round < 7; ++round) {
        const std::size_t wanted = courier.demand(kNorth, {}, kNow).want;
        assert_int_equal(wanted, expected);
        courier.on_given(kNorth, wanted);
        for (std::size_t i = 0; i < wanted; ++i) {
            courier.on_ended(kNorth, Ending::answered, kNow);
        }
        expected = std::min(expected * 2, kMost);
    }
}

void what_is_put_back_does_not_come_again_at_once(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    courier.demand(kNorth, {}, kNow);
    courier.on_given(kNorth, 1);
    courier.on_ended(kNorth, Ending::not_sent, kNow);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 0);
    assert_int_equal(courier.next_wake(), kNow + Courier::kPauseWhenNotSent);
}

void fewer_connections_lower_what_is_under_way(void**) {
    Courier courier;
    courier.add(kNorth, kConnections);
    warm_up(courier);
    courier.add(kNorth, 4);
    expect_demand(courier.demand(kNorth, {}, kNow), false, 2);
}

void an_empty_pace_lets_a_burst_through_and_then_the_rate(void**) {
    Pace pace;
    for (int i = 0; i < 100; ++i) {
        assert_int_equal(pace.wait(kNow), 0);
        pace.charge(kNow, 500);
    }
    pace.charge(kNow, 500);
    assert_int_equal(pace.wait(kNow), 1);
    pace.charge(kNow, 64 * 1024);
    assert_int_equal(pace.wait(kNow), 9);
    assert_int_equal(pace.wait(kNow + 9), 0);
}

void a_pace_forgives_a_clock_that_was_set_back(void**) {
    Pace pace;
    pace.charge(kNow + 3'600'000, 500);
    assert_int_equal(pace.wait(kNow), 0);
}

void a_backlog_is_what_has_waited_for_ten_seconds(void**) {
    assert_false(Pace::is_backlog(1000, 11'000));
    assert_true(Pace::is_backlog(1000, 11'001));
    assert_false(Pace::is_backlog(12'000, 11'000));
}

void a_backlog_is_drained_at_the_pace(void**) {
    Simulation world;
    Simulation::Host& north = world.hosts.at(kNorth);
    north.entries = 100'000;
    north.round_trip = 2;
    world.run(10'000);
    assert_in_range(north.delivered, 9'500, 10'500);
    assert_int_equal(north.most_in_flight, kMost);
    assert_int_equal(north.failed, 0);
}

void fresh_entries_are_not_slowed_down(void**) {
    Simulation world;
    Simulation::Host& north = world.hosts.at(kNorth);
    north.entries = 100'000;
    north.are_old = false;
    north.round_trip = 2;
    world.run(2000);
    assert_true(north.delivered > 6000);
}

void an_outage_costs_few_attempts_and_ends_soon_after_edge_is_back(void**) {
    Simulation world;
    Simulation::Host& north = world.hosts.at(kNorth);
    north.entries = 5000;
    world.run(1000);
    const std::size_t before = north.delivered;
    assert_true(before > 500);
    north.is_up = false;
    world.run(120'000);
    assert_in_range(north.delivered, before, before + kMost);
    // In the first second nobody knows whether it is the host; then five say so, and then there are probes.
    assert_in_range(north.failed, kMost, kMost + 1000 / north.round_trip + 50);
    const std::size_t during = north.delivered;
    north.is_up = true;
    world.run(31'000);
    assert_true(north.delivered > during);
    world.run(10'000);
    assert_int_equal(north.delivered, 5000);
    assert_int_equal(north.entries, 0);
}

void an_edge_that_is_down_does_not_hold_up_another(void**) {
    Simulation world;
    world.hosts.at(kNorth).entries = 5000;
    world.hosts.at(kNorth).is_up = false;
    world.hosts.at(kSouth).entries = 5000;
    world.run(10'000);
    assert_int_equal(world.hosts.at(kNorth).delivered, 0);
    assert_int_equal(world.hosts.at(kSouth).delivered, 5000);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(begins_with_one_and_never_takes_more_than_half_of_the_connections),
        cmocka_unit_test(one_connection_is_enough),
        cmocka_unit_test(an_edge_that_is_not_known_is_not_delivered),
        cmocka_unit_test(wants_in_parts_that_are_worth_a_wake),
        cmocka_unit_test(what_was_wanted_is_taken_back_while_the_breaker_is_open),
        cmocka_unit_test(each_answer_that_does_not_come_halves_what_is_under_way),
        cmocka_unit_test(what_edge_postpones_changes_nothing),
        cmocka_unit_test(a_probe_is_wanted_as_one),
        cmocka_unit_test(after_an_outage_each_round_trip_doubles_what_is_under_way),
        cmocka_unit_test(what_is_put_back_does_not_come_again_at_once),
        cmocka_unit_test(fewer_connections_lower_what_is_under_way),
        cmocka_unit_test(an_empty_pace_lets_a_burst_through_and_then_the_rate),
        cmocka_unit_test(a_pace_forgives_a_clock_that_was_set_back),
        cmocka_unit_test(a_backlog_is_what_has_waited_for_ten_seconds),
        cmocka_unit_test(a_backlog_is_drained_at_the_pace),
        cmocka_unit_test(fresh_entries_are_not_slowed_down),
        cmocka_unit_test(an_outage_costs_few_attempts_and_ends_soon_after_edge_is_back),
        cmocka_unit_test(an_edge_that_is_down_does_not_hold_up_another),
    };
    return cmocka_run_group_tests_name("courier", tests, nullptr, nullptr);
}
