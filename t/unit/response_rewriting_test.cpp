#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/exchange.hpp"

// cmocka's macros break headers that come after it.
#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kResult =
    R"({"payload":[{"id":"31415926535897932384626433832795028841","namespace":{"code":"ECID"}}],)"
    R"("type":"identity:result"})";

ResponseFacts with_domain(std::string_view domain = "shop.example") {
    ResponseFacts facts;
    facts.organization_id = "O@AdobeOrg";
    facts.cookie_domain = domain;
    return facts;
}

ResponseFacts for_set_consent(const ConsentChange& change, std::string_view domain = "shop.example") {
    ResponseFacts facts = with_domain(domain);
    facts.action = Action::set_consent;
    facts.consent = &change;
    return facts;
}

/// A body with these handles.
std::string body_with(std::string_view handles) {
    std::string body = R"({"requestId":"r-1","handle":[)";
    return body.append(handles).append("]}");
}

/// A handle that stores these elements.
std::string store(std::string_view elements) {
    std::string handle = R"({"type":"state:store","payload":[)";
    return handle.append(elements).append("]}");
}

/// Checks what is left of the handles, and the cookies, one a line.
void expect_split(std::string_view handles, std::string_view left, std::string_view cookies,
                  const ResponseFacts& facts = with_domain(),
                  aep::test::Where where = aep::test::Where::here()) {
    const RewrittenResponse response = rewrite_response(body_with(handles), facts);
    assert_true(response.usable);
    expect_text(response.body, body_with(left), where);
    std::string found;
    for (const std::string& cookie : response.set_cookies) {
        found.append(cookie).append("\n");
    }
    expect_text(found, cookies, where);
}

void expect_untouched(std::string_view handles, const ResponseFacts& facts = with_domain(),
                      aep::test::Where where = aep::test::Where::here()) {
    expect_split(handles, handles, "", facts, where);
}

void state_becomes_cookies(void**) {
    const std::string state = store(
        R"({"key":"kndctr_O_AdobeOrg_identity","value":"CiYz==","maxAge":34128000,"attrs":{"SameSite":"None"}},)"
        R"({"key":"kndctr_O_AdobeOrg_cluster","value":"or2","maxAge":1800})");
    expect_split(
        std::string(kResult) + "," + state, kResult,
        "kndctr_O_AdobeOrg_identity=CiYz==; Path=/; Domain=shop.example; Max-Age=34128000; Secure; "
        "SameSite=None\n"
        "kndctr_O_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Max-Age=1800; Secure; SameSite=Lax\n");
    expect_split(
        state + "," + std::string(kResult), kResult,
        "kndctr_O_AdobeOrg_identity=CiYz==; Path=/; Domain=shop.example; Max-Age=34128000; Secure; "
        "SameSite=None\n"
        "kndctr_O_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Max-Age=1800; Secure; SameSite=Lax\n");
}

