#include "protocol/local_answer.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kEcid = "31415926535897932384626433832795028841";
constexpr std::string_view kOtherEcid = "27182818284590452353602874713526624977";

constexpr std::string_view kIdentityCookie =
    "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity="
    "CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ==; "
    "Path=/; Domain=shop.example; Max-Age=34128000; Secure; SameSite=None";

constexpr std::string_view kIdentityState =
    R"({"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity",)"
    R"("value":"CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ==","maxAge":34128000,)"
    R"("attrs":{"SameSite":"None"}})";

constexpr std::string_view kIdentityResult =
    R"({"type":"identity:result","payload":[{"id":"31415926535897932384626433832795028841",)"
    R"("namespace":{"code":"ECID"}}]})";

LocalAnswerFacts facts_for(Action action) {
    LocalAnswerFacts facts;
    facts.action = action;
    facts.request_id = "r-1";
    facts.organization_id = "0123456789ABCDEF01234567@AdobeOrg";
    facts.cookie_domain = "shop.example";
    facts.has_identity = true;
    return facts;
}

LocalAnswerFacts first_visit(Action action) {
    LocalAnswerFacts facts = facts_for(action);
    facts.has_identity = false;
    facts.new_ecid = kEcid;
    return facts;
}

std::string answer_with(std::string_view handles) {
    std::string body = R"({"requestId":"r-1","handle":[)";
    return body.append(handles).append("]}");
}

void expect_cookies(const LocalAnswer& answer, const std::vector<std::string>& expected,
                    aep::test::Where where = aep::test::Where::here()) {
    std::string found;
    std::string wanted;
    for (const std::string& cookie : answer.set_cookies) {
        found.append(cookie).append("\n");
    }
    for (const std::string& cookie : expected) {
        wanted.append(cookie).append("\n");
    }
    expect_text(found, wanted, where);
}

std::string consent_cookie(std::string_view value, std::string_view max_age) {
    std::string cookie = "kndctr_0123456789ABCDEF01234567_AdobeOrg_consent=general=";
    return cookie.append(value)
        .append("; Path=/; Domain=shop.example; Max-Age=")
        .append(max_age)
        .append("; Secure; SameSite=None");
}

void an_event_is_answered_with_an_empty_list_of_handles(void**) {
    const LocalAnswer answer = local_answer(facts_for(Action::interact));
    assert_int_equal(answer.status, 200);
    expect_text(answer.body, answer_with(""));
    expect_cookies(answer, {});
}

void beacons_and_media_events_are_answered_without_content(void**) {
    for (const Action action : {Action::collect, Action::media}) {
        const LocalAnswer answer = local_answer(first_visit(action));
        assert_int_equal(answer.status, 204);
        expect_text(answer.body, "");
        expect_cookies(answer, {});
    }
}

void a_first_visit_gets_an_identity(void**) {
    const LocalAnswer answer = local_answer(first_visit(Action::interact));
    expect_text(answer.body, answer_with(kIdentityResult));
    expect_cookies(answer, {std::string(kIdentityCookie)});
}

void without_a_cookie_domain_state_stays_in_the_body(void**) {
    LocalAnswerFacts facts = first_visit(Action::set_consent);
    facts.cookie_domain = "";
    facts.consent = {Consent::out, false};
    const LocalAnswer answer = local_answer(facts);
    expect_cookies(answer, {});
    expect_text(
        answer.body,
        answer_with(std::string(kIdentityResult) + R"(,{"type":"state:store","payload":[)" +
                    std::string(kIdentityState) +
                    R"(,{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_consent","value":"general=out",)"
                    R"("maxAge":15552000,"attrs":{"SameSite":"None"}}]})"));
}

void an_identity_that_is_there_is_never_replaced(void**) {
    for (const Action action : {Action::interact, Action::acquire}) {
        LocalAnswerFacts facts = first_visit(action);
        facts.has_identity = true;
        expect_cookies(local_answer(facts), {});
        facts.has_identity = false;
        facts.known_ecid = kOtherEcid;
        expect_cookies(local_answer(facts), {});
    }
}

