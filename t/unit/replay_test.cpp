#include "protocol/replay.hpp"

#include <string>
#include <string_view>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;
using aep::test::expect_text;

constexpr std::string_view kEcid = "31415926535897932384626433832795028841";
constexpr std::string_view kArguments =
    "?configId=11111111-2222-4333-8444-555555555555&requestId=89e29a4a-fff2-4cf3-b5ed-25c817f365a8";

ReplayFacts replay_facts(std::string_view path) {
    ReplayFacts facts;
    facts.target = parse_target(path).value();
    facts.query.datastream_id = "11111111-2222-4333-8444-555555555555";
    facts.query.request_id = "89e29a4a-fff2-4cf3-b5ed-25c817f365a8";
    return facts;
}

ReplayFacts first_visit(std::string_view path) {
    ReplayFacts facts = replay_facts(path);
    facts.new_ecid = kEcid;
    return facts;
}

/// What is kept of a body, which must be something.
Replay replay_of(std::string_view body, const ReplayFacts& facts,
                 aep::test::Where where = aep::test::Where::here()) {
    const auto replay = make_replay(std::string(body), facts);
    if (!replay) {
        _fail(where.file, where.line);
    }
    return replay.value_or(Replay{});
}

void expect_replay(std::string_view body, std::string_view expected, const ReplayFacts& facts,
                   aep::test::Where where = aep::test::Where::here()) {
    expect_text(replay_of(body, facts, where).body, expected, where);
}

std::string target(std::string_view path) {
    return std::string(path).append(kArguments);
}

void an_interact_is_delivered_as_a_collect_without_queries(void**) {
    const Replay replay = replay_of(
        R"({"query":{"identity":{"fetch":["ECID"]}},"events":[)"
        R"({"query":{"personalization":{"schemas":["a"]}},"xdm":{"_id":"a","timestamp":"2026-03-04T05:06:07.008Z"}},)"
        R"({"xdm":{"_id":"b"},"query":{"personalization":{}},"data":{"query":1}},)"
        R"({"xdm":{"_id":"c"},"query":null}],"meta":{"queueTimeMillis":2,"state":{"domain":"shop.example",)"
        R"("entries":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]}}})",
        replay_facts("v1/interact"));
    assert_true(replay.action == Action::collect);
    expect_text(replay.target, target("/ee/v1/collect"));
    expect_text(replay.body,
                R"({"events":[)"
                R"({"xdm":{"_id":"a","timestamp":"2026-03-04T05:06:07.008Z"}},)"
                R"({"xdm":{"_id":"b"},"data":{"query":1}},)"
                R"({"xdm":{"_id":"c"}}],"meta":{"queueTimeMillis":2,"state":{"domain":"shop.example",)"
                R"("entries":[{"key":"kndctr_0123456789ABCDEF01234567_AdobeOrg_cluster","value":"or2"}]}}})");
}

void numbers_escapes_and_white_space_keep_their_text(void**) {
    expect_replay(
        "\r\n{ \"events\" : [ { \"\\u0071uery\" : 1 , \"xdm\" : { \"n\" : [ 19.990, 1e400 ] , "
        "\"s\" : \"\\u00e9\\/\\ud83dé\" } } ] }\n",
        "\r\n{ \"events\" : [ { \"xdm\" : { \"n\" : [ 19.990, 1e400 ] , "
        "\"s\" : \"\\u00e9\\/\\ud83dé\" } } ] }\n",
        replay_facts("v1/interact"));
}

void a_location_hint_is_dropped(void**) {
    expect_text(replay_of(R"({"events":[{}]})", replay_facts("or2/v1/interact")).target,
                target("/ee/v1/collect"));
    expect_text(replay_of(R"({"events":[{}]})", replay_facts("or2/v1/collect")).target,
                target("/ee/v1/collect"));
    expect_text(replay_of("{}", replay_facts("or2/v1/privacy/set-consent")).target,
                target("/ee/v1/privacy/set-consent"));
    expect_text(replay_of("{}", replay_facts("or2/va/v1/ping")).target, target("/ee/va/v1/ping"));
}

