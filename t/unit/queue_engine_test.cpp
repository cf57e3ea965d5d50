// The thread of a queue's engine: how it starts and stops, and that nobody ever waits for it.

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "expect.hpp"
#include "fake_store.hpp"
#include "queue/engine.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock;

/// How long a test waits for what has to come: a machine with other things to do may take its time.
constexpr std::chrono::milliseconds kPatience = 60s;
constexpr const char* kNorth = "https://north.example";

/// What an engine said, for the test's thread to wait for.
class Told {
  public:
    void add(std::vector<Event>&& events) {
        const std::lock_guard lock(mutex_);
        ++calls_;
        for (Event& event : events) {
            if (const auto* kept = std::get_if<Appended>(&event)) {
                kept_.push_back(*kept);
            } else if (auto* work = std::get_if<Work>(&event)) {
                std::move(work->claims.begin(), work->claims.end(), std::back_inserter(claims_));
            } else if (auto* batch = std::get_if<Batch>(&event)) {
                std::move(batch->claims.begin(), batch->claims.end(), std::back_inserter(claims_));
            } else if (const auto* turn = std::get_if<ConsentTurn>(&event)) {
                turns_.push_back(*turn);
            }
        }
        changed_.notify_all();
    }

    std::vector<Appended> wait_for_appended(std::size_t count) {
        std::unique_lock lock(mutex_);
        wait(lock, [&] { return kept_.size() >= count; });
        return kept_;
    }

    /// All that was handed out since the last call; at least one.
    std::vector<Claim> take_claims() {
        std::unique_lock lock(mutex_);
        wait(lock, [&] { return !claims_.empty(); });
        return std::exchange(claims_, {});
    }

    std::vector<ConsentTurn> turns() {
        const std::lock_guard lock(mutex_);
        return turns_;
    }

    std::size_t calls() {
        const std::lock_guard lock(mutex_);
        return calls_;
    }

  private:
    template <typename Condition>
    void wait(std::unique_lock<std::mutex>& lock, Condition condition) {
        if (!changed_.wait_for(lock, kPatience, condition)) {
            lock.unlock();
            fail_msg("what was waited for did not come");
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Appended> kept_;
    std::vector<Claim> claims_;
    std::vector<ConsentTurn> turns_;
    std::size_t calls_ = 0;
};

/// What the engine's thread works with; it may outlive the engine.
struct World {
    FakeDisk disk;
    FakeConsents consents;
    FakeOrders orders;
    Ledger ledger{};
    Told told;
};

std::unique_ptr<Backend> backend_of(
    const std::shared_ptr<World>& world, std::function<void()> on_open = [] {}) {
    return std::make_unique<FakeBackend>(
        [world, on_open = std::move(on_open)](std::string&) {
            on_open();
            return std::make_unique<FakeStore>(world->disk, world->ledger);
        },
        [world](std::string&) { return std::make_unique<FakeConsentStore>(world->consents); },
        [world](std::string&) { return std::make_unique<FakeOrderStore>(world->orders, world->ledger); });
}

struct Harness {
    explicit Harness(const std::function<void()>& on_open = [] {})
        : engine(backend_of(world, on_open), {}, world->ledger,
                 [world = world](std::vector<Event>&& events) { world->told.add(std::move(events)); }) {
        std::string error;
        if (!engine.start(error)) {
            fail_msg("%s", error.c_str());
        }
    }

    std::shared_ptr<World> world = std::make_shared<World>();
    Engine engine;
};

std::chrono::milliseconds since(SteadyTime::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyTime::now() - begin);
}

void wait_until(const std::function<bool()>& condition) {
    for (const auto begin = SteadyTime::now(); !condition();) {
        assert_true(since(begin) < kPatience);
        std::this_thread::sleep_for(1ms);
    }
}

Settlement delivered(EntryId id) {
    Settlement settlement;
    settlement.id = id;
    return settlement;
}

void entries_that_come_during_a_sync_share_the_next_one(void**) {
    Harness queue;
    queue.world->disk.stuck = true;
    queue.engine.append(1, entry_for(kNorth, 0), false);
    wait_until([&] { return queue.world->disk.is_in_sync.load(); });
    for (std::uint64_t ticket = 2; ticket <= 100; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), false);
    }
    queue.world->disk.stuck = false;
    const std::vector<Appended> kept = queue.world->told.wait_for_appended(100);
    for (std::uint64_t i = 0; i < 100; ++i) {
        assert_int_equal(kept[i].ticket, i + 1);
        assert_true(kept[i].id.has_value());
    }
    assert_true(queue.engine.stop(kPatience));
    assert_int_equal(queue.world->disk.syncs, 2);
}

