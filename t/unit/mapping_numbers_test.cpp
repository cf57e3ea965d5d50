// Numbers and times, as documents have them and as they leave.

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "backoffice/mapping/decimal.hpp"
#include "backoffice/mapping/time.hpp"
#include "expect.hpp"

namespace {

using namespace aep::backoffice::mapping;
using aep::test::expect_text;

std::string text_of(std::optional<Decimal> decimal) {
    return decimal ? decimal->text() : "none";
}

std::string read(std::string_view text) {
    return text_of(Decimal::parse(text));
}

Decimal decimal(std::string_view text) {
    return Decimal::parse(text).value();
}

void a_number_in_text_keeps_its_digits(void**) {
    expect_text(read("0"), "0");
    expect_text(read("200.0000"), "200");
    expect_text(read("3.000000"), "3");
    expect_text(read("63.04"), "63.04");
    expect_text(read("-11.5000"), "-11.5");
    expect_text(read("-0.0000"), "0");
    expect_text(read("+7"), "7");
    expect_text(read("007.10"), "7.1");
    expect_text(read(".5"), "0.5");
    expect_text(read("5."), "5");
    expect_text(read(" 1.25\n"), "1.25");
    expect_text(read("1.5e3"), "1500");
    expect_text(read("15E-1"), "1.5");
    expect_text(read("99999999999999.9999"), "99999999999999.9999");
}

void the_fifth_decimal_rounds_half_up(void**) {
    expect_text(read("0.00005"), "0.0001");
    expect_text(read("0.00004999999"), "0");
    expect_text(read("1.99995"), "2");
    expect_text(read("-1.00005"), "-1.0001");
    expect_text(read("5e-5"), "0.0001");
    expect_text(read("5e-6"), "0");
    expect_text(read("33.333333333333333333333333333333333333"), "33.3333");
}

void what_is_no_number_is_none(void**) {
    for (const std::string_view text :
         {"", " ", "-", ".", "+.", "1,5", "1.2.3", "1e", "1e+", "0x10", "1 2", "NaN", "inf", "12a", "--1",
          "1e400", "100000000000000", "99999999999999.99995", "123456789012345678901234567890"}) {
        expect_text(read(text), "none");
    }
    expect_text(read("1e-999999999999"), "0");
    expect_text(read("0e999999999999"), "0");
}

void a_binary_fraction_leaves_as_it_was_written(void**) {
    expect_text(text_of(Decimal::of_real(19.99)), "19.99");
    expect_text(text_of(Decimal::of_real(0.1 + 0.2)), "0.3");
    expect_text(text_of(Decimal::of_real(-24.1)), "-24.1");
    expect_text(text_of(Decimal::of_real(1e13)), "10000000000000");
    expect_text(text_of(Decimal::of_real(1e-7)), "0");
    expect_text(text_of(Decimal::of_real(1e300)), "none");
    expect_text(text_of(Decimal::of_real(std::numeric_limits<double>::infinity())), "none");
    expect_text(text_of(Decimal::of_real(std::numeric_limits<double>::quiet_NaN())), "none");
    expect_text(text_of(Decimal::of_integer(-311)), "-311");
    expect_text(text_of(Decimal::of_integer(99'999'999'999'999)), "99999999999999");
    expect_text(text_of(Decimal::of_integer(100'000'000'000'000)), "none");
    expect_text(text_of(Decimal::of_integer(std::numeric_limits<std::int64_t>::min())), "none");
}

void a_share_is_exact_and_rounds_half_up(void**) {
    expect_text(text_of(decimal("90").share(decimal("2"), decimal("3"))), "60");
    expect_text(text_of(decimal("10").share(decimal("1"), decimal("3"))), "3.3333");
    expect_text(text_of(decimal("20").share(decimal("1"), decimal("3"))), "6.6667");
    expect_text(text_of(decimal("0.0001").share(decimal("1"), decimal("2"))), "0.0001");
    expect_text(text_of(decimal("-10").share(decimal("1"), decimal("4"))), "-2.5");
    expect_text(text_of(decimal("31").share(decimal("2.5"), decimal("2.5"))), "31");
    expect_text(
        text_of(decimal("99999999999999.9999").share(decimal("99999999999999"), decimal("99999999999999"))),
        "99999999999999.9999");
    expect_text(text_of(decimal("99999999999999").share(decimal("99999999999999"), decimal("0.0001"))),
                "none");
    expect_text(text_of(decimal("1").share(decimal("1"), decimal("0"))), "none");
}

void sums_that_do_not_fit_are_none(void**) {
    expect_text(text_of(decimal("0.1").plus(decimal("0.2"))), "0.3");
    expect_text(text_of(decimal("99999999999999").plus(decimal("1"))), "none");
    expect_text(text_of(decimal("-99999999999999").minus(decimal("1"))), "none");
}

void a_quantity_is_a_whole_number(void**) {
    expect_text(decimal("2").whole().text(), "2");
    expect_text(decimal("0").whole().text(), "0");
    expect_text(decimal("2.5").whole().text(), "3");
    expect_text(decimal("2.4999").whole().text(), "2");
    expect_text(decimal("0.2").whole().text(), "1");
    expect_text(decimal("-0.2").whole().text(), "1");
}

std::string time_of(std::string_view text) {
    const auto time = read_time(text);
    return time ? to_rfc3339(*time) : "none";
}

void a_time_is_utc_unless_it_has_an_offset(void**) {
    expect_text(time_of("2025-03-04 10:15:30"), "2025-03-04T10:15:30Z");
    expect_text(time_of("2025-03-04T10:15:30Z"), "2025-03-04T10:15:30Z");
    expect_text(time_of("2025-03-04T10:15:30+00:00"), "2025-03-04T10:15:30Z");
    expect_text(time_of("2025-03-04T00:15:30+02:00"), "2025-03-03T22:15:30Z");
    expect_text(time_of("2024-12-31T23:30:00-0130"), "2025-01-01T01:00:00Z");
    expect_text(time_of("2025-03-04T10:15:30+01"), "2025-03-04T09:15:30Z");
    expect_text(time_of("2025-06-30T21:15:12.402Z"), "2025-06-30T21:15:12Z");
    expect_text(time_of("2024-02-29 00:00:00"), "2024-02-29T00:00:00Z");
    expect_text(time_of("1969-12-31 23:59:59"), "1969-12-31T23:59:59Z");
    expect_text(time_of("0001-01-01 00:00:00"), "0001-01-01T00:00:00Z");
    expect_text(time_of("9999-12-31 23:59:59"), "9999-12-31T23:59:59Z");
    expect_text(to_compact(read_time("2025-05-01 06:00:59").value()), "20250501T060059Z");
}

void what_is_no_time_is_none(void**) {
    for (const std::string_view text : {"",
                                        "0000-00-00 00:00:00",
                                        "2025-03-04",
                                        "2025-13-01 00:00:00",
                                        "2025-02-29 00:00:00",
                                        "2025-03-04 24:00:00",
                                        "2025-03-04 10:60:00",
                                        "2025-03-04 10:15:60",
                                        "2025-03-04 10:15:30.",
                                        "2025-03-04 10:15:30 ",
                                        " 2025-03-04 10:15:30",
                                        "2025-3-4 10:15:30",
                                        "2025-03-04 10:15",
                                        "2025-03-04T10:15:30Zx",
                                        "2025-03-04T10:15:30+24:00",
                                        "2025-03-04T10:15:30+02:",
                                        "2025-03-04T10:15:30+",
                                        "0001-01-01T00:00:00+01:00",
                                        "9999-12-31T23:59:59-01:00",
                                        "yesterday",
                                        "1741083330"}) {
        expect_text(time_of(text), "none");
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_number_in_text_keeps_its_digits),
        cmocka_unit_test(the_fifth_decimal_rounds_half_up),
        cmocka_unit_test(what_is_no_number_is_none),
        cmocka_unit_test(a_binary_fraction_leaves_as_it_was_written),
        cmocka_unit_test(a_share_is_exact_and_rounds_half_up),
        cmocka_unit_test(sums_that_do_not_fit_are_none),
        cmocka_unit_test(a_quantity_is_a_whole_number),
        cmocka_unit_test(a_time_is_utc_unless_it_has_an_offset),
        cmocka_unit_test(what_is_no_time_is_none),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