void an_assurance_token_stays(void**) {
    ReplayFacts facts = replay_facts("v1/interact");
    facts.query.assurance_token = "a%7Cb";
    expect_text(replay_of(R"({"events":[{}]})", facts).target,
                target("/ee/v1/collect") + "&adobeAepValidationToken=a%7Cb");
}

void other_actions_are_kept_as_they_are(void**) {
    constexpr std::string_view kBody =
        R"({"query":{"identity":{"fetch":["ECID"]}},"events":[{"query":{"a":1},"xdm":{"_id":"a"}}]})";
    for (const std::string_view path : {"v1/collect", "v1/privacy/set-consent", "va/v1/play"}) {
        const Replay replay = replay_of(kBody, replay_facts(path));
        assert_true(replay.action == parse_target(path)->action);
        expect_text(replay.body, kBody);
    }
}

void nothing_is_kept_of_an_acquire(void**) {
    assert_false(make_replay("{}", first_visit("v1/identity/acquire")).has_value());
}

void a_body_that_is_no_request_stays_as_it_is(void**) {
    for (const std::string_view body : {"", "{\"events\":[", "[]", R"({"query":1,"events":{}})"}) {
        expect_replay(body, body, first_visit("v1/interact"));
    }
}

void the_first_request_of_a_visitor_names_the_ecid_that_the_page_got(void**) {
    expect_replay(
        R"({"query":1,"events":[{"query":2}]})",
        R"({"events":[{}],"xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
        first_visit("v1/interact"));
    expect_replay(
        R"({"xdm":{"identityMap":{"email":[]}},"events":[]})",
        R"({"xdm":{"identityMap":{"email":[],"ECID":[{"id":"31415926535897932384626433832795028841"}]}},)"
        R"("events":[]})",
        first_visit("v1/interact"));
    expect_replay(
        R"({"xdm":{},"consent":[]})",
        R"({"xdm":{},"consent":[],"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}})",
        first_visit("v1/privacy/set-consent"));
}

void who_is_known_keeps_that_identity(void**) {
    for (
        const std::string_view body : {
            R"({"meta":{"state":{"entries":[{"key":"kndctr_X_AdobeOrg_identity","value":"a"},{"key":"b"}]}}})",
            R"({"xdm":{"identityMap":{"ECID":[{"id":"1"}]}}})",
            R"({"xdm":{"identityMap":{"FPID":[{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}]}}})",
        }) {
        expect_replay(body, body, first_visit("v1/interact"));
    }
    constexpr std::string_view kConsent = R"({"identityMap":{"FPID":[{"id":"a"}]},"consent":[]})";
    expect_replay(kConsent, kConsent, first_visit("v1/privacy/set-consent"));
}

void a_body_never_outgrows_the_limit(void**) {
    std::string body = R"({"events":[{"xdm":{"_id":"a","b":")";
    body.append(kMaxBody - body.size() - 5, 'x').append("\"}}]}");
    assert_int_equal(body.size(), kMaxBody);
    expect_replay(body, body, first_visit("v1/interact"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_interact_is_delivered_as_a_collect_without_queries),
        cmocka_unit_test(numbers_escapes_and_white_space_keep_their_text),
        cmocka_unit_test(a_location_hint_is_dropped),
        cmocka_unit_test(an_assurance_token_stays),
        cmocka_unit_test(other_actions_are_kept_as_they_are),
        cmocka_unit_test(nothing_is_kept_of_an_acquire),
        cmocka_unit_test(a_body_that_is_no_request_stays_as_it_is),
        cmocka_unit_test(the_first_request_of_a_visitor_names_the_ecid_that_the_page_got),
        cmocka_unit_test(who_is_known_keeps_that_identity),
        cmocka_unit_test(a_body_never_outgrows_the_limit),
    };
    return cmocka_run_group_tests_name("replay", tests, nullptr, nullptr);
}
