#include "queue/amqp/stores/broker_store.hpp"

#include <array>

#include "amqp_harness.hpp"
#include "queue/amqp/wire.hpp"
#include "queue/sqlite/file_store.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::amqp;
using namespace aep::queue::amqp::stores;
using namespace aep::test;
using Result = Settlement::Result;

/// A process with a spool of its own.
struct Worker : Node {
    Worker(FakeCluster& cluster, const std::string& name, bool has_spool = true)
        : Node(cluster, name), store(access, has_spool ? spool() : nullptr) {}

    [[nodiscard]] std::unique_ptr<Store> spool() const {
        return std::make_unique<sqlite::FileStore>(directory.path(), *ledger, broker_clock);
    }
    [[nodiscard]] std::string claimed(Time now = kNow) { return bodies(claim_all(store, now)); }

    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    BrokerStore store;
};

struct Fixture {
    FakeCluster cluster;
    Worker one{cluster, "one"};
    Worker two{cluster, "two"};
    std::string lane = one.topology.lane_queue(kLane, 0);
};

/// One of them, whichever came.
Claim claim_one(Store& store, Time now = kNow) {
    std::vector<Claim> claims = store.claim(kLane, now, 1, kNoLimit);
    assert_int_equal(claims.size(), 1);
    return std::move(claims.front());
}

void what_one_node_appends_another_delivers(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    const Claim claim = claim_one(fleet.two.store);
    expect_text(claim.entry.body, "a");
    expect_text(claim.entry.target, entry_of("").target);
    assert_int_equal(claim.entry.received, kNow);
    assert_true(claim.entry.headers == entry_of("").headers);
    settle(fleet.two.store, claim.id);
    assert_true(fleet.two.store.sync());
    assert_int_equal(fleet.two.broker.held(), 0);
    expect_text(fleet.one.claimed(), "");
}

void what_is_appended_is_not_handed_out_from_memory(void**) {
    Fixture fleet;
    assert_false(fleet.one.store.hands_out_appended());
}

void what_is_claimed_by_its_transfer_comes_to_nobody_else(void**) {
    Fixture fleet;
    const EntryId id = keep(fleet.one.store, entry_of("live"), true);
    expect_text(fleet.two.claimed(), "");
    expect_text(fleet.one.claimed(), "");
    settle(fleet.one.store, id);
    assert_int_equal(fleet.one.broker.held(), 0);
    expect_text(fleet.cluster.bodies(fleet.one.topology.hold()), "");
}

void what_is_settled_before_the_broker_gives_it_back_goes_then(void**) {
    Fixture fleet;
    const EntryId id = keep(fleet.one.store, entry_of("live"), true);
    settle(fleet.one.store, id);
    expect_text(fleet.cluster.bodies(fleet.one.topology.hold()), "live");
    fleet.one.store.tend();
    expect_text(fleet.cluster.bodies(fleet.one.topology.hold()), "");
    assert_int_equal(fleet.one.broker.held(), 0);
}

void a_transfer_that_failed_is_tried_again_from_hand(void**) {
    Fixture fleet;
    const EntryId id = keep(fleet.one.store, entry_of("live"), true);
    fleet.one.store.tend();
    retry_at(fleet.one.store, id, kNow + 5000);
    expect_text(fleet.one.claimed(), "");
    assert_int_equal(fleet.one.store.next_due(kLane), kNow + 5000);
    const Claim claim = claim_one(fleet.one.store, kNow + 5000);
    expect_text(claim.entry.body, "live");
    assert_int_equal(claim.entry.attempts, 1);
}

void nothing_stays_in_hand_longer_than_a_minute(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    retry_at(fleet.one.store, claim_one(fleet.one.store).id, kNow + 3'600'000);
    assert_int_equal(fleet.one.store.next_due(kLane), kNow + BrokerStore::kLongestWait);
}

void who_dies_leaves_its_entries_to_others(void**) {
    FakeCluster cluster;
    Worker two(cluster, "two");
    {
        Worker one(cluster, "one");
        keep(one.store, entry_of("a"));
        expect_text(one.claimed(), "a");
        one.broker.disconnect();
    }
    expect_text(two.claimed(), "a");
}

void after_a_lost_connection_a_claim_is_known_again(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    const Claim claim = claim_one(fleet.one.store);
    fleet.one.broker.reconnect();
    expect_text(fleet.one.claimed(), "");
    settle(fleet.one.store, claim.id);
    fleet.one.store.tend();
    assert_int_equal(fleet.one.broker.held(), 0);
    expect_text(fleet.cluster.bodies(fleet.lane), "");
}