void an_answer_of_state_alone_keeps_an_empty_list(void**) {
    expect_split(store(R"({"key":"kndctr_O_AdobeOrg_optout","value":"1"})") + " , " +
                     store(R"({"key":"kndctr_O_AdobeOrg_advertising","value":"2"})"),
                 "",
                 "kndctr_O_AdobeOrg_optout=1; Path=/; Domain=shop.example; Secure; SameSite=Lax\n"
                 "kndctr_O_AdobeOrg_advertising=2; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
}

void state_of_others_stays_in_the_body(void**) {
    expect_split(
        store(
            R"({"key":"a","value":"1"},{"key":"kndctr_O_AdobeOrg_advertising","value":"2"},{"key":"c","value":"3"})"),
        store(R"({"key":"a","value":"1"},{"key":"c","value":"3"})"),
        "kndctr_O_AdobeOrg_advertising=2; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
    expect_untouched(
        store(R"({"key":"kndctr_OTHER_AdobeOrg_optout","value":"1"},{"key":"kndctr_O_AdobeOrg","value":"1"},)"
              R"({"key":"PHPSESSID","value":"1"},{"key":"AMCV_O%40AdobeOrg","value":"1"})"));
}

void keys_that_alloy_does_not_know_stay_in_the_body(void**) {
    expect_untouched(
        store(R"({"key":"kndctr_O_AdobeOrg_x","value":"1"},{"key":"kndctr_O_AdobeOrg_","value":"1"},)"
              R"({"key":"kndctr_O_AdobeOrg_clusters","value":"1"})"));
}

void all_keys_that_alloy_knows_become_cookies(void**) {
    std::string elements;
    for (const std::string_view key :
         {"identity", "consent", "consent_check", "cluster", "personalization", "personalization_sessionId",
          "optout", "advertising", "bc_session_id"}) {
        elements.append(elements.empty() ? "" : ",");
        elements.append(R"({"key":"kndctr_O_AdobeOrg_)").append(key).append(R"(","value":"1"})");
    }
    const RewrittenResponse response = rewrite_response(body_with(store(elements)), with_domain());
    expect_text(response.body, body_with(""));
    assert_int_equal(response.set_cookies.size(), 9);
}

void there_is_one_cookie_for_each_key_the_last(void**) {
    std::string elements = R"({"key":"mbox","value":"m"})";
    for (int i = 0; i < 9000; ++i) {
        elements.append(R"(,{"key":"kndctr_O_AdobeOrg_cluster","value":")")
            .append(std::to_string(i))
            .append("\"}");
    }
    expect_split(store(elements), "",
                 "mbox=m; Path=/; Domain=shop.example; Secure; SameSite=Lax\n"
                 "kndctr_O_AdobeOrg_cluster=8999; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
}

void the_few_legacy_cookies_are_set_too(void**) {
    expect_split(
        store(
            R"({"key":"mbox","value":"m"},{"key":"mboxEdgeCluster","value":"35"},{"key":"at_qa_mode","value":"q"},)"
            R"({"key":"mboxOther","value":"1"})"),
        store(R"({"key":"mboxOther","value":"1"})"),
        "mbox=m; Path=/; Domain=shop.example; Secure; SameSite=Lax\n"
        "mboxEdgeCluster=35; Path=/; Domain=shop.example; Secure; SameSite=Lax\n"
        "at_qa_mode=q; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
}

void without_a_cookie_domain_state_stays_in_the_body(void**) {
    expect_untouched(store(R"({"key":"kndctr_O_AdobeOrg_optout","value":"1"})"), with_domain(""));
}

/// Max-Age for what Edge says, "-" for none.
std::string max_age_of(std::string_view max_age) {
    const std::string element = R"({"key":"mbox","value":"1","maxAge":)" + std::string(max_age) + "}";
    const RewrittenResponse response = rewrite_response(body_with(store(element)), with_domain());
    assert_int_equal(response.set_cookies.size(), 1);
    const std::string& cookie = response.set_cookies.front();
    const std::size_t at = cookie.find("; Max-Age=");
    return at == cookie.npos ? "-" : cookie.substr(at + 10, cookie.find("; Secure") - at - 10);
}

void lifetimes_are_whole_seconds_within_limits(void**) {
    constexpr std::pair<std::string_view, std::string_view> kAges[] = {
        {"0", "0"},
        {"1800", "1800"},
        {"1800.9", "1800"},
        {"1.8e3", "1800"},
        {"-1", "0"},
        {"-1e400", "0"},
        {"1e-400", "0"},
        {"1E-400", "0"},
        {"0.5", "0"},
        {"68256000", "68256000"},
        {"99999999999999999999", "68256000"},
        {"1e400", "68256000"},
        {"\"1800\"", "-"},
        {"null", "-"},
        {"{}", "-"},
    };
    for (const auto& [max_age, expected] : kAges) {
        expect_text(max_age_of(max_age), expected);
    }
}

void same_site_is_what_edge_says_if_it_is_known(void**) {
    constexpr std::pair<std::string_view, std::string_view> kAttributes[] = {
        {R"({"SameSite":"None"})", "None"},
        {R"({"SameSite":"Strict"})", "Strict"},
        {R"({"SameSite":"Lax"})", "Lax"},
        {R"({"SameSite":"none"})", "Lax"},
        {R"({"SameSite":"None; Domain=x"})", "Lax"},
        {R"({"SameSite":7})", "Lax"},
        {R"({"samesite":"None"})", "Lax"},
        {"{}", "Lax"},
        {R"("None")", "Lax"},
        {"null", "Lax"},
    };
    for (const auto& [attributes, same_site] : kAttributes) {
        expect_split(
            store(R"({"key":"mbox","value":"1","attrs":)" + std::string(attributes) + "}"), "",
            "mbox=1; Path=/; Domain=shop.example; Secure; SameSite=" + std::string(same_site) + "\n");
    }
}

void values_are_decoded_and_written_for_a_cookie(void**) {
    expect_split(store(R"({"key":"\u006dbox","value":"a;b, \"c\" \u00e9%\/"})"), "",
                 "mbox=a%3Bb%2C%20%22c%22%20%C3%A9%25/; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
}

void what_cannot_be_a_cookie_stays_in_the_body(void**) {
    for (const std::string_view element :
         {R"({"key":"kndctr_O_AdobeOrg_a b","value":"1"})", R"({"key":"kndctr_O_AdobeOrg_a;b","value":"1"})",
          R"({"key":"kndctr_O_AdobeOrg_optout=b","value":"1"})",
          R"({"key":"kndctr_O_AdobeOrg_\r\nx","value":"1"})", R"({"key":"kndctr_O_AdobeOrg_é","value":"1"})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":"\r\nSet-Cookie: x"})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":"\u0000"})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":"\u007f"})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":"\ud83d"})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":7})",
          R"({"key":"kndctr_O_AdobeOrg_optout","value":null})", R"({"key":"kndctr_O_AdobeOrg_optout"})",
          R"({"value":"1"})", R"({"key":7,"value":"1"})", "{}", "7", "null", "[]",
          R"("kndctr_O_AdobeOrg_optout")"}) {
        expect_untouched(store(element));
    }
}

