#include "queue/amqp/stores/broker_order_store.hpp"

#include <algorithm>

#include "amqp_harness.hpp"
#include "queue/sqlite/sqlite_order_store.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::amqp;
using namespace aep::queue::amqp::stores;
using namespace aep::test;
using Result = Settlement::Result;

struct Worker : Node {
    Worker(FakeCluster& cluster, const std::string& name)
        : Node(cluster, name),
          store(access, std::make_unique<sqlite::SqliteOrderStore>(directory.path(), *ledger, broker_clock)) {
        store.tend();
    }

    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    BrokerOrderStore store;
};

struct Fixture {
    FakeCluster cluster;
    Worker one{cluster, "one"};
    Worker two{cluster, "two"};
    std::string lane = one.topology.order_queue(kLane);
};

std::vector<EntryId> append(OrderStore& store, const std::vector<std::string>& texts) {
    std::vector<Entry> entries;
    for (const std::string& text : texts) {
        entries.push_back(entry_of(text));
        entries.back().source = Source::back_office;
    }
    std::vector<const Entry*> pointers;
    pointers.reserve(entries.size());
    for (const Entry& entry : entries) {
        pointers.push_back(&entry);
    }
    return store.append(pointers);
}

std::vector<Claim> first(OrderStore& store, Time now = kNow) {
    return store.first(kLane, now, 10, kNoLimit);
}

bool settle_all(OrderStore& store, const std::vector<Claim>& claims, Result result = Result::delivered,
                Time due = 0) {
    std::vector<Settlement> settlements;
    for (const Claim& claim : claims) {
        Settlement settlement;
        settlement.id = claim.id;
        settlement.result = result;
        settlement.due = due;
        settlements.push_back(settlement);
    }
    return store.settle(settlements);
}

void one_node_at_a_time_delivers_what_all_append_in_its_order(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a", "b"});
    append(fleet.two.store, {"c"});
    const std::vector<Claim> claims = first(fleet.one.store);
    expect_text(bodies(claims), "a b c");
    assert_true(claims.front().entry.source == Source::back_office);
    expect_text(bodies(first(fleet.two.store)), "");
    assert_true(settle_all(fleet.one.store, claims));
    assert_int_equal(fleet.one.broker.held(), 0);
}

void the_next_takes_over_where_a_node_dies(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a", "b", "c"});
    const std::vector<Claim> claims = first(fleet.one.store);
    first(fleet.two.store);
    assert_true(settle_all(fleet.one.store, {claims.front()}));
    fleet.one.broker.disconnect();
    expect_text(bodies(first(fleet.two.store)), "b c");
}

/// The same with consents has a test in amqp_consents_test.cpp.
void what_was_settled_without_a_connection_holds_up_no_orders(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a"});
    const std::vector<Claim> claims = first(fleet.one.store);
    expect_text(bodies(claims), "a");
    first(fleet.two.store);
    auto& consumers = fleet.cluster.consumers[fleet.lane];
    std::reverse(consumers.begin(), consumers.end());
    fleet.one.broker.reconnect();
    first(fleet.one.store);
    assert_true(settle_all(fleet.two.store, first(fleet.two.store)));
    assert_true(settle_all(fleet.one.store, claims));
    std::reverse(consumers.begin(), consumers.end());
    append(fleet.two.store, {"b"});
    expect_text(bodies(first(fleet.one.store)), "b");
}

void what_was_put_back_is_given_again(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a", "b"});
    expect_text(bodies(first(fleet.one.store)), "a b");
    expect_text(bodies(first(fleet.one.store)), "a b");
}

void nothing_overtakes_what_is_not_due(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a", "b"});
    const std::vector<Claim> claims = first(fleet.one.store);
    assert_true(settle_all(fleet.one.store, {claims.front()}, Result::retry, kNow + 1000));
    expect_text(bodies(first(fleet.one.store)), "");
    expect_text(bodies(first(fleet.one.store, kNow + 1000)), "a b");
}

void what_edge_will_not_take_lets_the_rest_go_on(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a", "b"});
    const std::vector<Claim> claims = first(fleet.one.store);
    fleet.cluster.fate = Fate::refused;
    assert_true(settle_all(fleet.one.store, {claims.front()}, Result::dead));
    expect_text(bodies(first(fleet.one.store)), "");
    fleet.cluster.fate = Fate::confirmed;
    fleet.one.store.tend();
    expect_text(bodies(first(fleet.one.store)), "b");
    expect_text(fleet.cluster.bodies(fleet.one.topology.dead()), "a");
}

void what_the_spool_has_comes_before_what_is_newer(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    assert_int_equal(append(fleet.one.store, {"a"}).size(), 1);
    fleet.cluster.is_down = false;
    assert_int_equal(append(fleet.one.store, {"b"}).size(), 1);
    expect_text(fleet.cluster.bodies(fleet.lane), "");
    fleet.one.store.tend();
    append(fleet.one.store, {"c"});
    expect_text(fleet.cluster.bodies(fleet.lane), "a b c");
}

void what_the_spool_has_is_delivered_while_the_broker_is_away(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    append(fleet.one.store, {"a"});
    const std::vector<Claim> claims = first(fleet.one.store);
    expect_text(bodies(claims), "a");
    fleet.cluster.is_down = false;
    fleet.one.store.tend();
    expect_text(fleet.cluster.bodies(fleet.lane), "");
    assert_true(settle_all(fleet.one.store, claims));
    fleet.one.store.tend();
    expect_text(fleet.cluster.bodies(fleet.lane), "");
}

void what_follows_one_that_was_not_confirmed_goes_with_it(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::refused;
    assert_int_equal(append(fleet.one.store, {"a", "b"}).size(), 2);
    fleet.cluster.fate = Fate::confirmed;
    fleet.one.store.tend();
    expect_text(fleet.cluster.bodies(fleet.lane), "a b");
}

void a_lane_that_nobody_asks_for_is_left_to_others(void**) {
    Fixture fleet;
    append(fleet.one.store, {"a"});
    first(fleet.one.store);
    first(fleet.two.store);
    for (std::uint64_t second = 0; second <= BrokerOrderStore::kPatience; ++second) {
        fleet.one.store.tend();
    }
    expect_text(bodies(first(fleet.two.store)), "");
    assert_true(fleet.one.broker.held() == 1);
    fleet.one.store.leave();
    fleet.one.broker.disconnect();
    expect_text(bodies(first(fleet.two.store)), "a");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(one_node_at_a_time_delivers_what_all_append_in_its_order),
        cmocka_unit_test(the_next_takes_over_where_a_node_dies),
        cmocka_unit_test(what_was_settled_without_a_connection_holds_up_no_orders),
        cmocka_unit_test(what_was_put_back_is_given_again),
        cmocka_unit_test(nothing_overtakes_what_is_not_due),
        cmocka_unit_test(what_edge_will_not_take_lets_the_rest_go_on),
        cmocka_unit_test(what_the_spool_has_comes_before_what_is_newer),
        cmocka_unit_test(what_the_spool_has_is_delivered_while_the_broker_is_away),
        cmocka_unit_test(what_follows_one_that_was_not_confirmed_goes_with_it),
        cmocka_unit_test(a_lane_that_nobody_asks_for_is_left_to_others),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
