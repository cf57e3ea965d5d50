#include "queue/queue_clock.hpp"

#include "cmocka.hpp"

namespace {

using aep::queue::QueueClock;
using aep::queue::Time;

constexpr Time kStart = 1'700'000'000'000;
constexpr Time kHour = 3'600'000;

/// Reads once a second for that many seconds, the time of day being ahead by `ahead` ms; the last reading.
Time read_for(QueueClock& clock, std::int64_t& monotonic, int seconds, Time ahead) {
    Time time = 0;
    for (int i = 0; i < seconds; ++i) {
        monotonic += 1000;
        time = clock.read(kStart + monotonic + ahead, monotonic);
    }
    return time;
}

void tells_the_time_that_has_passed_since_the_start(void**) {
    QueueClock clock(kStart, 500);
    assert_int_equal(clock.read(kStart, 500), kStart);
    assert_int_equal(clock.read(kStart + 700, 1200), kStart + 700);
    assert_int_equal(clock.read(kStart + 90'700, 91'200), kStart + 90'700);
    assert_int_equal(clock.take_jump(), 0);
}

void a_small_drift_is_made_up_for_by_a_tenth_of_the_time(void**) {
    QueueClock clock(kStart, 0);
    std::int64_t monotonic = 0;
    assert_int_equal(read_for(clock, monotonic, 1, 250), kStart + 1000 + 100);
    assert_int_equal(read_for(clock, monotonic, 1, 250), kStart + 2000 + 200);
    assert_int_equal(read_for(clock, monotonic, 1, 250), kStart + 3000 + 250);
    assert_int_equal(read_for(clock, monotonic, 1, 250), kStart + 4000 + 250);
    assert_int_equal(clock.take_jump(), 0);
}

void frequent_readings_follow_a_drift_as_well(void**) {
    QueueClock clock(kStart, 0);
    Time time = 0;
    for (std::int64_t monotonic = 1; monotonic <= 10'000; ++monotonic) {
        time = clock.read(kStart + monotonic + 50, monotonic);
    }
    assert_int_equal(time, kStart + 10'000 + 50);
}

void never_runs_backwards(void**) {
    QueueClock clock(kStart, 0);
    Time last = 0;
    for (std::int64_t monotonic = 0; monotonic < 400'000; monotonic += 10) {
        const Time behind = monotonic < 50'000 ? 0 : 30'000;
        const Time time = clock.read(kStart + monotonic - behind, monotonic);
        assert_true(time >= last);
        last = time;
    }
    assert_int_equal(last, kStart + 399'990 - 30'000);
}

void a_jump_forwards_is_not_followed_but_told_once(void**) {
    QueueClock clock(kStart, 0);
    std::int64_t monotonic = 0;
    assert_int_equal(read_for(clock, monotonic, 60, 24 * kHour), kStart + 60'000);
    assert_int_equal(clock.take_jump(), 24 * kHour);
    assert_int_equal(clock.take_jump(), 0);
}

void a_jump_backwards_is_not_followed_but_told_once(void**) {
    QueueClock clock(kStart, 0);
    std::int64_t monotonic = 0;
    assert_int_equal(read_for(clock, monotonic, 60, -kHour), kStart + 60'000);
    assert_int_equal(clock.take_jump(), -kHour);
    assert_int_equal(clock.take_jump(), 0);
}

void small_drifts_after_a_jump_are_followed(void**) {
    QueueClock clock(kStart, 0);
    std::int64_t monotonic = 0;
    read_for(clock, monotonic, 5, kHour);
    assert_int_equal(read_for(clock, monotonic, 5, kHour + 300), kStart + 10'000 + 300);
}

void a_clock_that_is_put_right_again_leaves_no_trace(void**) {
    QueueClock clock(kStart, 0);
    std::int64_t monotonic = 0;
    read_for(clock, monotonic, 5, kHour);
    clock.take_jump();
    assert_int_equal(read_for(clock, monotonic, 5, 0), kStart + 10'000);
    assert_int_equal(clock.take_jump(), -kHour);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_time_that_has_passed_since_the_start),
        cmocka_unit_test(a_small_drift_is_made_up_for_by_a_tenth_of_the_time),
        cmocka_unit_test(frequent_readings_follow_a_drift_as_well),
        cmocka_unit_test(never_runs_backwards),
        cmocka_unit_test(a_jump_forwards_is_not_followed_but_told_once),
        cmocka_unit_test(a_jump_backwards_is_not_followed_but_told_once),
        cmocka_unit_test(small_drifts_after_a_jump_are_followed),
        cmocka_unit_test(a_clock_that_is_put_right_again_leaves_no_trace),
    };
    return cmocka_run_group_tests_name("queue clock", tests, nullptr, nullptr);
}
