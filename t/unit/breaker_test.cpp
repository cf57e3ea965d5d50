#include "shared/breaker.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <initializer_list>

#include "cmocka.hpp"

namespace {

using aep::shared::Breaker;
using Permit = Breaker::Permit;

constexpr std::uint64_t kNow = 1'000'000;
constexpr std::uint64_t kProbeTimeout = 12'000;
constexpr std::uint32_t kLeast = 0;    // the shortest jitter
constexpr std::uint32_t kMost = 1024;  // the longest

void assert_permit(Permit got, Permit expected) {
    assert_int_equal(static_cast<int>(got), static_cast<int>(expected));
}

void fail_times(Breaker& breaker, std::uint64_t now, std::uint32_t times, std::uint64_t retry_after = 0,
                std::uint32_t random = kLeast) {
    for (std::uint32_t i = 0; i < times; ++i) {
        breaker.failure(now, retry_after, random);
    }
}

/// An open breaker; lets its probe fail until it has opened `openings` times. Returns the last duration.
std::uint64_t duration_of_opening(std::uint32_t openings, std::uint32_t random) {
    Breaker breaker;
    std::uint64_t now = kNow;
    fail_times(breaker, now, Breaker::kFailures, 0, random);
    for (std::uint32_t i = 1; i < openings; ++i) {
        now = breaker.open_until;
        assert_permit(breaker.ask(now, kProbeTimeout), Permit::probe);
        breaker.failure(now, 0, random);
    }
    return breaker.open_until - now;
}

void zeroed_memory_is_a_closed_breaker(void**) {
    auto breaker = std::bit_cast<Breaker>(std::array<std::byte, sizeof(Breaker)>{});
    assert_permit(breaker.ask(kNow, kProbeTimeout), Permit::pass);
    assert_false(breaker.is_open(kNow));
}

void stays_closed_below_five_failures_in_a_row(void**) {
    Breaker breaker;
    for (int i = 0; i < 10; ++i) {
        fail_times(breaker, kNow, Breaker::kFailures - 1);
        assert_permit(breaker.ask(kNow, kProbeTimeout), Permit::pass);
        breaker.success(kNow);
    }
}

void five_failures_in_a_row_open_it(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    assert_true(breaker.is_open(kNow));
    assert_permit(breaker.ask(kNow, kProbeTimeout), Permit::refuse);
    assert_permit(breaker.ask(breaker.open_until - 1, kProbeTimeout), Permit::refuse);
}

void each_opening_is_twice_as_long_with_a_quarter_of_jitter(void**) {
    assert_int_equal(duration_of_opening(1, kLeast), 750);
    assert_int_equal(duration_of_opening(1, kMost), 1250);
    assert_int_equal(duration_of_opening(2, kLeast), 1500);
    assert_int_equal(duration_of_opening(2, kMost), 2500);
    assert_int_equal(duration_of_opening(5, kLeast), 12'000);
    assert_int_equal(duration_of_opening(5, kMost), 20'000);
}

void never_opens_for_more_than_thirty_seconds(void**) {
    for (const std::uint32_t openings : {6U, 7U, 40U, 100U}) {
        assert_int_equal(duration_of_opening(openings, kLeast), 18'000);
        assert_int_equal(duration_of_opening(openings, kMost), 30'000);
    }
}

void jitter_takes_any_number(void**) {
    for (const std::uint32_t random : {1U, 1025U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        assert_in_range(duration_of_opening(1, random), 750, 1250);
    }
}

void lets_one_probe_out_at_a_time(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    const std::uint64_t later = breaker.open_until;
    assert_false(breaker.is_open(later));
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::probe);
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::refuse);
    assert_permit(breaker.ask(later + kProbeTimeout - 1, kProbeTimeout), Permit::refuse);
}

void a_probe_that_is_not_sent_lets_another_go(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    const std::uint64_t later = breaker.open_until;
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::probe);
    breaker.give_back_probe();
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::probe);
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::refuse);
}

void gives_up_a_probe_that_is_never_answered(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    const std::uint64_t later = breaker.open_until;
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::probe);
    assert_permit(breaker.ask(later + kProbeTimeout, kProbeTimeout), Permit::probe);
    assert_permit(breaker.ask(later + kProbeTimeout + 1, kProbeTimeout), Permit::refuse);
}

void a_good_probe_closes_it_and_forgets_the_past(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    assert_permit(breaker.ask(breaker.open_until, kProbeTimeout), Permit::probe);
    breaker.success(kNow);
    assert_permit(breaker.ask(kNow, kProbeTimeout), Permit::pass);
    const std::uint64_t later = kNow + Breaker::kJust;
    fail_times(breaker, later, Breaker::kFailures - 1);
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::pass);
    fail_times(breaker, later, 1);
    assert_int_equal(breaker.open_until - later, 750);
}

void a_bad_probe_opens_it_for_longer(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    const std::uint64_t later = breaker.open_until;
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::probe);
    breaker.failure(later, 0, kLeast);
    assert_permit(breaker.ask(later, kProbeTimeout), Permit::refuse);
    assert_int_equal(breaker.open_until - later, 1500);
}

