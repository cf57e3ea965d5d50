#include "shared/per_datastream.hpp"

#include <memory>
#include <set>

#include "expect.hpp"

namespace {

using Numbers = aep::shared::PerDatastream<int>;

void what_was_never_noted_is_not_there(void**) {
    const auto numbers = std::make_unique<Numbers>();
    assert_null(numbers->find(7));
    numbers->of(7, true, 1) = 42;
    assert_int_equal(*numbers->find(7), 42);
    assert_null(numbers->find(7 + Numbers::kSets));
}

void a_place_is_kept(void**) {
    const auto numbers = std::make_unique<Numbers>();
    numbers->of(7, true, 1) = 42;
    assert_int_equal(numbers->of(7, true, 2), 42);
}

void what_was_used_longest_ago_makes_room_and_room_is_empty(void**) {
    const auto numbers = std::make_unique<Numbers>();
    for (std::uint64_t i = 0; i < Numbers::kWays; ++i) {
        numbers->of(1 + i * Numbers::kSets, false, 10 + i) = 1;
    }
    numbers->of(1, false, 100);
    assert_int_equal(numbers->of(1 + 50 * Numbers::kSets, false, 101), 0);
    assert_non_null(numbers->find(1));
    assert_null(numbers->find(1 + Numbers::kSets));
}

/// Whatever visitors make up.
void what_is_configured_stays(void**) {
    const auto numbers = std::make_unique<Numbers>();
    numbers->of(1, true, 1) = 42;
    for (std::uint64_t i = 1; i < 10'000; ++i) {
        numbers->of(1 + i * Numbers::kSets, false, 1 + i);
    }
    assert_int_equal(*numbers->find(1), 42);
}

void among_configured_ones_the_oldest_makes_room(void**) {
    const auto numbers = std::make_unique<Numbers>();
    for (std::uint64_t i = 0; i <= Numbers::kWays; ++i) {
        numbers->of(1 + i * Numbers::kSets, true, 10 + i);
    }
    assert_null(numbers->find(1));
    assert_non_null(numbers->find(1 + Numbers::kWays * Numbers::kSets));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_noted_is_not_there),
        cmocka_unit_test(a_place_is_kept),
        cmocka_unit_test(what_was_used_longest_ago_makes_room_and_room_is_empty),
        cmocka_unit_test(what_is_configured_stays),
        cmocka_unit_test(among_configured_ones_the_oldest_makes_room),
    };
    return cmocka_run_group_tests_name("values of datastreams", tests, nullptr, nullptr);
}
