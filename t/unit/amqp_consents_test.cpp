#include "queue/amqp/stores/broker_consent_store.hpp"

#include <limits>

#include "amqp_harness.hpp"
#include "queue/sqlite/sqlite_consent_store.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::amqp;
using namespace aep::queue::amqp::stores;
using namespace aep::test;
using Result = Settlement::Result;
using Withdrawal = ConsentStore::Withdrawal;

constexpr std::uint32_t kAny = std::numeric_limits<std::uint32_t>::max();

struct Worker : Node {
    Worker(FakeCluster& cluster, const std::string& name)
        : Node(cluster, name),
          store(access,
                std::make_unique<sqlite::SqliteConsentStore>(directory.path(), 1U << 20U, broker_clock)) {}

    TemporaryDirectory directory;
    BrokerConsentStore store;
};

struct Fixture {
    FakeCluster cluster;
    Worker one{cluster, "one"};
    Worker two{cluster, "two"};
};

void decide(ConsentStore& store, const std::string& text, const std::string& identity = "anna",
            Time received = kNow) {
    Entry entry = entry_of(text);
    entry.received = received;
    assert_int_equal(store.withdraw(identity, kNow) == Withdrawal::in_flight, true);
    assert_true(store.append(identity, {}, entry, 0).has_value());
}

std::vector<Claim> claim(ConsentStore& store, Time now = kNow) {
    return store.claim(kLane, now, 100, kAny);
}

void settle(ConsentStore& store, EntryId id, Result result = Result::delivered, Time due = 0) {
    Settlement settlement;
    settlement.id = id;
    settlement.result = result;
    settlement.attempts = 1;
    settlement.due = due;
    assert_true(store.settle(settlement));
}

void only_the_last_word_is_sent(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    decide(fleet.two.store, "out");
    const std::vector<Claim> claims = claim(fleet.one.store);
    expect_text(bodies(claims), "out");
    expect_text(bodies(claim(fleet.two.store)), "");
    settle(fleet.one.store, claims.front().id);
    assert_int_equal(fleet.one.broker.held() + fleet.two.broker.held(), 0);
}

void a_newer_one_waits_for_the_older_that_is_under_way(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    const std::vector<Claim> claims = claim(fleet.one.store);
    expect_text(bodies(claims), "in");
    decide(fleet.two.store, "out");
    decide(fleet.two.store, "else", "bert");
    expect_text(bodies(claim(fleet.one.store)), "else");
    settle(fleet.one.store, claims.front().id);
    expect_text(bodies(claim(fleet.one.store)), "out");
}

void one_that_failed_is_not_needed_when_a_newer_one_has_come(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    settle(fleet.one.store, claim(fleet.one.store).front().id, Result::retry, kNow + 5000);
    decide(fleet.one.store, "out");
    expect_text(bodies(claim(fleet.one.store)), "out");
}

void what_a_dead_node_may_be_sending_rests(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    expect_text(bodies(claim(fleet.one.store)), "in");
    fleet.one.broker.disconnect();
    decide(fleet.two.store, "out");
    decide(fleet.two.store, "else", "bert");
    expect_text(bodies(claim(fleet.two.store)), "else");
    expect_text(bodies(claim(fleet.two.store, kNow + ConsentStore::kClaimTime)), "out");
}

void what_was_delivered_again_rests(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    expect_text(bodies(claim(fleet.one.store)), "in");
    fleet.one.broker.disconnect();
    expect_text(bodies(claim(fleet.two.store)), "");
    expect_text(bodies(claim(fleet.two.store, kNow + ConsentStore::kClaimTime)), "in");
}

void a_decision_of_an_outage_is_said_to_the_broker_too(void**) {
    Fixture fleet;
    decide(fleet.two.store, "in");
    fleet.cluster.is_down = true;
    decide(fleet.one.store, "out", "anna", kNow + 1);
    const std::vector<Claim> claims = claim(fleet.one.store);
    expect_text(bodies(claims), "out");
    settle(fleet.one.store, claims.front().id);
    fleet.cluster.is_down = false;
    std::vector<Claim> all = claim(fleet.one.store);
    for (Claim& other : claim(fleet.two.store)) {
        all.push_back(std::move(other));
    }
    expect_text(bodies(all), "out");
}