void acquire_names_the_ecid_of_the_visitor(void**) {
    LocalAnswerFacts facts = facts_for(Action::acquire);
    facts.known_ecid = kEcid;
    facts.new_ecid = kOtherEcid;
    const LocalAnswer answer = local_answer(facts);
    assert_int_equal(answer.status, 200);
    expect_text(answer.body, answer_with(kIdentityResult));
    expect_cookies(answer, {});
}

void acquire_makes_an_ecid_on_a_first_visit(void**) {
    const LocalAnswer answer = local_answer(first_visit(Action::acquire));
    expect_text(answer.body, answer_with(kIdentityResult));
    expect_cookies(answer, {std::string(kIdentityCookie)});
}

void acquire_without_any_ecid_has_no_handles(void**) {
    expect_text(local_answer(facts_for(Action::acquire)).body, answer_with(""));
}

void a_decision_gets_its_cookie(void**) {
    LocalAnswerFacts facts = facts_for(Action::set_consent);
    facts.consent = {Consent::in, false};
    const LocalAnswer answer = local_answer(facts);
    assert_int_equal(answer.status, 200);
    expect_text(answer.body, answer_with(""));
    expect_cookies(answer, {consent_cookie("in", "15552000")});
    facts.consent = {Consent::out, false};
    expect_cookies(local_answer(facts), {consent_cookie("out", "15552000")});
}

void what_only_edge_can_decide_is_out_for_a_short_time(void**) {
    LocalAnswerFacts facts = facts_for(Action::set_consent);
    for (const ConsentChange change : {ConsentChange{Consent::out, true}, ConsentChange{Consent::in, true},
                                       ConsentChange{Consent::unknown, false}}) {
        facts.consent = change;
        expect_cookies(local_answer(facts), {consent_cookie("out", "120")});
    }
}

void a_decision_on_a_first_visit_brings_an_identity_too(void**) {
    LocalAnswerFacts facts = first_visit(Action::set_consent);
    facts.consent = {Consent::in, false};
    const LocalAnswer answer = local_answer(facts);
    expect_text(answer.body, answer_with(kIdentityResult));
    expect_cookies(answer, {std::string(kIdentityCookie), consent_cookie("in", "15552000")});
}

void a_request_id_cannot_break_the_json(void**) {
    LocalAnswerFacts facts = facts_for(Action::interact);
    facts.request_id = "a\"b\\\n\xFF";
    expect_text(local_answer(facts).body, R"({"requestId":"a\"b\\\u000a\ufffd","handle":[]})");
}

void ecids_are_random_numbers_of_38_digits(void**) {
    std::set<std::string> ecids;
    for (int i = 0; i < 200; ++i) {
        const std::string ecid = random_ecid();
        assert_int_equal(ecid.size(), 38);
        assert_true(std::all_of(ecid.begin(), ecid.end(), [](char c) { return c >= '0' && c <= '9'; }));
        assert_true(ecid.substr(0, 19) <= "9223372036854775807");
        assert_true(ecid.substr(19) <= "9223372036854775807");
        ecids.insert(ecid);
    }
    assert_int_equal(ecids.size(), 200);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_answered_with_an_empty_list_of_handles),
        cmocka_unit_test(beacons_and_media_events_are_answered_without_content),
        cmocka_unit_test(a_first_visit_gets_an_identity),
        cmocka_unit_test(without_a_cookie_domain_state_stays_in_the_body),
        cmocka_unit_test(an_identity_that_is_there_is_never_replaced),
        cmocka_unit_test(acquire_names_the_ecid_of_the_visitor),
        cmocka_unit_test(acquire_makes_an_ecid_on_a_first_visit),
        cmocka_unit_test(acquire_without_any_ecid_has_no_handles),
        cmocka_unit_test(a_decision_gets_its_cookie),
        cmocka_unit_test(what_only_edge_can_decide_is_out_for_a_short_time),
        cmocka_unit_test(a_decision_on_a_first_visit_brings_an_identity_too),
        cmocka_unit_test(a_request_id_cannot_break_the_json),
        cmocka_unit_test(ecids_are_random_numbers_of_38_digits),
    };
    return cmocka_run_group_tests_name("local_answer", tests, nullptr, nullptr);
}
