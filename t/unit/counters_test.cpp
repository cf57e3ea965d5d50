#include "shared/counters.hpp"

#include <array>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "expect.hpp"
#include "shared/first_time.hpp"

namespace {

using aep::shared::Counter;
using aep::shared::Counters;
using aep::shared::FirstTime;
using aep::shared::kCounters;

void a_counter_counts_only_its_own(void**) {
    Counters counters;
    counters.add(Counter::events, 5);
    counters.add(Counter::events);
    for (std::size_t i = 0; i < kCounters; ++i) {
        const auto counter = static_cast<Counter>(i);
        assert_int_equal(counters.value(counter), counter == Counter::events ? 6 : 0);
    }
}

void nothing_is_lost_between_threads(void**) {
    constexpr int kThreads = 4;
    constexpr int kEach = 20'000;
    Counters counters;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&counters] {
            for (int j = 0; j < kEach; ++j) {
                counters.add(Counter::requests);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    assert_int_equal(counters.value(Counter::requests), kThreads * kEach);
}

void operators_see_each_under_a_name_of_its_own(void**) {
#define AEP_LABEL(name, label, help) label,
#define AEP_HELP(name, label, help) help,
    constexpr std::array<std::string_view, kCounters> kLabels{AEP_COUNTERS(AEP_LABEL)};
    constexpr std::array<std::string_view, kCounters> kHelps{AEP_COUNTERS(AEP_HELP)};
#undef AEP_LABEL
#undef AEP_HELP
    assert_int_equal(std::set<std::string_view>(kLabels.begin(), kLabels.end()).size(), kCounters);
    for (std::size_t i = 0; i < kCounters; ++i) {
        assert_true(kLabels[i].ends_with("_total"));  // the convention of Prometheus
        assert_false(kHelps[i].empty());
    }
}

void something_is_new_once(void**) {
    FirstTime seen;
    assert_true(seen.note(7));
    assert_true(seen.note(8));
    assert_false(seen.note(7));
    assert_false(seen.note(8));
}

void nothing_is_new_once_there_is_no_room(void**) {
    FirstTime seen;
    std::uint64_t noted = 0;
    for (std::uint64_t key = 1; key <= FirstTime::kPlaces + 40; ++key) {
        noted += seen.note(key * 7) ? 1U : 0U;
    }
    assert_int_equal(noted, FirstTime::kPlaces);
    assert_false(seen.note(7));
    assert_false(seen.note(1));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_counts_only_its_own),
        cmocka_unit_test(nothing_is_lost_between_threads),
        cmocka_unit_test(operators_see_each_under_a_name_of_its_own),
        cmocka_unit_test(something_is_new_once),
        cmocka_unit_test(nothing_is_new_once_there_is_no_room),
    };
    return cmocka_run_group_tests_name("counters", tests, nullptr, nullptr);
}
