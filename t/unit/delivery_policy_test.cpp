#include "delivery/delivery_policy.hpp"

#include <string>

#include "expect.hpp"

namespace {

using namespace aep::delivery;
using namespace aep::test;
using namespace std::chrono_literals;
using aep::edge::Failure;
using aep::edge::Response;
using aep::queue::Settlement;
using aep::queue::Time;
using Result = Settlement::Result;

constexpr aep::queue::EntryId kId{aep::queue::EntryId::Kind::event, 1, 7};
constexpr Time kNow = 1'700'000'000'000;
constexpr std::uint32_t kLeast = 0;    // the shortest jitter
constexpr std::uint32_t kMost = 1024;  // the longest

Response answer(int status, std::string body = {}) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Response failure(Failure failure) {
    Response response;
    response.failure = failure;
    response.failure_text = "in libcurl's words";
    return response;
}

Settlement settle(const Response& response, std::uint32_t attempts = 0,
                  std::chrono::milliseconds retry_after = 0ms, std::uint32_t random = kLeast) {
    Delivery delivery;
    delivery.id = kId;
    delivery.attempts = attempts;
    delivery.others_succeed = true;
    delivery.retry_after = retry_after;
    Settlement settlement = settlement_of(delivery, response, kNow, random);
    assert_true(settlement.id == kId);
    return settlement;
}

void assert_result(const Settlement& settlement, Result expected) {
    assert_int_equal(static_cast<int>(settlement.result), static_cast<int>(expected));
}

Time wait_of(const Settlement& settlement) {
    assert_result(settlement, Result::retry);
    return settlement.due - kNow;
}

void every_2xx_is_delivered(void**) {
    for (const int status : {200, 202, 204, 207}) {
        assert_result(settle(answer(status), 3), Result::delivered);
    }
}

void an_edge_that_is_away_or_busy_is_tried_as_often_as_it_takes(void**) {
    for (const std::uint32_t attempts : {0U, 1U, 50U, 4'000'000'000U}) {
        for (const int status : {429, 502, 503, 504, 407, 301}) {
            const Settlement settlement = settle(answer(status), attempts);
            assert_result(settlement, Result::retry);
            assert_int_equal(settlement.attempts, attempts + 1);
        }
        for (const Failure kind : {Failure::resolve, Failure::connect, Failure::transfer, Failure::timeout,
                                   Failure::too_large, Failure::refused}) {
            assert_result(settle(failure(kind), attempts), Result::retry);
        }
    }
}

void the_backoff_doubles_from_a_second_to_five_minutes(void**) {
    Time nominal = 1000;
    for (std::uint32_t attempts = 0; attempts < 20; ++attempts) {
        const Time shortest = wait_of(settle(answer(503), attempts, 0ms, kLeast));
        const Time longest = wait_of(settle(answer(503), attempts, 0ms, kMost));
        assert_int_equal(shortest, nominal - nominal / 4);
        assert_int_equal(longest, shortest + nominal / 2);
        assert_true(longest <= 300'000);
        nominal = std::min<Time>(nominal * 2, 240'000);
    }
}

void jitter_takes_any_number(void**) {
    for (const std::uint32_t random : {1U, 77'777U, 4'294'967'295U}) {
        assert_in_range(wait_of(settle(answer(503), 0, 0ms, random)), 750, 1250);
    }
}

void retry_after_is_honoured_up_to_an_hour(void**) {
    assert_int_equal(wait_of(settle(answer(429), 0, 90s)), 90'000);
    assert_int_equal(wait_of(settle(answer(503), 0, 24h)), 3'600'000);
    assert_int_equal(wait_of(settle(answer(503), 5, 1s)), 24'000);  // the backoff is longer
}

void a_500_is_tried_once_more_after_a_minute(void**) {
    assert_int_equal(wait_of(settle(answer(500))), 60'000);
    const Settlement dead = settle(answer(500, "{\"type\":\"EXEG-0001-500\"}"), 1);
    assert_result(dead, Result::dead);
    assert_int_equal(dead.status, 500);
    assert_int_equal(dead.attempts, 2);
}

void a_408_is_tried_once_more(void**) {
    assert_in_range(wait_of(settle(answer(408))), 700, 1300);
    assert_result(settle(answer(408), 1), Result::dead);
}

void a_401_is_tried_once_more_with_a_new_token_only(void**) {
    assert_result(settle(answer(401)), Result::dead);
    Delivery delivery;
    delivery.is_authenticated = true;
    assert_result(settlement_of(delivery, answer(401), kNow, 0), Result::retry);
    delivery.attempts = 1;
    assert_result(settlement_of(delivery, answer(401), kNow, 0), Result::dead);
}

void what_edge_does_not_want_becomes_a_dead_letter_with_its_words(void**) {
    for (const int status : {403, 404, 409, 422}) {
        const Settlement dead = settle(answer(status, "{\"title\":\"Invalid datastream ID\"}"));
        assert_result(dead, Result::dead);
        assert_int_equal(dead.status, status);
        assert_int_equal(dead.attempts, 1);
        expect_text(dead.reason, "{\"title\":\"Invalid datastream ID\"}");
    }
    expect_text(settle(answer(404)).reason, "Edge answered 404 and said nothing more");
    Response endless = answer(404);
    endless.failure = Failure::too_large;
    expect_text(settle(endless).reason, "Edge answered 404 and more than can be taken");
}

void a_long_answer_is_cut_between_characters(void**) {
    const std::string filler(kLongestReason - 1, 'x');
    expect_text(settle(answer(400, filler + "yz")).reason, filler + "y");
    expect_text(settle(answer(400, filler + "\xc5\x99z")).reason, filler);
    expect_text(settle(answer(400, filler + "y")).reason, filler + "y");
    const std::string broken(2 * kLongestReason, '\x80');
    assert_true(settle(answer(400, broken)).reason.empty());
}

Settlement settle_old(std::uint32_t attempts, bool others_succeed, std::chrono::milliseconds age) {
    Delivery delivery;
    delivery.id = kId;
    delivery.received = kNow - age.count();
    delivery.attempts = attempts;
    delivery.others_succeed = others_succeed;
    return settlement_of(delivery, failure(Failure::transfer), kNow, kLeast);
}

void what_fails_ten_times_in_an_hour_while_others_succeed_is_a_dead_letter(void**) {
    assert_result(settle_old(8, true, 2h), Result::retry);
    const Settlement settlement = settle_old(9, true, 2h);
    assert_result(settlement, Result::dead);
    assert_int_equal(settlement.attempts, 10);
    expect_text(settlement.reason, "it failed 10 times while others were taken: in libcurl's words");
    assert_result(settle_old(50, true, 59min), Result::retry);
}

/// However long Edge is away.
void what_fails_as_all_do_is_tried_for_as_long_as_it_takes(void**) {
    const Settlement first = settle_old(0, false, 0ms);
    assert_result(first, Result::retry);
    assert_int_equal(first.attempts, 1);
    const Settlement second = settle_old(1, false, 48h);
    assert_result(second, Result::retry);
    assert_int_equal(second.attempts, 1);
    assert_result(settle_old(20, false, 48h), Result::retry);
}

/// Anybody can make any number of them, and nobody can repair them.
void what_a_visitor_has_sent_is_sampled(void**) {
    for (const int status : {400, 413, 414, 415, 431}) {
        const Settlement settlement = settle(answer(status, "{\"title\":\"no\"}"));
        assert_result(settlement, Result::sampled);
        assert_int_equal(settlement.status, status);
        expect_text(settlement.reason, "{\"title\":\"no\"}");
    }
    assert_result(settle(answer(403, "{\"type\":\"https://ns.adobe.com/aep/errors/EXEG-0400-403\"}")),
                  Result::sampled);
}

void what_an_operator_can_repair_is_a_dead_letter(void**) {
    for (const char* code : {"EXEG-0003-400", "EXEG-0113-400"}) {
        const Response refusal =
            answer(400, std::string("{\"type\":\"https://ns.adobe.com/aep/errors/") + code + "\"}");
        assert_result(settle(refusal), Result::dead);
        Delivery made_up;
        made_up.is_configured = false;
        assert_result(settlement_of(made_up, refusal, kNow, 0), Result::sampled);
        assert_result(settlement_of(made_up, answer(422), kNow, 0), Result::dead);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(every_2xx_is_delivered),
        cmocka_unit_test(an_edge_that_is_away_or_busy_is_tried_as_often_as_it_takes),
        cmocka_unit_test(the_backoff_doubles_from_a_second_to_five_minutes),
        cmocka_unit_test(jitter_takes_any_number),
        cmocka_unit_test(retry_after_is_honoured_up_to_an_hour),
        cmocka_unit_test(a_500_is_tried_once_more_after_a_minute),
        cmocka_unit_test(a_408_is_tried_once_more),
        cmocka_unit_test(a_401_is_tried_once_more_with_a_new_token_only),
        cmocka_unit_test(what_edge_does_not_want_becomes_a_dead_letter_with_its_words),
        cmocka_unit_test(a_long_answer_is_cut_between_characters),
        cmocka_unit_test(what_fails_ten_times_in_an_hour_while_others_succeed_is_a_dead_letter),
        cmocka_unit_test(what_fails_as_all_do_is_tried_for_as_long_as_it_takes),
        cmocka_unit_test(what_a_visitor_has_sent_is_sampled),
        cmocka_unit_test(what_an_operator_can_repair_is_a_dead_letter),
    };
    return cmocka_run_group_tests_name("delivery policy", tests, nullptr, nullptr);
}