void a_cookie_has_at_most_4096_bytes(void**) {
    const std::string longest = std::string(4096 - 5, 'v');
    const std::string element = R"({"key":"mbox","value":")" + longest + "\"}";
    expect_split(store(element), "",
                 "mbox=" + longest + "; Path=/; Domain=shop.example; Secure; SameSite=Lax\n");
    expect_untouched(store(R"({"key":"mbox","value":"v)" + longest + "\"}"));
    expect_untouched(store(R"({"key":"mbox","value":")" + std::string(2000, ' ') + "\"}"));
}

void other_handles_stay_byte_for_byte(void**) {
    expect_untouched(
        R"({ "type" : "personalization:decisions", "payload" : [ {"key":"mbox","value":"1","n":19.990} ],)"
        R"( "eventIndex" : 0 } , {"type":"x"} , {"payload":[{"key":"mbox","value":"1"}]} , 7, null, [], {},)"
        R"({"type":7,"payload":[{"key":"mbox","value":"1"}]},{"type":"state:store","payload":{}},)"
        R"({"type":"state:store"},{"type":"state:store","payload":[]},"state:store")");
}

void the_rest_of_the_answer_stays_byte_for_byte(void**) {
    const RewrittenResponse response = rewrite_response(
        " {\"warnings\" : [1.50] , \"handle\" : [ "
        "{\"payload\":[{\"key\":\"mbox\",\"value\":\"1\"}],\"type\":\"state:store\"} "
        "] , \"errors\":[{\"title\":\"\\u00e9\"}]}\n",
        with_domain());
    assert_true(response.usable);
    expect_text(response.body,
                " {\"warnings\" : [1.50] , \"handle\" : [  ] , \"errors\":[{\"title\":\"\\u00e9\"}]}\n");
    assert_int_equal(response.set_cookies.size(), 1);
}

void of_members_that_come_twice_the_last_counts(void**) {
    const RewrittenResponse response = rewrite_response(
        R"({"handle":[{"type":"state:store","payload":[{"key":"mbox","value":"1"}]}],)"
        R"("handle":[{"type":"x","type":"state:store","payload":7,"payload":[{"key":"a","key":"mbox","value":1,"value":"2"}]},)"
        R"({"type":"state:store","type":"x","payload":[{"key":"mbox","value":"3"}]}]})",
        with_domain());
    assert_int_equal(response.set_cookies.size(), 1);
    expect_text(response.set_cookies.front(), "mbox=2; Path=/; Domain=shop.example; Secure; SameSite=Lax");
    expect_text(response.body,
                R"({"handle":[{"type":"state:store","payload":[{"key":"mbox","value":"1"}]}],)"
                R"("handle":[{"type":"state:store","type":"x","payload":[{"key":"mbox","value":"3"}]}]})");
}

void what_alloy_would_not_take_is_not_usable(void**) {
    for (const std::string_view body :
         {"", "{}", "[]", "null", "ok", R"("handle")", R"({"handle":{}})", R"({"handle":null})",
          R"([{"handle":[]}])", R"({"requestId":"r"})", R"({"handle":[])", R"({"handle":[]}x)",
          R"({"handle":[],})", R"({"handle":[1 2]})", R"({"handle":[],"a":01})",
          R"({"handle":[],"handle":7})", R"({"handle":[{"type":"state:store","payload":[)",
          "{\"handle\":[],\"a\":\"\xFF\"}", "<html>"}) {
        const ConsentChange change{Consent::in, false};
        const RewrittenResponse response = rewrite_response(std::string(body), for_set_consent(change));
        assert_false(response.usable);
        expect_text(response.body, body);
        assert_true(response.set_cookies.empty());
    }
    assert_true(rewrite_response(R"({"handle":7,"handle":[]})", with_domain()).usable);
}

