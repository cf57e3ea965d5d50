#include "delivery/batch.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "delivery/delivery_policy.hpp"
#include "edge/answer_form.hpp"
#include "edge/answer_owner.hpp"
#include "expect.hpp"

namespace {

using namespace aep::delivery;
using namespace aep::test;
using namespace std::chrono_literals;
using aep::edge::Failure;
using aep::edge::Response;
using aep::queue::Claim;
using aep::queue::EntryId;
using aep::queue::Time;
using Result = Ruling::Result;

constexpr Time kNow = 1'700'000'000'000;
constexpr std::uint32_t kLeast = 0;  // the shortest jitter
constexpr const char* kDatastream = "ebebf826-a01f-4458-8cec-ef61de241c93";

std::vector<Claim> claims(std::size_t count) {
    std::vector<Claim> claims(count);
    for (std::size_t i = 0; i < count; ++i) {
        claims[i].id = {EntryId::Kind::order, 0, i};
        claims[i].entry.body = R"({"xdm":{"_id":")" + std::to_string(i) + R"("}})";
    }
    return claims;
}

std::string numbers(std::span<const Claim> events) {
    std::string text;
    for (const Claim& event : events) {
        text += (text.empty() ? "" : " ") + std::to_string(event.id.number);
    }
    return text;
}

/// What was sent, one request after the other, where Edge refuses each that holds a culprit; and who was refused alone.
struct Story {
    std::string sent;
    std::string dead;
    std::string taken;
};

template <typename IsCulprit, typename Name>
Story story_of(std::size_t count, IsCulprit is_culprit, Name name) {
    Story story;
    Batch batch(claims(count));
    const auto note = [](std::string& where, std::span<const Claim> events) {
        where += (where.empty() ? "" : " ") + numbers(events);
    };
    while (!batch.next().empty()) {
        const auto events = batch.next();
        story.sent += (story.sent.empty() ? "" : " | ") + numbers(events);
        const auto culprit =
            std::ranges::find_if(events, [&](const Claim& event) { return is_culprit(event.id.number); });
        if (culprit != events.end() && events.size() > 1) {
            batch.split(name(static_cast<std::size_t>(culprit - events.begin())));
            continue;
        }
        note(culprit == events.end() ? story.taken : story.dead, events);
        batch.pass();
    }
    assert_true(batch.rest().empty());
    return story;
}

template <typename IsCulprit>
Story story_of(std::size_t count, IsCulprit is_culprit) {
    return story_of(count, is_culprit,
                    [](std::size_t) -> std::optional<std::size_t> { return std::nullopt; });
}

void a_batch_that_is_taken_goes_in_one_request(void**) {
    expect_text(story_of(3, [](std::uint64_t) { return false; }).sent, "0 1 2");
    assert_true(Batch(claims(0)).next().empty());
    assert_true(Batch().next().empty());
}

void one_culprit_takes_nobody_down_and_nobody_overtakes(void**) {
    for (std::uint64_t bad = 0; bad < 7; ++bad) {
        const Story story = story_of(7, [bad](std::uint64_t number) { return number == bad; });
        std::string others;
        for (std::uint64_t i = 0; i < 7; ++i) {
            if (i != bad) {
                others += (others.empty() ? "" : " ") + std::to_string(i);
            }
        }
        expect_text(story.dead, std::to_string(bad));
        expect_text(story.taken, others);
    }
}

void a_refused_batch_goes_again_in_halves(void**) {
    const Story story = story_of(4, [](std::uint64_t number) { return number == 2; });
    expect_text(story.sent, "0 1 2 3 | 0 1 | 2 3 | 2 | 3");
}

void several_culprits_are_found_each(void**) {
    const Story story = story_of(5, [](std::uint64_t number) { return number % 2 == 0; });
    expect_text(story.dead, "0 2 4");
    expect_text(story.taken, "1 3");
}

void a_culprit_that_edge_names_goes_by_itself(void**) {
    const Story story = story_of(
        6, [](std::uint64_t number) { return number == 2; },
        [](std::size_t place) { return std::optional(place); });
    expect_text(story.sent, "0 1 2 3 4 5 | 0 1 | 2 | 3 4 5");
}

void a_wrong_name_costs_requests_but_no_event(void**) {
    const auto last = [](std::uint64_t number) { return number == 5; };
    const Story story = story_of(6, last, [](std::size_t) { return std::optional<std::size_t>(0); });
    expect_text(story.sent, "0 1 2 3 4 5 | 0 | 1 2 3 4 5 | 1 2 | 3 4 5 | 3 | 4 5 | 4 | 5");
    expect_text(story.dead, "5");
    expect_text(story.taken, "0 1 2 3 4");
    expect_text(story_of(1, last).taken, "0");
}

void what_is_left_is_told(void**) {
    Batch batch(claims(4));
    batch.split(std::nullopt);
    batch.pass();
    expect_text(numbers(batch.rest()), "2 3");
    expect_text(numbers(batch.next()), "2 3");
}

void events_are_joined_as_edge_takes_them(void**) {
    expect_text(body_of(claims(2)), R"({"events":[{"xdm":{"_id":"0"}},{"xdm":{"_id":"1"}}]})");
    expect_text(body_of(claims(1)), R"({"events":[{"xdm":{"_id":"0"}}]})");
}

void the_same_events_have_the_same_request_id(void**) {
    const std::string one = target_of(kDatastream, body_of(claims(2)));
    expect_text(one.substr(0, one.find('&')), std::string("/ee/v2/collect?datastreamId=") + kDatastream);
    expect_text(target_of(kDatastream, body_of(claims(2))), one);
    assert_true(target_of(kDatastream, body_of(claims(3))) != one);
    assert_int_equal(aep::edge::request_id_of(one).size(), 36);
}

/// What stands between may answer in its place.
void only_edges_answer_to_this_request_is_its_answer(void**) {
    const std::string target = target_of(kDatastream, body_of(claims(1)));
    const std::string id = aep::edge::request_id_of(target);
    const std::string own = R"({"requestId":")" + id + R"(-suffix"})";
    assert_true(aep::edge::may_be_edges(target, 202, own));
    assert_true(aep::edge::may_be_edges(target, 202, ""));
    assert_true(aep::edge::may_be_edges(target, 204, ""));
    assert_false(aep::edge::may_be_edges(target, 202, "<html>Sign in</html>"));
    assert_false(aep::edge::may_be_edges(target, 200, "<html>Sign in</html>"));
    expect_text(aep::edge::id_of_another(id, {}, own), "");
    expect_text(aep::edge::id_of_another(id, {}, R"({"requestId":"another-request"})"), "another-request");
}

void an_event_that_edge_names_is_found(void**) {
    const auto named = [](std::string_view answer, std::size_t count = 5) {
        return named_event(answer, count).value_or(99);
    };
    assert_int_equal(named(R"({"detail":"Unexpected identities in event #3"})"), 3);
    assert_int_equal(named("event #0 has no primary identity"), 0);
    assert_int_equal(named("event #5"), 99);
    assert_int_equal(named("event #"), 99);
    assert_int_equal(named("event #99999999999999999999999"), 99);
    assert_int_equal(named("no event"), 99);
}

Response answer(int status, std::string body = {}) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Ruling rule(const Response& response, std::uint32_t attempts = 0,
            std::chrono::milliseconds retry_after = 0ms) {
    return rule_on({.attempts = attempts, .retry_after = retry_after}, response, kNow, kLeast);
}

void assert_result(const Ruling& ruling, Result expected, Where where = Where::here()) {
    _assert_int_equal(static_cast<LargestIntegralType>(ruling.result),
                      static_cast<LargestIntegralType>(expected), where.file, where.line);
}

void every_success_is_taken(void**) {
    for (const int status : {200, 202, 204, 207}) {
        assert_result(rule(answer(status)), Result::taken);
    }
}

void an_outage_keeps_all_however_long_it_lasts(void**) {
    for (const int status : {408, 429, 502, 503, 504}) {
        const Ruling ruling = rule(answer(status), 1000);
        assert_result(ruling, Result::later);
        assert_int_equal(ruling.attempts, 1001);
        assert_true(ruling.due > kNow && ruling.due <= kNow + kLongestBackoff.count());
    }
    for (const Failure failure : {Failure::resolve, Failure::connect, Failure::transfer, Failure::timeout}) {
        Response response;
        response.failure = failure;
        assert_result(rule(response, 1000), Result::later);
    }
}

void pauses_grow(void**) {
    assert_true(rule(answer(503), 3).due > rule(answer(503), 0).due);
    assert_int_equal(rule(answer(429), 0, 90s).due, kNow + 90'000);
}

void a_server_error_is_a_refusal_when_it_stays(void**) {
    for (std::uint32_t attempts = 0; attempts < kMostServerErrors; ++attempts) {
        const Ruling ruling = rule(answer(500), attempts);
        assert_result(ruling, Result::later);
        assert_true(ruling.due >= kNow + kPauseAfterServerError.count());
    }
    assert_result(rule(answer(500), kMostServerErrors), Result::refused);
}

void what_edge_refuses_for_what_it_holds_is_refused(void**) {
    for (const int status : {400, 409, 413, 415, 422, 431}) {
        assert_result(rule(answer(status)), Result::refused);
    }
    assert_result(rule(answer(400, R"({"type":"https://ns.adobe.com/aep/errors/EXEG-0102-400"})")),
                  Result::refused);
}

void what_an_operator_can_repair_makes_no_dead_letter(void**) {
    for (const int status : {401, 403, 404, 405}) {
        assert_result(rule(answer(status), 1000), Result::repair);
    }
    for (const char* code : {"EXEG-0003-400", "EXEG-0004-422", "EXEG-0010-422", "EXEG-0012-422"}) {
        const std::string text(code);
        const int status = std::stoi(text.substr(text.size() - 3));
        const Ruling ruling =
            rule(answer(status, R"({"type":"https://ns.adobe.com/aep/errors/)" + text + "\"}"), 7);
        assert_result(ruling, Result::repair);
        assert_int_equal(ruling.attempts, 8);
        assert_true(ruling.due > kNow);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_that_is_taken_goes_in_one_request),
        cmocka_unit_test(one_culprit_takes_nobody_down_and_nobody_overtakes),
        cmocka_unit_test(a_refused_batch_goes_again_in_halves),
        cmocka_unit_test(several_culprits_are_found_each),
        cmocka_unit_test(a_culprit_that_edge_names_goes_by_itself),
        cmocka_unit_test(a_wrong_name_costs_requests_but_no_event),
        cmocka_unit_test(what_is_left_is_told),
        cmocka_unit_test(events_are_joined_as_edge_takes_them),
        cmocka_unit_test(the_same_events_have_the_same_request_id),
        cmocka_unit_test(only_edges_answer_to_this_request_is_its_answer),
        cmocka_unit_test(an_event_that_edge_names_is_found),
        cmocka_unit_test(every_success_is_taken),
        cmocka_unit_test(an_outage_keeps_all_however_long_it_lasts),
        cmocka_unit_test(pauses_grow),
        cmocka_unit_test(a_server_error_is_a_refusal_when_it_stays),
        cmocka_unit_test(what_edge_refuses_for_what_it_holds_is_refused),
        cmocka_unit_test(what_an_operator_can_repair_makes_no_dead_letter),
    };
    return cmocka_run_group_tests_name("batch", tests, nullptr, nullptr);
}