void groups_do_not_follow_each_other_at_once(void**) {
    constexpr std::uint64_t kCount = 50;
    Harness queue;
    const auto begin = SteadyTime::now();
    for (std::uint64_t ticket = 1; ticket <= kCount; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), false);
        std::this_thread::sleep_for(100us);
    }
    queue.world->told.wait_for_appended(kCount);
    const auto most = static_cast<std::size_t>(since(begin) / Engine::kGroupInterval) + 2;
    assert_true(queue.engine.stop(kPatience));
    assert_true(queue.world->disk.syncs <= most);
}

/// Has entries be kept and handed out one after the other; how long that takes.
auto time_of_deliveries(std::uint64_t count) {
    Harness queue;
    const auto begin = SteadyTime::now();
    for (std::uint64_t ticket = 1; ticket <= count; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), false);
        queue.engine.want(kNorth, 1);
        queue.world->told.wait_for_appended(ticket);
    }
    return since(begin);
}

void who_wants_an_entry_does_not_wait_for_a_group(void**) {
    constexpr std::uint64_t kCount = 50;
    constexpr int kTries = 10;  // the machine may have other things to do
    bool was_quick = false;
    for (int count = 0; !was_quick && count < kTries; ++count) {
        was_quick = time_of_deliveries(kCount) < Engine::kGroupInterval * kCount / 2;
    }
    assert_true(was_quick);
}

void too_many_that_wait_are_refused_at_once(void**) {
    Harness queue;
    queue.world->disk.stuck = true;
    queue.engine.append(1, entry_for(kNorth, 0), false);
    wait_until([&] { return queue.world->disk.is_in_sync.load(); });
    for (std::uint64_t ticket = 2; ticket <= Engine::kMaxBacklog + 1; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), false);
    }
    assert_int_equal(queue.world->told.wait_for_appended(0).size(), 0);
    queue.engine.append(5000, entry_for(kNorth, 0), false);
    queue.engine.append_consent(5001, "visitor", {}, entry_for(kNorth, 0), false);
    queue.engine.withdraw_consent(5002, "visitor");
    queue.engine.settle(delivered(event_id(1)));
    const std::vector<Appended> refused = queue.world->told.wait_for_appended(2);
    assert_int_equal(refused[0].ticket, 5000);
    assert_false(refused[0].id.has_value());
    assert_int_equal(refused[1].ticket, 5001);
    assert_int_equal(queue.world->told.turns().at(0).ticket, 5002);
    assert_true(queue.world->told.turns().at(0).result == ConsentStore::Withdrawal::failed);
    queue.world->disk.stuck = false;
    queue.world->told.wait_for_appended(Engine::kMaxBacklog + 3);
}

void large_ones_that_wait_are_refused_before_they_fill_the_memory(void**) {
    Harness queue;
    queue.world->disk.stuck = true;
    queue.engine.append(1, entry_for(kNorth, 0), false);
    wait_until([&] { return queue.world->disk.is_in_sync.load(); });
    constexpr std::size_t kSize = std::size_t{1} << 20U;
    constexpr std::size_t kFit =
        Engine::kMaxBacklogBytes / kSize - 1;  // an entry is a little more than its body
    for (std::uint64_t ticket = 2; ticket <= kFit + 2; ++ticket) {
        const std::shared_ptr<Entry> entry = entry_for(kNorth, 0);
        entry->body.assign(kSize, ' ');
        queue.engine.append(ticket, entry, false);
    }
    const std::vector<Appended> refused = queue.world->told.wait_for_appended(1);
    assert_int_equal(refused[0].ticket, kFit + 2);
    assert_false(refused[0].id.has_value());
    queue.engine.append(5000, entry_for(kNorth, 0), false);  // a small one has room
    assert_int_equal(queue.world->told.wait_for_appended(1).size(), 1);
    queue.world->disk.stuck = false;
    queue.world->told.wait_for_appended(kFit + 3);
}

void settlements_do_not_wake_the_thread_one_by_one(void**) {
    constexpr int kCount = 60;
    Harness queue;
    for (std::uint64_t ticket = 1; ticket <= kCount; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), true);
    }
    const std::vector<Appended> kept = queue.world->told.wait_for_appended(kCount);
    const long before = queue.world->disk.switches;
    const auto begin = SteadyTime::now();
    for (const Appended& each : kept) {
        queue.engine.settle(delivered(each.id.value()));
        std::this_thread::sleep_for(100us);
    }
    const auto groups = since(begin) / Engine::kGroupInterval;  // a slow machine takes longer for all of it
    assert_true(queue.engine.stop(kPatience));
    assert_true(queue.world->disk.rows.empty());
    assert_in_range(queue.world->disk.switches - before, 0, std::max<long>(kCount / 4, 2 * groups));
}

