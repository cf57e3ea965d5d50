#include "shared/token.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <string>

#include "expect.hpp"

namespace {

using aep::shared::Token;
using aep::test::expect_text;

constexpr std::uint64_t kNow = 1'000'000;
constexpr std::uint64_t kPatience = 12'000;
constexpr std::uint64_t kDay = 86'399'000;
constexpr std::uint64_t kCredential = 7;
constexpr std::uint32_t kLeast = 0;    // the shortest jitter, the latest renewal
constexpr std::uint32_t kMost = 1024;  // the longest jitter, the earliest renewal

/// One that has been fetched just now.
Token fetched(std::uint64_t life, std::uint32_t random = kLeast) {
    Token token;
    token.use(kCredential);
    assert_int_not_equal(token.begin_fetch(kNow, kPatience), 0);
    assert_true(token.store("text", kNow, life, random));
    return token;
}

void assert_rejection(Token::Rejection got, Token::Rejection expected) {
    assert_int_equal(static_cast<int>(got), static_cast<int>(expected));
}

void zeroed_memory_is_no_token(void**) {
    auto token = std::bit_cast<Token>(std::array<std::byte, sizeof(Token)>{});
    token.use(kCredential);
    assert_false(token.is_valid(kNow));
    assert_int_equal(token.next_change(kNow), 0);
    assert_int_not_equal(token.begin_fetch(kNow, kPatience), 0);
}

void one_fetches_at_a_time(void**) {
    Token token;
    const std::uint64_t fetch = token.begin_fetch(kNow, kPatience);
    assert_int_not_equal(fetch, 0);
    assert_int_equal(token.begin_fetch(kNow, kPatience), 0);
    assert_int_equal(token.begin_fetch(kNow + kPatience - 1, kPatience), 0);
    assert_int_equal(token.next_change(kNow), kNow + kPatience);
}

void who_takes_too_long_is_given_up(void**) {
    Token token;
    const std::uint64_t fetch = token.begin_fetch(kNow, kPatience);
    const std::uint64_t next = token.begin_fetch(kNow + kPatience, kPatience);
    assert_int_not_equal(next, 0);
    assert_false(token.is_fetching(fetch));
    assert_true(token.is_fetching(next));
    token.end_fetch(fetch);  // it comes back to life: another one counts now
    assert_int_equal(token.begin_fetch(kNow + kPatience, kPatience), 0);
}

void who_quits_lets_another_fetch(void**) {
    Token token;
    token.end_fetch(token.begin_fetch(kNow, kPatience));
    assert_int_not_equal(token.begin_fetch(kNow, kPatience), 0);
}

void a_token_is_good_until_it_expires(void**) {
    const Token token = fetched(kDay);
    expect_text(token.text(), "text");
    assert_int_equal(token.number, 1);
    assert_true(token.is_valid(kNow + kDay - 1));
    assert_false(token.is_valid(kNow + kDay));
}

void it_is_renewed_in_the_last_part_of_its_life(void**) {
    Token late = fetched(kDay, kLeast);
    assert_int_equal(late.renew_at, kNow + kDay - kDay / 10);
    Token early = fetched(kDay, kMost);
    assert_int_equal(early.renew_at, kNow + kDay - kDay / 10 * 2);
    assert_int_equal(early.next_change(kNow), early.renew_at);
    assert_int_equal(early.begin_fetch(early.renew_at - 1, kPatience), 0);
    assert_int_not_equal(early.begin_fetch(early.renew_at, kPatience), 0);
    assert_true(early.is_valid(early.renew_at));  // the old one goes on meanwhile
    assert_int_equal(fetched(5000, kMost).renew_at, kNow + 4000);
    assert_int_equal(fetched(5000, kLeast).renew_at, kNow + 4500);
}

void a_new_one_takes_the_place_of_the_old_one(void**) {
    Token token = fetched(kDay);
    const std::uint64_t later = token.renew_at;
    assert_int_not_equal(token.begin_fetch(later, kPatience), 0);
    assert_true(token.store("another", later, kDay, kLeast));
    expect_text(token.text(), "another");
    assert_int_equal(token.number, 2);
    assert_int_equal(token.begin_fetch(later, kPatience), 0);
}

void one_that_is_too_long_is_not_kept(void**) {
    Token token;
    assert_true(token.store(std::string(Token::kLongest, 'a'), kNow, kDay, kLeast));
    assert_int_equal(token.text().size(), Token::kLongest);
    assert_false(token.store(std::string(Token::kLongest + 1, 'b'), kNow, kDay, kLeast));
    assert_int_equal(token.text().front(), 'a');
}

void pauses_after_failures_double(void**) {
    Token token;
    std::uint64_t now = kNow;
    for (const std::uint64_t pause : {750U, 1500U, 3000U, 6000U, 12000U, 24000U, 48000U, 60000U, 60000U}) {
        assert_int_not_equal(token.begin_fetch(now, kPatience), 0);
        assert_int_equal(token.failure(now, 0, Token::kLongestPause, kLeast), pause);
        assert_int_equal(token.begin_fetch(now + pause - 1, kPatience), 0);
        assert_int_equal(token.next_change(now), now + pause);
        now += pause;
    }
    for (int i = 0; i < 30; ++i) {
        assert_in_range(token.failure(now, 0, Token::kLongestPauseRefused, kMost), 1,
                        Token::kLongestPauseRefused);
    }
    assert_true(token.store("text", now, kDay, kLeast));
    assert_int_equal(token.failures, 0);
}

void a_wait_that_was_asked_for_is_kept_within_bounds(void**) {
    Token token;
    assert_int_equal(token.failure(kNow, 30'000, Token::kLongestPause, kLeast), 30'000);
    assert_int_equal(token.failure(kNow, 86'400'000, Token::kLongestPause, kLeast),
                     Token::kLongestRetryAfter);
}

void a_failure_leaves_the_token_as_it_is(void**) {
    Token token = fetched(kDay);
    const std::uint64_t later = token.renew_at;
    token.begin_fetch(later, kPatience);
    token.failure(later, 0, Token::kLongestPause, kLeast);
    assert_true(token.is_valid(later));
    assert_int_equal(token.next_change(later), later + 750);
}

void what_edge_rejects_is_not_shown_again(void**) {
    Token token = fetched(kDay);
    const std::uint64_t later = kNow + Token::kNew;
    assert_rejection(token.reject(token.number, later, kLeast), Token::Rejection::old);
    assert_false(token.is_valid(later));
    assert_rejection(token.reject(token.number, later, kLeast), Token::Rejection::known);
    assert_int_not_equal(token.begin_fetch(later, kPatience), 0);  // at once
}

void another_ones_rejection_comes_too_late(void**) {
    Token token = fetched(kDay);
    token.store("another", kNow, kDay, kLeast);
    assert_rejection(token.reject(1, kNow, kLeast), Token::Rejection::known);
    assert_true(token.is_valid(kNow));
}

void new_tokens_that_edge_rejects_are_fetched_ever_slower(void**) {
    Token token = fetched(kDay);
    std::uint64_t now = kNow;
    for (const std::uint64_t pause : {3750U, 7500U, 15000U, 30000U}) {
        assert_rejection(token.reject(token.number, now + 10, kLeast), Token::Rejection::fresh);
        assert_int_equal(token.begin_fetch(now + pause - 1, kPatience), 0);
        assert_int_equal(token.next_change(now), now + pause);
        now += pause;
        assert_int_not_equal(token.begin_fetch(now, kPatience), 0);
        assert_true(token.store("next", now, kDay, kLeast));
        assert_true(token.is_valid(now));
    }
    token.begin_fetch(token.renew_at, kPatience);
    token.store("after a good one", token.renew_at, kDay, kLeast);
    assert_int_equal(token.rejections, 0);
}

void another_credential_begins_anew(void**) {
    Token token = fetched(kDay);
    token.secret = 1;
    token.use(kCredential);
    assert_true(token.is_valid(kNow));
    token.use(kCredential + 1);
    assert_false(token.is_valid(kNow));
    assert_int_equal(token.secret, 0);
    assert_int_not_equal(token.begin_fetch(kNow, kPatience), 0);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_memory_is_no_token),
        cmocka_unit_test(one_fetches_at_a_time),
        cmocka_unit_test(who_takes_too_long_is_given_up),
        cmocka_unit_test(who_quits_lets_another_fetch),
        cmocka_unit_test(a_token_is_good_until_it_expires),
        cmocka_unit_test(it_is_renewed_in_the_last_part_of_its_life),
        cmocka_unit_test(a_new_one_takes_the_place_of_the_old_one),
        cmocka_unit_test(one_that_is_too_long_is_not_kept),
        cmocka_unit_test(pauses_after_failures_double),
        cmocka_unit_test(a_wait_that_was_asked_for_is_kept_within_bounds),
        cmocka_unit_test(a_failure_leaves_the_token_as_it_is),
        cmocka_unit_test(what_edge_rejects_is_not_shown_again),
        cmocka_unit_test(another_ones_rejection_comes_too_late),
        cmocka_unit_test(new_tokens_that_edge_rejects_are_fetched_ever_slower),
        cmocka_unit_test(another_credential_begins_anew),
    };
    return cmocka_run_group_tests_name("token", tests, nullptr, nullptr);
}
