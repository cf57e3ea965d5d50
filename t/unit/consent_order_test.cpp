#include "queue/consent_order.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

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

/// Visitors of one place come one after another, each of them once, while another process asks about the last one.
void nobody_is_overtaken_by_another_visitor(void**) {
    constexpr std::size_t kVisitors = 200'000;
    constexpr std::uint64_t kSamePlace = 4096;
    for (int round = 0; round < 20; ++round) {
        const auto order = std::make_unique<ConsentOrder>();
        std::vector<ConsentOrder::Turn> turns(kVisitors);
        std::atomic<std::size_t> come{0};
        std::thread writer([&] {
            for (std::size_t i = 0; i < kVisitors; ++i) {
                turns[i] = order->begin(1 + i * kSamePlace);
                come.store(i + 1, std::memory_order_release);
            }
        });
        std::size_t overtaken = 0;
        for (std::size_t seen = 0; seen < kVisitors;) {
            seen = come.load(std::memory_order_acquire);
            overtaken += seen != 0 && turns[seen - 1].is_overtaken() ? 1U : 0U;
        }
        writer.join();
        assert_int_equal(overtaken, 0);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_is_overtaken_by_a_newer_one_of_the_same_visitor),
        cmocka_unit_test(not_by_one_of_another_visitor),
        cmocka_unit_test(nobody_is_overtaken_by_another_visitor),
    };
    return cmocka_run_group_tests_name("consent_order", tests, nullptr, nullptr);
}