void a_decision_that_comes_late_does_not_undo_a_newer_one(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    decide(fleet.one.store, "in", "anna", kNow);
    fleet.cluster.is_down = false;
    decide(fleet.two.store, "out", "anna", kNow + 1000);
    fleet.one.broker.disconnect();
    const std::vector<Claim> claims = claim(fleet.two.store);
    expect_text(bodies(claims), "out");
    settle(fleet.two.store, claims.front().id);
    fleet.one.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.two.store)), "");
    assert_int_equal(fleet.two.broker.held(), 0);
}

void the_newest_of_several_spools_is_the_last_word(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    decide(fleet.one.store, "first", "anna", kNow);
    decide(fleet.two.store, "second", "anna", kNow + 1000);
    decide(fleet.one.store, "third", "anna", kNow + 2000);
    fleet.cluster.is_down = false;
    fleet.one.store.claim("", kNow, 0, kAny);
    fleet.two.store.claim("", kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "third");
    assert_int_equal(fleet.one.broker.held(), 1);
}

void what_was_overtaken_in_the_same_node_is_not_appended(void**) {
    Fixture fleet;
    ConsentOrder order;
    const ConsentOrder::Turn older = order.begin(7);
    order.begin(7);
    const std::optional<EntryId> id = fleet.one.store.append("anna", older, entry_of("in"), 0);
    assert_true(id.has_value() && *id == EntryId{});
    assert_int_equal(fleet.cluster.published, 0);
}

/// Visitors who change their minds on either node, while connections and nodes' claims come and go: what Edge has heard last
/// of each is what was decided last.
void the_last_word_is_what_edge_has(void**) {
    std::uint32_t seed = 13;
    const auto random = [&seed](std::uint32_t below) {
        seed = seed * 1664525U + 1013904223U;
        return (seed >> 8U) % below;
    };
    Fixture fleet;
    std::map<std::string, std::string> decided;
    std::map<std::string, std::string> heard;
    std::vector<std::pair<Worker*, Claim>> claims;
    Time now = kNow;
    const auto deliver = [&](std::size_t which) {
        auto [owner, claim] = std::move(claims[which]);
        claims.erase(claims.begin() + static_cast<std::ptrdiff_t>(which));
        heard[claim.entry.body.substr(0, claim.entry.body.find(' '))] = claim.entry.body;
        settle(owner->store, claim.id);
    };
    for (int i = 0; i < 8000; ++i) {
        Worker& worker = random(2) == 0 ? fleet.one : fleet.two;
        const std::uint32_t what = random(100);
        now += 10;
        if (what < 40) {
            const std::string visitor = "v" + std::to_string(random(50));
            const std::string body = visitor + " " + std::to_string(i);
            decide(worker.store, body, visitor, now);
            decided[visitor] = body;
        } else if (what < 70) {
            for (Claim& claim : worker.store.claim(kLane, now, 10, kAny)) {
                claims.emplace_back(&worker, std::move(claim));
            }
        } else if (what < 97 && !claims.empty()) {
            deliver(random(static_cast<std::uint32_t>(claims.size())));
        } else if (what == 98) {
            worker.broker.reconnect();
        }
    }
    while (!claims.empty()) {
        deliver(0);
    }
    for (int i = 0; i < 300; ++i) {
        now += 1000;
        for (Worker* worker : {&fleet.one, &fleet.two}) {
            for (Claim& claim : worker->store.claim(kLane, now, 100, kAny)) {
                claims.emplace_back(worker, std::move(claim));
            }
        }
        while (!claims.empty()) {
            deliver(0);
        }
    }
    for (const auto& [visitor, body] : decided) {
        expect_text(heard[visitor], body);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(only_the_last_word_is_sent),
        cmocka_unit_test(a_newer_one_waits_for_the_older_that_is_under_way),
        cmocka_unit_test(one_that_failed_is_not_needed_when_a_newer_one_has_come),
        cmocka_unit_test(what_a_dead_node_may_be_sending_rests),
        cmocka_unit_test(what_was_delivered_again_rests),
        cmocka_unit_test(a_decision_of_an_outage_is_said_to_the_broker_too),
        cmocka_unit_test(a_decision_that_comes_late_does_not_undo_a_newer_one),
        cmocka_unit_test(the_newest_of_several_spools_is_the_last_word),
        cmocka_unit_test(what_was_overtaken_in_the_same_node_is_not_appended),
        cmocka_unit_test(the_last_word_is_what_edge_has),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
