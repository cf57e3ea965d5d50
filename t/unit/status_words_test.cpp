#include "status/words.hpp"

#include <limits>

#include "expect.hpp"

namespace {

using namespace aep::status;
using aep::test::expect_text;

void numbers_have_commas_between_groups(void**) {
    expect_text(number(0), "0");
    expect_text(number(999), "999");
    expect_text(number(1000), "1,000");
    expect_text(number(123456), "123,456");
    expect_text(number(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

void one_is_told_from_many(void**) {
    expect_text(counted(1, "event", "events"), "1 event");
    expect_text(counted(0, "event", "events"), "0 events");
    expect_text(counted(1200, "event", "events"), "1,200 events");
}

void durations_are_in_the_largest_unit_that_says_enough(void**) {
    expect_text(duration(0), "0 seconds");
    expect_text(duration(1.9), "1 second");
    expect_text(duration(119), "119 seconds");
    expect_text(duration(120), "2 minutes");
    expect_text(duration(7199), "119 minutes");
    expect_text(duration(7200), "2 hours");
    expect_text(duration(172800), "2 days");
}

void what_is_no_duration_is_none(void**) {
    expect_text(duration(-5), "0 seconds");
    expect_text(duration(std::numeric_limits<double>::quiet_NaN()), "0 seconds");
    expect_text(duration(std::numeric_limits<double>::infinity()), "0 days");
}

void sizes_are_in_units_of_1024(void**) {
    expect_text(byte_size(1), "1 byte");
    expect_text(byte_size(1023), "1,023 bytes");
    expect_text(byte_size(1536), "1.5 KB");
    expect_text(byte_size(std::uint64_t{1} << 30U), "1 GB");
    expect_text(byte_size(std::uint64_t{50} << 50U), "51,200 TB");
}

void a_share_of_nothing_is_nothing(void**) {
    assert_int_equal(percent(1, 0), 0);
    assert_int_equal(percent(1, 3), 33);
    assert_int_equal(
        percent(std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<std::uint64_t>::max()), 100);
}

void times_are_those_of_rfc_3339(void**) {
    expect_text(rfc3339(1764437951.9), "2025-11-29T17:39:11Z");
    expect_text(rfc3339(-1), "");
    expect_text(rfc3339(std::numeric_limits<double>::quiet_NaN()), "");
    expect_text(rfc3339(1e18), "");
}

void latencies_are_in_milliseconds(void**) {
    expect_text(milliseconds(0.0416), "42 ms");
    expect_text(milliseconds(12.5), "12,500 ms");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_commas_between_groups),
        cmocka_unit_test(one_is_told_from_many),
        cmocka_unit_test(durations_are_in_the_largest_unit_that_says_enough),
        cmocka_unit_test(what_is_no_duration_is_none),
        cmocka_unit_test(sizes_are_in_units_of_1024),
        cmocka_unit_test(a_share_of_nothing_is_nothing),
        cmocka_unit_test(times_are_those_of_rfc_3339),
        cmocka_unit_test(latencies_are_in_milliseconds),
    };
    return cmocka_run_group_tests_name("status words", tests, nullptr, nullptr);
}