void a_set_consent_without_consent_state_gets_a_cookie(void**) {
    const ConsentChange in{Consent::in, false};
    const ConsentChange out{Consent::out, false};
    const ConsentChange provisional{Consent::out, true};
    expect_split(
        kResult, kResult,
        "kndctr_O_AdobeOrg_consent=general=in; Path=/; Domain=shop.example; Max-Age=15552000; Secure; "
        "SameSite=None\n",
        for_set_consent(in));
    expect_split(
        "", "",
        "kndctr_O_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=15552000; Secure; "
        "SameSite=None\n",
        for_set_consent(out));
    expect_split(store(R"({"key":"kndctr_O_AdobeOrg_cluster","value":"or2"})"), "",
                 "kndctr_O_AdobeOrg_cluster=or2; Path=/; Domain=shop.example; Secure; SameSite=Lax\n"
                 "kndctr_O_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Max-Age=120; Secure; "
                 "SameSite=None\n",
                 for_set_consent(provisional));
}

void without_a_cookie_domain_the_consent_is_a_handle(void**) {
    const ConsentChange in{Consent::in, false};
    const std::string state = store(
        R"({"key":"kndctr_O_AdobeOrg_consent","value":"general=in","maxAge":15552000,"attrs":{"SameSite":"None"}})");
    expect_split("", state, "", for_set_consent(in, ""));
    expect_split(kResult, std::string(kResult) + "," + state, "", for_set_consent(in, ""));
}

void the_consent_of_edge_wins(void**) {
    const ConsentChange in{Consent::in, false};
    const std::string state = store(R"({"key":"kndctr_O_AdobeOrg_consent","value":"general=out"})");
    expect_split(state, "",
                 "kndctr_O_AdobeOrg_consent=general=out; Path=/; Domain=shop.example; Secure; SameSite=Lax\n",
                 for_set_consent(in));
    expect_untouched(state, for_set_consent(in, ""));
    expect_split(
        store(R"({"key":"kndctr_OTHER_AdobeOrg_consent","value":"general=out"})"),
        store(R"({"key":"kndctr_OTHER_AdobeOrg_consent","value":"general=out"})"),
        "kndctr_O_AdobeOrg_consent=general=in; Path=/; Domain=shop.example; Max-Age=15552000; Secure; "
        "SameSite=None\n",
        for_set_consent(in));
}

void only_a_set_consent_gets_a_consent_cookie(void**) {
    const ConsentChange in{Consent::in, false};
    ResponseFacts facts = for_set_consent(in);
    facts.action = Action::interact;
    expect_untouched(kResult, facts);
    facts.action = Action::set_consent;
    facts.consent = nullptr;
    expect_untouched(kResult, facts);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(state_becomes_cookies),
        cmocka_unit_test(an_answer_of_state_alone_keeps_an_empty_list),
        cmocka_unit_test(state_of_others_stays_in_the_body),
        cmocka_unit_test(keys_that_alloy_does_not_know_stay_in_the_body),
        cmocka_unit_test(all_keys_that_alloy_knows_become_cookies),
        cmocka_unit_test(there_is_one_cookie_for_each_key_the_last),
        cmocka_unit_test(the_few_legacy_cookies_are_set_too),
        cmocka_unit_test(without_a_cookie_domain_state_stays_in_the_body),
        cmocka_unit_test(lifetimes_are_whole_seconds_within_limits),
        cmocka_unit_test(same_site_is_what_edge_says_if_it_is_known),
        cmocka_unit_test(values_are_decoded_and_written_for_a_cookie),
        cmocka_unit_test(what_cannot_be_a_cookie_stays_in_the_body),
        cmocka_unit_test(a_cookie_has_at_most_4096_bytes),
        cmocka_unit_test(other_handles_stay_byte_for_byte),
        cmocka_unit_test(the_rest_of_the_answer_stays_byte_for_byte),
        cmocka_unit_test(of_members_that_come_twice_the_last_counts),
        cmocka_unit_test(what_alloy_would_not_take_is_not_usable),
        cmocka_unit_test(a_set_consent_without_consent_state_gets_a_cookie),
        cmocka_unit_test(without_a_cookie_domain_the_consent_is_a_handle),
        cmocka_unit_test(the_consent_of_edge_wins),
        cmocka_unit_test(only_a_set_consent_gets_a_consent_cookie),
    };
    return cmocka_run_group_tests_name("response_rewriting", tests, nullptr, nullptr);
}