void what_was_settled_while_the_connection_was_lost_goes_when_it_comes_again(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    const Claim claim = claim_one(fleet.one.store);
    fleet.one.broker.reconnect();
    fleet.one.inbox.refresh();
    fleet.cluster.is_down = true;
    settle(fleet.one.store, claim.id);
    fleet.cluster.is_down = false;
    expect_text(fleet.one.claimed(), "");
    expect_text(fleet.two.claimed(), "");
    assert_int_equal(fleet.one.broker.held(), 0);
}

void a_dead_letter_leaves_its_queue_when_the_broker_has_it(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    const Claim claim = claim_one(fleet.one.store);
    fleet.cluster.fate = Fate::refused;
    bury(fleet.one.store, claim.id, "datastream unknown");
    assert_true(fleet.one.store.sync());
    assert_int_equal(fleet.one.broker.held(), 1);
    fleet.cluster.fate = Fate::confirmed;
    fleet.one.store.tend();
    assert_int_equal(fleet.one.broker.held(), 0);
    const auto& dead = fleet.cluster.queues[fleet.one.topology.dead()];
    assert_int_equal(dead.size(), 1);
    expect_text(dead.front().message.body, "a");
    expect_text(header_of(dead.front().message, "aep-status"), "422");
    expect_text(header_of(dead.front().message, "aep-reason"), "datastream unknown");
}

void only_one_of_what_visitors_spoil_is_kept_a_minute(void**) {
    Fixture fleet;
    for (int i = 0; i < 3; ++i) {
        keep(fleet.one.store, entry_of("bad"));
        settle(fleet.one.store, claim_one(fleet.one.store).id, Result::sampled);
        assert_true(fleet.one.store.sync());
    }
    assert_int_equal(fleet.cluster.queues[fleet.one.topology.dead()].size(), 1);
    assert_int_equal(fleet.one.broker.held(), 0);
}

