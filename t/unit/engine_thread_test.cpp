#include "threads/engine_thread.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "expect.hpp"

namespace {

using namespace aep::test;
using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock;

constexpr auto kPatience = 60s;

/// What outlives a worker: for the test to look at.
struct World {
    std::atomic<bool> may_end{false};
    std::atomic<int> told{0};
};

/// Tells until it may end.
struct Worker final : aep::threads::EngineThread {
    explicit Worker(std::shared_ptr<World> in)
        : EngineThread("aep-test", "the thread of a test"), world(std::move(in)) {}

    void prepare() override {
        if (fails_to_prepare) {
            throw std::runtime_error("there is no paper");
        }
    }

    bool run() noexcept override {
        while (!world->may_end) {
            tell([&] { on_turn(); });
            std::this_thread::sleep_for(1ms);
        }
        return can_be_destroyed;
    }

    const std::shared_ptr<World> world;
    std::function<void()> on_turn = [this] { ++world->told; };
    bool fails_to_prepare = false;
    bool can_be_destroyed = true;
};

void wait_until(const std::function<bool()>& condition) {
    for (const auto begin = SteadyTime::now(); !condition();) {
        assert_true(SteadyTime::now() - begin < kPatience);
        std::this_thread::sleep_for(1ms);
    }
}

void start(Worker& worker) {
    std::string error;
    if (!worker.start(error)) {
        fail_msg("%s", error.c_str());
    }
}

void what_it_tells_is_heard_until_it_has_ended(void**) {
    const auto world = std::make_shared<World>();
    const auto worker = std::make_shared<Worker>(world);
    start(*worker);
    wait_until([&] { return world->told > 2; });
    world->may_end = true;
    assert_true(worker->stop(kPatience));
    assert_true(worker->stop(kPatience));
    const int told = world->told;
    std::this_thread::sleep_for(5ms);
    assert_int_equal(world->told, told);
    assert_int_equal(worker.use_count(), 1);
}

void a_receiver_that_throws_does_not_end_it(void**) {
    const auto world = std::make_shared<World>();
    const auto worker = std::make_shared<Worker>(world);
    worker->on_turn = [&] {
        ++world->told;
        throw std::bad_alloc();
    };
    start(*worker);
    wait_until([&] { return world->told > 2; });
    world->may_end = true;
    assert_true(worker->stop(kPatience));
}

void what_cannot_be_prepared_is_the_reason_not_to_start(void**) {
    const auto worker = std::make_shared<Worker>(std::make_shared<World>());
    worker->fails_to_prepare = true;
    std::string error;
    assert_false(worker->start(error));
    expect_text(error, "the thread of a test does not start: there is no paper");
    assert_true(worker->stop(kPatience));
}

void it_starts_once(void**) {
    const auto world = std::make_shared<World>();
    const auto worker = std::make_shared<Worker>(world);
    start(*worker);
    std::string error;
    assert_false(worker->start(error));
    expect_text(error, "the thread of a test does not start: it was started before");
    world->may_end = true;
    assert_true(worker->stop(kPatience));
    assert_false(worker->start(error));

    const auto idle = std::make_shared<Worker>(world);
    assert_true(idle->stop(0ms));
    assert_false(idle->start(error));
}

void a_thread_that_is_stuck_is_left_behind_with_what_it_needs(void**) {
    const auto world = std::make_shared<World>();
    auto worker = std::make_shared<Worker>(world);
    start(*worker);
    wait_until([&] { return world->told > 0; });
    const auto begin = SteadyTime::now();
    assert_false(worker->stop(100ms));
    assert_in_range((SteadyTime::now() - begin) / 1ms, 90, kPatience / 1ms);
    assert_false(worker->stop(100ms));

    const int told = world->told;
    const std::weak_ptr<Worker> left_behind = worker;
    worker.reset();
    std::this_thread::sleep_for(20ms);
    assert_false(left_behind.expired());
    assert_int_equal(world->told, told);

    world->may_end = true;
    wait_until([&] { return left_behind.expired(); });
}

void what_must_not_be_destroyed_stays(void**) {
    const auto world = std::make_shared<World>();
    auto worker = std::make_shared<Worker>(world);
    worker->can_be_destroyed = false;
    start(*worker);
    world->may_end = true;
    assert_true(worker->stop(kPatience));
    static const Worker* found_by_leak_checkers = nullptr;
    found_by_leak_checkers = worker.get();
    const std::weak_ptr<Worker> stays = worker;
    worker.reset();
    assert_false(stays.expired());
    assert_ptr_equal(stays.lock().get(), found_by_leak_checkers);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_it_tells_is_heard_until_it_has_ended),
        cmocka_unit_test(a_receiver_that_throws_does_not_end_it),
        cmocka_unit_test(what_cannot_be_prepared_is_the_reason_not_to_start),
        cmocka_unit_test(it_starts_once),
        cmocka_unit_test(a_thread_that_is_stuck_is_left_behind_with_what_it_needs),
        cmocka_unit_test(what_must_not_be_destroyed_stays),
    };
    return cmocka_run_group_tests_name("engine thread", tests, nullptr, nullptr);
}