/// How long an engine that has nothing else to do takes to settle an entry.
std::chrono::milliseconds time_of_settlement() {
    Harness queue;
    queue.engine.want(kNorth, 1);
    queue.engine.append(1, entry_for(kNorth, 0), false);
    const EntryId id = queue.world->told.take_claims().at(0).id;
    std::this_thread::sleep_for(20ms);
    const auto begin = SteadyTime::now();
    queue.engine.settle(delivered(id));
    queue.engine.want(kNorth, 1);
    Counts counts;
    wait_until([&] { return queue.world->ledger.total() == counts; });
    return since(begin);
}

void a_settlement_is_durable_soon_even_if_nothing_else_happens(void**) {
    std::chrono::milliseconds time = kPatience;
    for (int tries = 0; time > 500ms && tries < 10; ++tries) {  // the machine may have other things to do
        time = time_of_settlement();
        assert_true(time >= 20ms);
    }
    assert_true(time <= 500ms);
}

void the_time_goes_on_before_and_after_the_start(void**) {
    std::optional<Engine> engine;
    Ledger ledger{};
    engine.emplace(std::make_unique<FakeBackend>([](std::string&) { return nullptr; }), Limits{}, ledger,
                   [](std::vector<Event>&&) {});
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Time begin = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    assert_in_range(engine->now() - begin + 5, 0, kPatience.count());
    std::string error;
    assert_true(engine->start(error));
    std::this_thread::sleep_for(50ms);
    assert_in_range(engine->now() - begin, 50, kPatience.count());
}

void an_engine_that_does_not_run_refuses(void**) {
    const auto world = std::make_shared<World>();
    Engine engine(backend_of(world), {}, world->ledger,
                  [world](std::vector<Event>&& events) { world->told.add(std::move(events)); });
    engine.append(1, entry_for(kNorth, 0), false);
    assert_false(world->told.wait_for_appended(1)[0].id.has_value());
    std::string error;
    assert_true(engine.start(error));
    assert_false(engine.start(error));
    expect_part(error, "started before");
    assert_true(engine.stop(kPatience));
    assert_false(engine.start(error));
    engine.append(2, entry_for(kNorth, 0), false);
    engine.want(kNorth, 1);
    engine.settle(delivered(event_id(1)));
    assert_false(world->told.wait_for_appended(2)[1].id.has_value());
}

void what_was_asked_for_is_done_before_it_stops(void**) {
    Harness queue;
    queue.world->disk.sync_takes = 20ms;
    for (std::uint64_t ticket = 1; ticket <= 200; ++ticket) {
        queue.engine.append(ticket, entry_for(kNorth, 0), false);
    }
    assert_true(queue.engine.stop(kPatience));
    const std::vector<Appended> kept = queue.world->told.wait_for_appended(200);
    assert_true(kept.back().id.has_value());
    assert_int_equal(queue.world->disk.rows.size(), 200);
}

void back_office_events_that_come_together_are_one_unit(void**) {
    constexpr std::size_t kCount = 300;
    Harness queue;
    for (std::uint64_t ticket = 1; ticket <= kCount; ++ticket) {
        queue.engine.append_order(ticket, entry_for(kNorth, 0));
    }
    for (const Appended& appended : queue.world->told.wait_for_appended(kCount)) {
        assert_true(appended.id == order_id(appended.ticket));
    }
    queue.engine.want(kNorth, 1);
    for (std::size_t settled = 0; settled < kCount;) {
        for (const Claim& claim : queue.world->told.take_claims()) {
            assert_true(claim.id == order_id(++settled));
            queue.engine.settle(delivered(claim.id));
        }
        queue.engine.want(kNorth, 1);
    }
    assert_true(queue.engine.stop(kPatience));
    assert_true(queue.world->orders.rows.empty());
    assert_true(queue.world->orders.units.size() < kCount / 10);
    queue.engine.append_order(kCount + 1, entry_for(kNorth, 0));
    assert_false(queue.world->told.wait_for_appended(kCount + 1).back().id.has_value());
}

void a_thread_that_is_stuck_is_left_behind(void**) {
    std::shared_ptr<World> world;
    {
        Harness queue;
        world = queue.world;
        world->disk.stuck = true;
        queue.engine.append(1, entry_for(kNorth, 0), false);
        wait_until([&] { return world->disk.is_in_sync.load(); });
        const auto begin = SteadyTime::now();
        assert_false(queue.engine.stop(100ms));
        assert_in_range(since(begin).count(), 90, kPatience.count());
        assert_false(queue.engine.stop(100ms));
    }
    assert_true(world.use_count() > 1);
    world->disk.stuck = false;
    wait_until([&] { return world.use_count() == 1; });
    assert_int_equal(world->told.calls(), 0);
}