void a_broker_that_is_away_leaves_entries_to_the_spool(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    keep(fleet.one.store, entry_of("a"));
    keep(fleet.one.store, entry_of("b"));
    expect_part(
        told(fleet.one.store),
        "ALERT: the broker does not take events, so they are kept in /spool on this node until it does (2 "
        "since the last message): they survive a restart, but not the loss of the node");
    expect_text(fleet.two.claimed(), "");
    const std::vector<Claim> claims = claim_all(fleet.one.store);
    expect_text(bodies(claims), "a b");
    settle(fleet.one.store, claims[0].id);
    fleet.one.store.release(claims[1].id);
    assert_true(fleet.one.store.sync());
    retry_at(fleet.one.store, claim_one(fleet.one.store).id, kNow + 30'000);
    assert_true(fleet.one.store.sync());
    fleet.cluster.is_down = false;
    fleet.one.store.tend();
    expect_part(told(fleet.one.store), "the broker takes events again; 1 that were kept on this node");
    expect_text(fleet.two.claimed(), "");
    expect_text(fleet.two.claimed(kNow + 30'000), "b");
    assert_int_equal(fleet.one.store.counts().entries, 0);
}

void without_a_spool_nothing_is_taken_while_the_broker_is_away(void**) {
    FakeCluster cluster;
    Worker one(cluster, "one", false);
    cluster.is_down = true;
    assert_false(one.store.takes_entries());
    assert_false(one.store.append(entry_of("a"), false).has_value());
    assert_false(one.store.sync());
    expect_part(told(one.store), "aep_queue has spool=off");
    cluster.is_down = false;
    keep(one.store, entry_of("b"));
    expect_text(one.claimed(), "b");
}

void what_the_broker_refuses_goes_into_the_spool(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::refused;
    const EntryId live = keep(fleet.one.store, entry_of("live"), true);
    keep(fleet.one.store, entry_of("a"));
    expect_text(fleet.one.claimed(), "a");
    settle(fleet.one.store, live);
    assert_true(fleet.one.store.sync());
    assert_int_equal(fleet.one.store.counts().entries, 1);
}

void what_was_not_confirmed_and_arrived_is_delivered_once(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::unknown;
    fleet.cluster.keeps_unconfirmed = true;
    keep(fleet.one.store, entry_of("a"));
    const EntryId live = keep(fleet.one.store, entry_of("live"), true);
    settle(fleet.one.store, live);
    fleet.cluster.fate = Fate::confirmed;
    const Claim claim = claim_one(fleet.one.store);
    expect_text(claim.entry.body, "a");
    settle(fleet.one.store, claim.id);
    fleet.one.store.sync();
    assert_int_equal(fleet.one.broker.held(), 0);
    assert_int_equal(fleet.one.store.counts().entries, 0);
    expect_text(fleet.one.claimed(), "");
}

void seconds_pass(Store& store, std::uint64_t seconds) {
    for (std::uint64_t second = 0; second < seconds; ++second) {
        monotonic_ms += 1'000;
        store.tend();
    }
}

void what_is_confirmed_late_leaves_the_spool(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::unknown;
    fleet.cluster.keeps_unconfirmed = true;
    keep(fleet.one.store, entry_of("a"));
    assert_int_equal(fleet.one.store.counts().entries, 1);
    expect_text(bodies(fleet.one.store.claim(other_lane, kNow, kNoLimit, kNoLimit)), "");
    fleet.one.broker.confirm_late();
    fleet.cluster.fate = Fate::confirmed;
    seconds_pass(fleet.one.store, 1);
    assert_int_equal(fleet.one.store.counts().entries, 0);
    expect_text(fleet.two.claimed(), "a");
    seconds_pass(fleet.one.store, 2 * BrokerStore::kPatienceWithConfirms);
    expect_text(fleet.one.claimed(), "");
}

void what_is_never_confirmed_is_handed_out_in_the_end(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::unknown;
    keep(fleet.one.store, entry_of("a"));
    fleet.cluster.is_down = true;  // the link has left it
    expect_text(fleet.one.claimed(), "");
    seconds_pass(fleet.one.store, BrokerStore::kPatienceWithConfirms + 1);
    expect_text(fleet.one.claimed(), "a");
}

/// A broker that takes longer than is waited for would have one more copy with each try.
void what_is_forwarded_and_not_confirmed_is_not_forwarded_again_at_once(void**) {
    Fixture fleet;
    fleet.cluster.is_down = true;
    keep(fleet.one.store, entry_of("a"));
    fleet.cluster.is_down = false;
    fleet.cluster.fate = Fate::unknown;
    fleet.cluster.keeps_unconfirmed = true;
    seconds_pass(fleet.one.store, BrokerStore::kPatienceWithConfirms / 2);
    expect_text(fleet.cluster.bodies(fleet.lane), "a");
    fleet.one.broker.confirm_late();
    fleet.cluster.fate = Fate::confirmed;
    seconds_pass(fleet.one.store, 1);
    assert_int_equal(fleet.one.store.counts().entries, 0);
    expect_text(fleet.two.claimed(), "a");
}

void a_broker_that_says_nothing_is_not_waited_for_each_time(void**) {
    Fixture fleet;
    fleet.cluster.fate = Fate::unknown;
    keep(fleet.one.store, entry_of("a"));
    const std::size_t published = fleet.cluster.published;
    keep(fleet.one.store, entry_of("b"));
    assert_int_equal(fleet.cluster.published, published);
    monotonic_ms += GroupPublisher::kFirstPause;
    keep(fleet.one.store, entry_of("c"));
    assert_int_equal(fleet.cluster.published, published + 1);
    monotonic_ms += GroupPublisher::kFirstPause;
    keep(fleet.one.store, entry_of("d"));
    assert_int_equal(fleet.cluster.published, published + 1);
    monotonic_ms += GroupPublisher::kLongestPause;
}

void a_lane_that_nobody_asks_for_is_left_to_others(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    keep(fleet.one.store, entry_of("b"));
    const Claim claim = claim_one(fleet.one.store);
    retry_at(fleet.one.store, claim.id, kNow + 30'000);
    assert_int_equal(fleet.one.broker.held(), 2);
    for (std::uint64_t second = 0; second <= BrokerStore::kPatience; ++second) {
        fleet.one.store.tend();
    }
    assert_int_equal(fleet.one.broker.held(), 0);
    expect_text(fleet.two.claimed(), "b");
    const Claim again = claim_one(fleet.two.store, kNow + 30'000);
    expect_text(again.entry.body, "a");
    assert_int_equal(again.entry.attempts, 1);
}

void who_leaves_gives_back_what_it_has_and_takes_no_more(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    keep(fleet.one.store, entry_of("b"));
    const Claim claim = claim_one(fleet.one.store);
    fleet.one.store.leave();
    expect_text(fleet.two.claimed(), "b");
    settle(fleet.one.store, claim.id);
    assert_int_equal(fleet.one.broker.held(), 0);
    keep(fleet.one.store, entry_of("c"), true);
    expect_text(fleet.one.claimed(), "");
    expect_text(fleet.two.claimed(), "c");
}

void what_has_failed_does_not_take_the_places_of_the_rest(void**) {
    Fixture fleet;
    for (int i = 0; i < 300; ++i) {
        keep(fleet.one.store, entry_of("bad"));
    }
    keep(fleet.one.store, entry_of("good"));
    for (const Claim& claim : claim_all(fleet.one.store)) {
        retry_at(fleet.one.store, claim.id, kNow + 60'000);
    }
    fleet.one.store.tend();
    std::string found = fleet.one.claimed();
    expect_part(found, "good");
}

void what_is_no_event_becomes_a_dead_letter(void**) {
    Fixture fleet;
    Message message;
    message.key = fleet.lane;
    message.body = "hello";
    fleet.cluster.put(message);
    expect_text(fleet.one.claimed(), "");
    expect_part(told(fleet.one.store), "is not an event of this version of the module");
    expect_text(fleet.cluster.bodies(fleet.one.topology.dead()), "hello");
}

void a_store_that_ends_gives_everything_back(void**) {
    Fixture fleet;
    {
        BrokerStore store(fleet.one.access, nullptr);
        keep(store, entry_of("a"));
        keep(store, entry_of("b"));
        expect_text(claim_one(store).entry.body, "a");
    }
    assert_int_equal(fleet.one.broker.held(), 0);
    assert_int_equal(fleet.cluster.queues[fleet.lane].size(), 2);
}

void no_bytes_beyond_the_limit_are_claimed(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    keep(fleet.one.store, entry_of("b"));
    expect_text(bodies(fleet.one.store.claim(kLane, kNow, kNoLimit, 1)), "a");
    expect_text(fleet.one.claimed(), "b");
}

void a_probe_takes_the_newest(void**) {
    Fixture fleet;
    keep(fleet.one.store, entry_of("a"));
    keep(fleet.one.store, entry_of("b"));
    expect_text(bodies(fleet.one.store.claim(kLane, kNow, 1, kNoLimit, Store::Order::newest_first)), "b");
}

/// Two nodes, and all that can happen to them and to the broker.
class Trial {
  public:
    void step() {
        Worker& worker = random(2) == 0 ? fleet_.one : fleet_.two;
        const std::uint32_t what = random(100);
        if (what < 40) {
            append(worker, what < 10);
        } else if (what < 60) {
            claim(worker, 1 + random(5));
        } else if (what < 85) {
            end_one(what);
        } else if (what < 95) {
            now_ += 400;
            monotonic_ms += 400;
            worker.store.tend();
            if (random(4) == 0) {
                worker.broker.confirm_late();
            }
        } else if (what < 97) {
            worker.broker.reconnect();
        } else if (what < 98) {
            fleet_.cluster.is_down = !fleet_.cluster.is_down;
        } else {
            constexpr std::array kFates{Fate::refused, Fate::unknown, Fate::unknown, Fate::confirmed};
            fleet_.cluster.fate = kFates.at(random(kFates.size()));
            fleet_.cluster.keeps_unconfirmed = random(2) == 0;
        }
    }

    /// All is well again, and everything is delivered.
    void come_to_rest() {
        fleet_.cluster.is_down = false;
        fleet_.cluster.fate = Fate::confirmed;
        for (int i = 0; i < 200; ++i) {
            for (Worker* worker : {&fleet_.one, &fleet_.two}) {
                now_ += 1000;
                monotonic_ms += 1000;
                worker->store.tend();
                claim(*worker, 100);
            }
            while (!claims_.empty()) {
                deliver(0);
            }
        }
    }

    [[nodiscard]] std::size_t kept() const { return kept_.size(); }
    [[nodiscard]] std::ptrdiff_t missing() const {
        return std::ranges::count_if(kept_,
                                     [&](const std::string& body) { return !delivered_.contains(body); });
    }
    [[nodiscard]] std::size_t held() const { return fleet_.one.broker.held() + fleet_.two.broker.held(); }

  private:
    std::uint32_t random(std::uint32_t below) {
        seed_ = seed_ * 1664525U + 1013904223U;
        return (seed_ >> 8U) % below;
    }

    void append(Worker& worker, bool claimed) {
        const std::string body = std::to_string(kept_.size());
        const std::optional<EntryId> id = worker.store.append(entry_of(body), claimed);
        if (id && worker.store.sync()) {
            kept_.insert(body);
            if (claimed) {
                claims_.emplace_back(&worker, Claim{*id, entry_of(body)});
            }
        }
    }

    void claim(Worker& worker, std::size_t most) {
        for (Claim& claim : worker.store.claim(kLane, now_, most, kNoLimit)) {
            claims_.emplace_back(&worker, std::move(claim));
        }
    }

    void deliver(std::size_t which) {
        auto [owner, claim] = std::move(claims_[which]);
        claims_.erase(claims_.begin() + static_cast<std::ptrdiff_t>(which));
        delivered_.insert(claim.entry.body);
        settle(owner->store, claim.id);
        owner->store.sync();
    }

    void end_one(std::uint32_t what) {
        if (claims_.empty()) {
            return;
        }
        const std::size_t which = random(static_cast<std::uint32_t>(claims_.size()));
        if (what < 78) {
            deliver(which);
            return;
        }
        auto [owner, claim] = std::move(claims_[which]);
        claims_.erase(claims_.begin() + static_cast<std::ptrdiff_t>(which));
        if (what < 82) {
            retry_at(owner->store, claim.id, now_ + 1000);
        } else {
            owner->store.release(claim.id);
        }
        owner->store.sync();
    }

    std::uint32_t seed_ = 20261129;
    Fixture fleet_;
    Time now_ = kNow;
    std::set<std::string> kept_;
    std::set<std::string> delivered_;
    std::vector<std::pair<Worker*, Claim>> claims_;
};

void nothing_is_lost_whatever_happens(void**) {
    Trial trial;
    for (int i = 0; i < 20'000; ++i) {
        trial.step();
    }
    trial.come_to_rest();
    assert_int_equal(trial.missing(), 0);
    assert_int_equal(trial.held(), 0);
    assert_true(trial.kept() > 5000);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_one_node_appends_another_delivers),
        cmocka_unit_test(what_is_appended_is_not_handed_out_from_memory),
        cmocka_unit_test(what_is_claimed_by_its_transfer_comes_to_nobody_else),
        cmocka_unit_test(what_is_settled_before_the_broker_gives_it_back_goes_then),
        cmocka_unit_test(a_transfer_that_failed_is_tried_again_from_hand),
        cmocka_unit_test(nothing_stays_in_hand_longer_than_a_minute),
        cmocka_unit_test(who_dies_leaves_its_entries_to_others),
        cmocka_unit_test(after_a_lost_connection_a_claim_is_known_again),
        cmocka_unit_test(what_was_settled_while_the_connection_was_lost_goes_when_it_comes_again),
        cmocka_unit_test(a_dead_letter_leaves_its_queue_when_the_broker_has_it),
        cmocka_unit_test(only_one_of_what_visitors_spoil_is_kept_a_minute),
        cmocka_unit_test(a_broker_that_is_away_leaves_entries_to_the_spool),
        cmocka_unit_test(without_a_spool_nothing_is_taken_while_the_broker_is_away),
        cmocka_unit_test(what_the_broker_refuses_goes_into_the_spool),
        cmocka_unit_test(what_was_not_confirmed_and_arrived_is_delivered_once),
        cmocka_unit_test(what_is_confirmed_late_leaves_the_spool),
        cmocka_unit_test(what_is_never_confirmed_is_handed_out_in_the_end),
        cmocka_unit_test(what_is_forwarded_and_not_confirmed_is_not_forwarded_again_at_once),
        cmocka_unit_test(a_broker_that_says_nothing_is_not_waited_for_each_time),
        cmocka_unit_test(a_lane_that_nobody_asks_for_is_left_to_others),
        cmocka_unit_test(who_leaves_gives_back_what_it_has_and_takes_no_more),
        cmocka_unit_test(what_has_failed_does_not_take_the_places_of_the_rest),
        cmocka_unit_test(what_is_no_event_becomes_a_dead_letter),
        cmocka_unit_test(a_store_that_ends_gives_everything_back),
        cmocka_unit_test(no_bytes_beyond_the_limit_are_claimed),
        cmocka_unit_test(a_probe_takes_the_newest),
        cmocka_unit_test(nothing_is_lost_whatever_happens),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
