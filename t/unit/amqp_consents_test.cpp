#include "queue/amqp/stores/broker_consent_store.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>

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
    Worker(FakeCluster& cluster, const std::string& name, const std::string& spool)
        : Node(cluster, name),
          store(access,
                std::make_unique<sqlite::SqliteConsentStore>(
                    spool, 1U << 20U, broker_clock, sqlite::SqliteConsentStore::Options{.is_spool = true})) {}

    BrokerConsentStore store;
};

/// A worker of each of two nodes.
struct Fixture {
    TemporaryDirectory first;
    TemporaryDirectory second;
    FakeCluster cluster;
    Worker one{cluster, "one", first.path()};
    Worker two{cluster, "two", second.path()};
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
    expect_text(bodies(claim(fleet.two.store)), "out");
}

void the_newest_of_several_spools_is_the_last_word(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    decide(fleet.one.store, "first", "anna", kNow);
    decide(fleet.two.store, "second", "anna", kNow + 1000);
    decide(fleet.one.store, "third", "anna", kNow + 2000);
    fleet.cluster.is_down = false;
    fleet.one.store.claim(kLane, kNow, 0, kAny);
    fleet.two.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "third");
    assert_int_equal(fleet.one.broker.held(), 1);
}

/// The broker is away: two decisions of node one, of which its spool delivers the first.
void decide_without_broker(Fixture& fleet, Worker& worker) {
    decide(fleet.two.store, "in");
    decide(fleet.two.store, "in", "bert");
    fleet.cluster.is_down = true;
    decide(worker.store, "out", "anna", kNow + 1000);
    settle(worker.store, claim(worker.store).front().id);
    decide(worker.store, "out", "bert", kNow + 1000);
}

void the_broker_hears_of_what_a_killed_worker_has_delivered_without_it(void**) {
    Fixture fleet;
    TemporaryDirectory spool;
    decide_without_broker(fleet, *std::make_unique<Worker>(fleet.cluster, "killed", spool.path()));
    fleet.cluster.is_down = false;
    Worker next(fleet.cluster, "next", spool.path());
    next.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "out out");
    expect_text(bodies(claim(next.store)), "");
}

void the_broker_hears_of_what_a_worker_that_leaves_has_delivered_without_it(void**) {
    Fixture fleet;
    TemporaryDirectory spool;
    Worker leaving(fleet.cluster, "leaving", spool.path());
    Worker next(fleet.cluster, "next", spool.path());
    decide_without_broker(fleet, leaving);
    leaving.store.leave();
    fleet.cluster.is_down = false;
    next.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "out out");
}

/// A connection ends while a transfer is under way: another worker has the queue for a while, and delivers what this one
/// has delivered, too.
void what_was_settled_without_a_connection_holds_back_nothing_newer(void**) {
    Fixture fleet;
    auto& consumers = fleet.cluster.consumers[fleet.one.topology.consent_queue("anna")];
    for (const Result result : {Result::delivered, Result::retry}) {
        decide(fleet.one.store, "in");
        const std::vector<Claim> claims = claim(fleet.one.store);
        expect_text(bodies(claims), "in");
        std::reverse(consumers.begin(), consumers.end());
        fleet.one.broker.reconnect();
        expect_text(bodies(claim(fleet.one.store)), "");
        claim(fleet.two.store);
        settle(fleet.two.store, claim(fleet.two.store, kNow + ConsentStore::kClaimTime).front().id);
        settle(fleet.one.store, claims.front().id, result, kNow);
        std::reverse(consumers.begin(), consumers.end());
        decide(fleet.two.store, "out");
        const std::vector<Claim> newer = claim(fleet.one.store);
        expect_text(bodies(newer), "out");
        settle(fleet.one.store, newer.front().id);
    }
}

void what_was_delivered_is_not_sent_again_when_it_comes_again(void**) {
    Fixture fleet;
    decide(fleet.one.store, "in");
    const std::vector<Claim> claims = claim(fleet.one.store);
    fleet.cluster.is_down = true;
    fleet.one.broker.reconnect();
    claim(fleet.one.store);
    settle(fleet.one.store, claims.front().id);
    fleet.cluster.is_down = false;
    expect_text(bodies(claim(fleet.one.store)), "");
    expect_text(bodies(claim(fleet.one.store, kNow + ConsentStore::kClaimTime)), "");
    assert_int_equal(fleet.one.broker.held(), 0);
}