/// Those that were under way when it opened fail one after the other.
void late_failures_do_not_lengthen_the_backoff(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    const std::uint64_t until = breaker.open_until;
    fail_times(breaker, kNow + 1, 30);
    fail_times(breaker, until + 1, 30);
    assert_int_equal(breaker.open_until, until);
    assert_int_equal(breaker.openings, 1);
    assert_permit(breaker.ask(until, kProbeTimeout), Permit::probe);
}

void retry_after_is_honoured_up_to_a_minute(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures, 20'000);
    assert_int_equal(breaker.open_until - kNow, 20'000);

    breaker = {};
    fail_times(breaker, kNow, Breaker::kFailures, 3'600'000);
    assert_int_equal(breaker.open_until - kNow, 60'000);

    breaker = {};
    fail_times(breaker, kNow, Breaker::kFailures, 100);
    assert_int_equal(breaker.open_until - kNow, 750);
}

void retry_after_of_a_late_failure_counts(void**) {
    Breaker breaker;
    fail_times(breaker, kNow, Breaker::kFailures);
    breaker.failure(kNow, 10'000, kLeast);
    assert_int_equal(breaker.open_until - kNow, 10'000);
    breaker.failure(kNow, 5'000, kLeast);
    assert_int_equal(breaker.open_until - kNow, 10'000);
}

/// They are the failures of what failed.
void failures_just_after_a_success_count_for_nothing(void**) {
    Breaker breaker;
    breaker.success(kNow);
    assert_true(breaker.is_well(kNow + Breaker::kJust - 1));
    fail_times(breaker, kNow + Breaker::kJust - 1, 100);
    assert_permit(breaker.ask(kNow + Breaker::kJust, kProbeTimeout), Permit::pass);
    assert_false(breaker.is_well(kNow + Breaker::kJust));
    fail_times(breaker, kNow + Breaker::kJust, Breaker::kFailures);
    assert_permit(breaker.ask(kNow + Breaker::kJust, kProbeTimeout), Permit::refuse);
}

void a_success_is_remembered_while_it_is_open(void**) {
    Breaker breaker;
    breaker.success(kNow);
    const std::uint64_t later = kNow + Breaker::kJust;
    fail_times(breaker, later, Breaker::kFailures);
    assert_false(breaker.is_well(later));
    assert_true(breaker.has_succeeded_within(5000, later));
    assert_false(breaker.has_succeeded_within(Breaker::kJust, later));
}

void who_is_asked_to_wait_waits_at_once(void**) {
    Breaker breaker;
    breaker.success(kNow);
    breaker.rest(kNow, 7000, kLeast);
    assert_int_equal(breaker.open_until - kNow, 7000);
    breaker.rest(kNow, 0, kLeast);
    assert_int_equal(breaker.open_until - kNow, 7000);
    assert_permit(breaker.ask(breaker.open_until, kProbeTimeout), Permit::probe);
    const std::uint64_t later = breaker.open_until;
    breaker.rest(later, 0, kLeast);
    assert_int_equal(breaker.open_until - later, 1500);
}

void what_may_be_one_visitors_failure_opens_it_shortly(void**) {
    Breaker breaker;
    for (std::uint64_t now = kNow; now < kNow + 20'000; now += 1000) {
        breaker.ask(now, kProbeTimeout);
        for (std::uint32_t i = 0; i < Breaker::kFailures; ++i) {
            breaker.failure(now, 0, kMost, Breaker::kShortOpening);
        }
        assert_in_range(breaker.open_until, now, now + Breaker::kShortOpening);
    }
    assert_true(breaker.openings > 10);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_a_closed_breaker),
        cmocka_unit_test(stays_closed_below_five_failures_in_a_row),
        cmocka_unit_test(five_failures_in_a_row_open_it),
        cmocka_unit_test(each_opening_is_twice_as_long_with_a_quarter_of_jitter),
        cmocka_unit_test(never_opens_for_more_than_thirty_seconds),
        cmocka_unit_test(jitter_takes_any_number),
        cmocka_unit_test(lets_one_probe_out_at_a_time),
        cmocka_unit_test(a_probe_that_is_not_sent_lets_another_go),
        cmocka_unit_test(gives_up_a_probe_that_is_never_answered),
        cmocka_unit_test(a_good_probe_closes_it_and_forgets_the_past),
        cmocka_unit_test(a_bad_probe_opens_it_for_longer),
        cmocka_unit_test(late_failures_do_not_lengthen_the_backoff),
        cmocka_unit_test(retry_after_is_honoured_up_to_a_minute),
        cmocka_unit_test(retry_after_of_a_late_failure_counts),
        cmocka_unit_test(failures_just_after_a_success_count_for_nothing),
        cmocka_unit_test(a_success_is_remembered_while_it_is_open),
        cmocka_unit_test(who_is_asked_to_wait_waits_at_once),
        cmocka_unit_test(what_may_be_one_visitors_failure_opens_it_shortly),
    };
    return cmocka_run_group_tests_name("breaker", tests, nullptr, nullptr);
}
