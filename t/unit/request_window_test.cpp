#include "shared/request_window.hpp"

#include <cstdint>
#include <memory>
#include <string>

#include "expect.hpp"
#include "text/digest.hpp"

namespace {

using aep::shared::RequestWindow;
using aep::text::fingerprint;

constexpr std::uint32_t kNow = 1'700'000'000;
constexpr std::uint64_t kKey = 0x123456789ABCDEF0;

// It is as large as its place in shared memory, which is all zero at first.
std::unique_ptr<RequestWindow> empty_window() {
    return std::make_unique<RequestWindow>();
}

/// Notes a request that is safe at once.
bool is_fresh(RequestWindow& window, std::uint64_t key, std::uint32_t now) {
    const bool fresh = window.note(key, now, 5) == RequestWindow::Sighting::fresh;
    if (fresh) {
        window.confirm(key, now);
    }
    return fresh;
}

void a_request_that_is_under_way_is_not_safe_yet(void**) {
    const auto window = empty_window();
    assert_true(window->note(kKey, kNow, 5) == RequestWindow::Sighting::fresh);
    assert_true(window->note(kKey, kNow + 4, 5) == RequestWindow::Sighting::under_way);
    window->confirm(kKey, kNow + 4);
    assert_true(window->note(kKey, kNow + 5, 5) == RequestWindow::Sighting::safe);
}

void a_request_whose_worker_was_killed_is_new_again(void**) {
    const auto window = empty_window();
    assert_true(window->note(kKey, kNow, 5) == RequestWindow::Sighting::fresh);
    assert_true(window->note(kKey, kNow + 5, 5) == RequestWindow::Sighting::fresh);
}

void a_request_is_new_once(void**) {
    const auto window = empty_window();
    assert_true(is_fresh(*window, kKey, kNow));
    assert_false(is_fresh(*window, kKey, kNow));
    assert_false(is_fresh(*window, kKey, kNow + 1));
    assert_true(is_fresh(*window, kKey + 1, kNow));
}

void a_request_is_known_for_a_minute(void**) {
    const auto window = empty_window();
    assert_true(is_fresh(*window, kKey, kNow));
    assert_false(is_fresh(*window, kKey, kNow + RequestWindow::kSeconds - 1));
    assert_true(is_fresh(*window, kKey, kNow + RequestWindow::kSeconds));
    assert_false(is_fresh(*window, kKey, kNow + RequestWindow::kSeconds + 1));
}

void a_repeat_does_not_make_the_minute_longer(void**) {
    const auto window = empty_window();
    assert_true(is_fresh(*window, kKey, kNow));
    assert_false(is_fresh(*window, kKey, kNow + RequestWindow::kSeconds / 2));
    assert_true(is_fresh(*window, kKey, kNow + RequestWindow::kSeconds));
}

void a_request_that_is_forgotten_is_new_again(void**) {
    const auto window = empty_window();
    assert_true(is_fresh(*window, kKey, kNow));
    assert_true(is_fresh(*window, kKey + 1, kNow));
    window->forget(kKey);
    assert_true(is_fresh(*window, kKey, kNow));
    assert_false(is_fresh(*window, kKey + 1, kNow));
    window->forget(kKey + 2);  // was never there
}

void the_oldest_goes_first_where_there_is_no_room(void**) {
    constexpr std::uint64_t kSameBucket = 8192;
    constexpr std::uint32_t kWays = 16;
    const auto window = empty_window();
    for (std::uint32_t i = 0; i < kWays; ++i) {
        assert_true(is_fresh(*window, kKey + i * kSameBucket, kNow + i));
    }
    assert_true(is_fresh(*window, kKey + kWays * kSameBucket, kNow + kWays));
    for (std::uint32_t i = 1; i <= kWays; ++i) {
        assert_false(is_fresh(*window, kKey + i * kSameBucket, kNow + kWays));
    }
    assert_true(is_fresh(*window, kKey, kNow + kWays));
}

void the_requests_of_a_busy_minute_are_known(void**) {
    constexpr int kRequests = 50'000;
    const auto window = empty_window();
    int known = 0;
    for (int i = 0; i < kRequests; ++i) {
        assert_true(is_fresh(*window, fingerprint("datastream", std::to_string(i)), kNow));
    }
    for (int i = 0; i < kRequests; ++i) {
        known += is_fresh(*window, fingerprint("datastream", std::to_string(i)), kNow + 1) ? 0 : 1;
    }
    // Some buckets are full before others.
    assert_in_range(known, kRequests * 99 / 100, kRequests);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_request_that_is_under_way_is_not_safe_yet),
        cmocka_unit_test(a_request_whose_worker_was_killed_is_new_again),
        cmocka_unit_test(a_request_is_new_once),
        cmocka_unit_test(a_request_is_known_for_a_minute),
        cmocka_unit_test(a_repeat_does_not_make_the_minute_longer),
        cmocka_unit_test(a_request_that_is_forgotten_is_new_again),
        cmocka_unit_test(the_oldest_goes_first_where_there_is_no_room),
        cmocka_unit_test(the_requests_of_a_busy_minute_are_known),
    };
    return cmocka_run_group_tests_name("request_window", tests, nullptr, nullptr);
}