void all_that_a_long_outage_has_left_is_published(void**) {
    constexpr int kMany = 150;
    Fixture fleet;
    fleet.cluster.is_down = true;
    for (int i = 0; i < kMany; ++i) {
        decide(fleet.one.store, "in", "visitor " + std::to_string(i));
    }
    fleet.cluster.is_down = false;
    for (int i = 0; i < 10; ++i) {
        fleet.one.store.claim(kLane, kNow + i * 2000, 0, kAny);
    }
    assert_int_equal(fleet.cluster.published, kMany);
}

void what_is_newer_goes_behind_what_another_worker_has_in_the_same_spool(void**) {
    Fixture fleet;
    TemporaryDirectory spool;
    Worker delivering(fleet.cluster, "delivering", spool.path());
    Worker other(fleet.cluster, "other", spool.path());
    fleet.cluster.is_down = true;
    decide(delivering.store, "in");
    const std::vector<Claim> claims = claim(delivering.store);
    expect_text(bodies(claims), "in");
    fleet.cluster.is_down = false;
    decide(other.store, "out", "anna", kNow + 1000);
    decide(other.store, "else", "bert", kNow + 1000);
    delivering.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "else");
    settle(delivering.store, claims.front().id);
    delivering.store.claim(kLane, kNow + 2000, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "out");
}

void the_newest_is_said_again_after_an_older_one_that_a_spool_has_sent_meanwhile(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    decide(fleet.one.store, "in", "anna", kNow);
    const std::vector<Claim> claims = claim(fleet.one.store);
    fleet.cluster.is_down = false;
    decide(fleet.two.store, "out", "anna", kNow + 1000);
    fleet.one.broker.disconnect();
    settle(fleet.two.store, claim(fleet.two.store).front().id);
    settle(fleet.one.store, claims.front().id);  // after the newer one
    fleet.one.store.claim(kLane, kNow + 2000, 0, kAny);
    fleet.two.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.two.store)), "out");
}

