#include "queue/consent_order.hpp"

#include <cstdint>
#include <memory>

#include "expect.hpp"

namespace {

using aep::queue::ConsentOrder;

constexpr std::uint64_t kVisitor = 0x123456789ABCDEF0;

void a_decision_is_overtaken_by_a_newer_one_of_the_same_visitor(void**) {
    const auto order = std::make_unique<ConsentOrder>();
    const ConsentOrder::Turn older = order->begin(kVisitor);
    assert_false(older.is_overtaken());
    const ConsentOrder::Turn newer = order->begin(kVisitor);
    assert_true(older.is_overtaken());
    assert_false(newer.is_overtaken());
    assert_false(ConsentOrder::Turn().is_overtaken());
}

void not_by_one_of_another_visitor(void**) {
    const auto order = std::make_unique<ConsentOrder>();
    const ConsentOrder::Turn turn = order->begin(kVisitor);
    for (std::uint64_t other = 1; other <= 100'000; ++other) {
        order->begin(kVisitor + other);
        assert_false(turn.is_overtaken());
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_is_overtaken_by_a_newer_one_of_the_same_visitor),
        cmocka_unit_test(not_by_one_of_another_visitor),
    };
    return cmocka_run_group_tests_name("consent_order", tests, nullptr, nullptr);
}