void a_store_that_opens_slowly_keeps_nobody_waiting(void**) {
    std::atomic<bool> may_open{false};
    std::atomic<bool> was_opened{false};
    Harness queue([&] {
        for (const auto begin = SteadyTime::now(); !may_open && since(begin) < kPatience;) {
            std::this_thread::sleep_for(1ms);
        }
        was_opened = true;
    });
    queue.engine.append(1, entry_for(kNorth, 0), false);
    queue.engine.want(kNorth, 1);
    assert_false(was_opened);
    may_open = true;
    assert_true(queue.world->told.wait_for_appended(1)[0].id.has_value());
}

void the_thread_takes_no_signals_and_all_processors(void**) {
    cpu_set_t before;
    CPU_ZERO(&before);
    sched_getaffinity(0, sizeof before, &before);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (std::size_t processor = 0; CPU_COUNT(&one) == 0; ++processor) {
        if (CPU_ISSET(processor, &before)) {
            CPU_SET(processor, &one);
        }
    }
    sched_setaffinity(0, sizeof one, &one);
    sigset_t blocked;
    sigemptyset(&blocked);
    std::atomic<int> processors{0};
    std::atomic<bool> ready{false};
    {
        Harness queue([&] {
            cpu_set_t own;
            CPU_ZERO(&own);
            sched_getaffinity(0, sizeof own, &own);
            processors = CPU_COUNT(&own);
            pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
            ready = true;
        });
        wait_until([&] { return ready.load(); });
    }
    sched_setaffinity(0, sizeof before, &before);
    assert_true(processors >= CPU_COUNT(&before));  // more, where this program is bound to some
    for (const int signal : {SIGTERM, SIGQUIT, SIGCHLD, SIGALRM, SIGUSR1, SIGIO, SIGPIPE}) {
        assert_true(sigismember(&blocked, signal));
    }
}

/// For ThreadSanitizer: everything at once.
void calls_may_come_from_several_threads(void**) {
    Harness queue;
    queue.engine.want(kNorth, 100'000);
    std::vector<std::thread> callers;
    callers.reserve(2);
    for (std::uint64_t caller = 0; caller < 2; ++caller) {
        callers.emplace_back([&queue, caller] {
            for (std::uint64_t i = 0; i < 500; ++i) {
                queue.engine.append(caller * 1000 + i, entry_for(kNorth, queue.engine.now()), i % 2 == 0);
                queue.engine.withdraw_consent(i, "visitor");
                queue.engine.want("https://south.example", 1);
                queue.engine.want_nothing("https://south.example");
                if (i % 50 == 0) {
                    std::this_thread::sleep_for(1ms);
                }
            }
        });
    }
    for (std::size_t settled = 0; settled < 500;) {
        for (const Claim& claim : queue.world->told.take_claims()) {
            queue.engine.settle(delivered(claim.id));
            ++settled;
        }
    }
    for (std::thread& caller : callers) {
        caller.join();
    }
    queue.world->told.wait_for_appended(1000);
    queue.engine.leave();
    assert_true(queue.engine.stop(kPatience));
    assert_int_equal(queue.world->disk.rows.size(), 500);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(entries_that_come_during_a_sync_share_the_next_one),
        cmocka_unit_test(groups_do_not_follow_each_other_at_once),
        cmocka_unit_test(who_wants_an_entry_does_not_wait_for_a_group),
        cmocka_unit_test(too_many_that_wait_are_refused_at_once),
        cmocka_unit_test(large_ones_that_wait_are_refused_before_they_fill_the_memory),
        cmocka_unit_test(settlements_do_not_wake_the_thread_one_by_one),
        cmocka_unit_test(a_settlement_is_durable_soon_even_if_nothing_else_happens),
        cmocka_unit_test(the_time_goes_on_before_and_after_the_start),
        cmocka_unit_test(an_engine_that_does_not_run_refuses),
        cmocka_unit_test(what_was_asked_for_is_done_before_it_stops),
        cmocka_unit_test(back_office_events_that_come_together_are_one_unit),
        cmocka_unit_test(a_thread_that_is_stuck_is_left_behind),
        cmocka_unit_test(a_store_that_opens_slowly_keeps_nobody_waiting),
        cmocka_unit_test(the_thread_takes_no_signals_and_all_processors),
        cmocka_unit_test(calls_may_come_from_several_threads),
    };
    return cmocka_run_group_tests_name("queue engine", tests, nullptr, nullptr);
}