/// A broker that was frozen goes on, and has what it had not confirmed.
void an_unconfirmed_copy_that_comes_after_all_does_not_undo_a_newer_decision(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::unknown;
    fleet.cluster.keeps_unconfirmed = true;
    decide(fleet.one.store, "in", "anna", kNow);
    auto& queue = fleet.cluster.queues[fleet.one.topology.consent_queue("anna")];
    const auto kept = std::exchange(queue, {});
    fleet.cluster.fate = Fate::confirmed;
    monotonic_ms += GroupPublisher::kFirstPause;
    decide(fleet.two.store, "out", "anna", kNow + 1000);
    fleet.one.store.claim(kLane, kNow, 0, kAny);
    settle(fleet.one.store, claim(fleet.one.store).front().id);
    queue.insert(queue.end(), kept.begin(), kept.end());
    fleet.one.store.claim(kLane, kNow, 0, kAny);
    expect_text(bodies(claim(fleet.one.store)), "out");
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

/// Visitors who change their minds on either node, and an Edge that notes what it hears of each last.
class Shop {
  public:
    explicit Shop(std::uint32_t seed) : seed_(seed) {
        for (std::size_t node = 0; node < 2; ++node) {
            start(node);
        }
    }

    std::uint32_t random(std::uint32_t below) {
        seed_ = seed_ * 1664525U + 1013904223U;
        return (seed_ >> 8U) % below;
    }

    void decide_somewhere() {
        const std::string visitor = "v" + std::to_string(random(50));
        decided_[visitor] = visitor + " " + std::to_string(++last_);
        decide(any().store, decided_[visitor], visitor, now);
    }

    void claim_somewhere(std::size_t most) {
        const std::size_t node = random(2);
        for (Claim& claim : workers_[node]->store.claim(kLane, now, most, kAny)) {
            claims_.push_back({node, std::move(claim), 0});
        }
    }

    void deliver_something() {
        if (!claims_.empty()) {
            deliver(random(static_cast<std::uint32_t>(claims_.size())));
        }
    }

    void reconnect() { any().broker.reconnect(); }

    /// Its transfers may reach Edge all the same, for a while.
    void kill_and_start_again() {
        const std::size_t node = random(2);
        workers_[node].reset();
        for (Transfer& transfer : claims_) {
            if (transfer.node == node && transfer.ends == 0) {
                transfer.ends = now + 20'000;
            }
        }
        start(node);
    }

    void turn_broker(bool on) {
        cluster_.is_down = !on;
        for (const std::unique_ptr<Worker>& worker : workers_) {
            worker->broker.reconnect();
        }
    }

    /// Until nothing waits.
    void end() {
        turn_broker(true);
        for (int i = 0; i < 600; ++i) {
            now += 1000;
            claim_somewhere(100);
            while (!claims_.empty()) {
                deliver(0);
            }
        }
        for (const auto& [visitor, body] : decided_) {
            expect_text(heard_[visitor], body);
        }
    }

    void end_old_transfers() {
        std::erase_if(claims_,
                      [&](const Transfer& transfer) { return transfer.ends != 0 && transfer.ends < now; });
    }

    Time now = kNow;

  private:
    struct Transfer {
        std::size_t node = 0;
        Claim claim;
        Time ends = 0;  ///< 0: its process lives
    };

    void start(std::size_t node) {
        workers_[node] =
            std::make_unique<Worker>(cluster_, "w" + std::to_string(++last_worker_), spools_[node].path());
    }
    Worker& any() { return *workers_[random(2)]; }

    void deliver(std::size_t which) {
        const Transfer transfer = std::move(claims_[which]);
        claims_.erase(claims_.begin() + static_cast<std::ptrdiff_t>(which));
        const std::string& body = transfer.claim.entry.body;
        heard_[body.substr(0, body.find(' '))] = body;
        if (transfer.ends == 0) {
            settle(workers_[transfer.node]->store, transfer.claim.id);
        }
    }

    std::uint32_t seed_;
    std::uint32_t last_ = 0;
    std::uint32_t last_worker_ = 0;
    FakeCluster cluster_;
    std::array<TemporaryDirectory, 2> spools_;
    std::array<std::unique_ptr<Worker>, 2> workers_;
    std::vector<Transfer> claims_;
    std::map<std::string, std::string> decided_;
    std::map<std::string, std::string> heard_;
};

void the_last_word_is_what_edge_has(void**) {
    Shop shop(13);
    for (int i = 0; i < 8000; ++i) {
        const std::uint32_t what = shop.random(100);
        shop.now += 10;
        if (what < 40) {
            shop.decide_somewhere();
        } else if (what < 70) {
            shop.claim_somewhere(10);
        } else if (what < 97) {
            shop.deliver_something();
        } else if (what == 98) {
            shop.reconnect();
        }
    }
    shop.end();
}

void the_last_word_is_what_edge_has_after_outages_and_kills(void**) {
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        Shop shop(seed);
        for (int i = 0; i < 4000; ++i) {
            const std::uint32_t what = shop.random(1000);
            shop.now += 100;
            shop.end_old_transfers();
            if (what < 300) {
                shop.decide_somewhere();
            } else if (what < 600) {
                shop.claim_somewhere(10);
            } else if (what < 970) {
                shop.deliver_something();
            } else if (what < 980) {
                shop.turn_broker(false);
            } else if (what < 990) {
                shop.turn_broker(true);
            } else if (what < 995) {
                shop.reconnect();
            } else if (what < 997) {
                shop.kill_and_start_again();
            }
        }
        shop.end();
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
        cmocka_unit_test(the_broker_hears_of_what_a_killed_worker_has_delivered_without_it),
        cmocka_unit_test(the_broker_hears_of_what_a_worker_that_leaves_has_delivered_without_it),
        cmocka_unit_test(what_was_settled_without_a_connection_holds_back_nothing_newer),
        cmocka_unit_test(what_was_delivered_is_not_sent_again_when_it_comes_again),
        cmocka_unit_test(all_that_a_long_outage_has_left_is_published),
        cmocka_unit_test(what_is_newer_goes_behind_what_another_worker_has_in_the_same_spool),
        cmocka_unit_test(the_newest_is_said_again_after_an_older_one_that_a_spool_has_sent_meanwhile),
        cmocka_unit_test(an_unconfirmed_copy_that_comes_after_all_does_not_undo_a_newer_decision),
        cmocka_unit_test(what_was_overtaken_in_the_same_node_is_not_appended),
        cmocka_unit_test(the_last_word_is_what_edge_has),
        cmocka_unit_test(the_last_word_is_what_edge_has_after_outages_and_kills),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
