#include <string>
#include <string_view>
#include <vector>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;
using aep::test::expect_text;

constexpr std::string_view kEcid = "31415926535897932384626433832795028841";

// The identity cookie that holds nothing but this ECID.
constexpr std::string_view kMinted = "CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MQ==";

const std::vector<StateEntry>& cookies() {
    static const std::vector<StateEntry> entries{{"kndctr_O_AdobeOrg_cluster", "or2"},
                                                 {"kndctr_O_AdobeOrg_a", "x\"\\\n"}};
    return entries;
}

RequestFacts acquire_with(const std::vector<StateEntry>& entries, std::string_view site = {}) {
    RequestFacts facts = facts_for(Action::acquire);
    facts.entries = entries;
    facts.site = site;
    return facts;
}

constexpr std::string_view kEntries =
    R"({"key":"kndctr_O_AdobeOrg_cluster","value":"or2"},{"key":"kndctr_O_AdobeOrg_a","value":"x\"\\\u000a"})";

std::string entries_around(std::string_view before, std::string_view after) {
    return std::string(before).append(kEntries).append(after);
}

void cookies_become_state_entries(void**) {
    expect_body(R"({"meta":{"state":{"domain":"shop.example","cookiesEnabled":true}}})",
                entries_around(
                    R"({"meta":{"state":{"domain":"shop.example","cookiesEnabled":true,"entries":[)", "]}}}"),
                acquire_with(cookies()));
}

void whatever_is_missing_around_them_is_made(void**) {
    const RequestFacts facts = acquire_with(cookies(), "shop.example");
    const std::string state =
        entries_around(R"("state":{"domain":"shop.example","cookiesEnabled":true,"entries":[)", "]}");
    expect_body("{}", R"({"meta":{)" + state + "}}", facts);
    expect_body(R"({"a":1})", R"({"a":1,"meta":{)" + state + "}}", facts);
    expect_body(R"({"meta":{}})", R"({"meta":{)" + state + "}}", facts);
    expect_body(R"({"meta":{"sdkConfig":1}})", R"({"meta":{)" + state + "}}", facts);
    expect_body(R"({"meta":{"state":{}}})", R"({"meta":{)" + state + "}}", facts);
    expect_body(R"({"meta":{"state":{"entries":[]}}})",
                entries_around(R"({"meta":{"state":{"entries":[)",
                               R"(],"domain":"shop.example","cookiesEnabled":true}}})"),
                facts);
}

void entries_of_the_body_come_first(void**) {
    expect_body(R"({"meta":{"state":{"entries":[{"key":"b","value":"c"}]}}})",
                entries_around(R"({"meta":{"state":{"entries":[{"key":"b","value":"c"},)", "]}}}"),
                acquire_with(cookies()));
}

void an_entry_of_the_body_wins_over_the_cookie(void**) {
    expect_unchanged(
        R"({"meta":{"state":{"entries":[{"key":"z","value":"1"},{"key":"kndctr_O_AdobeOrg_cluster",)"
        R"("value":"va6"},{"value":"y","\u006bey":"kndctr_O_AdobeOrg_\u0061"}]}}})",
        acquire_with(cookies()));
}

void without_cookies_nothing_is_added(void**) {
    expect_unchanged("{}", acquire_with({}));
    expect_unchanged(R"({"meta":{}})", acquire_with({}));
    expect_unchanged(R"({"meta":{"state":{}}})", acquire_with({}));
    expect_unchanged(R"({"meta":{"state":{"entries":[]}}})", acquire_with({}));
}

void a_missing_domain_is_the_site(void**) {
    const RewrittenRequest request =
        rewrite(R"({"meta":{"state":{"cookiesEnabled":false}}})", acquire_with({}, "shop.example"));
    expect_text(request.body, R"({"meta":{"state":{"cookiesEnabled":false,"domain":"shop.example"}}})");
    expect_text(request.state_domain, "shop.example");
    assert_false(request.cookies_enabled);
}

void a_domain_that_is_there_stays(void**) {
    const RewrittenRequest request =
        rewrite(R"({"meta":{"state":{"domain":"a\u002eb"}}})", acquire_with({}, "shop.example"));
    expect_text(request.body, R"({"meta":{"state":{"domain":"a\u002eb","cookiesEnabled":true}}})");
    expect_text(request.state_domain, "a.b");
    assert_true(request.cookies_enabled);
}

void the_empty_domain_of_localhost_stays(void**) {
    const RewrittenRequest request = rewrite(R"({"meta":{"state":{"domain":"","cookiesEnabled":true}}})",
                                             acquire_with({}, "shop.example"));
    expect_text(request.body, R"({"meta":{"state":{"domain":"","cookiesEnabled":true}}})");
    expect_text(request.state_domain, "");
}

void cookies_are_not_enabled_without_a_domain(void**) {
    expect_body(R"({"meta":{"state":{}}})", entries_around(R"({"meta":{"state":{"entries":[)", "]}}}"),
                acquire_with(cookies()));
}

void an_identity_of_ours_is_no_entry(void**) {
    const std::string entry =
        R"({"key":"kndctr_O_AdobeOrg_identity","value":")" + std::string(kMinted) + "\"}";
    const std::string map = R"("xdm":{"identityMap":{"ECID":[{"id":")" + std::string(kEcid) + "\"}]}}}";
    expect_body(R"({"meta":{"state":{"entries":[)" + entry + "]}}}",
                R"({"meta":{"state":{"entries":[]}},)" + map, acquire_with({}));
    expect_body(R"({"meta":{"state":{"entries":[{"key":"a","value":"b"},)" + entry +
                    R"(,{"key":"c","value":"d"}]}}})",
                R"({"meta":{"state":{"entries":[{"key":"a","value":"b"},{"key":"c","value":"d"}]}},)" + map,
                acquire_with({}));
}

void an_identity_of_ours_makes_room_for_the_cookies(void**) {
    expect_body(R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_identity","value":")" +
                    std::string(kMinted) + "\"}]}}}",
                entries_around(R"({"meta":{"state":{"entries":[)", "]}},") +
                    R"("xdm":{"identityMap":{"ECID":[{"id":")" + std::string(kEcid) + "\"}]}}}",
                acquire_with(cookies()));
}

void an_identity_of_edge_stays_and_is_the_only_one(void**) {
    RequestFacts facts = acquire_with({});
    facts.minted_ecid = "27182818284590452353602874713526624977";
    expect_unchanged(
        R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_identity","value":"CiYz"}]}}})", facts);

    const std::vector<StateEntry> identity{{"kndctr_O_AdobeOrg_identity", "CiYz"}};
    expect_body(R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_identity","value":")" +
                    std::string(kMinted) + "\"}]}}}",
                R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_identity","value":"CiYz"}]}}})",
                acquire_with(identity));
}

void other_entries_may_hold_the_same_text(void**) {
    expect_unchanged(R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_other","value":")" +
                         std::string(kMinted) + "\"}]}}}",
                     acquire_with({}));
}

void the_identity_of_the_body_wins_over_the_cookies(void**) {
    RequestFacts facts = acquire_with({});
    facts.minted_ecid = "27182818284590452353602874713526624977";
    expect_body(R"({"meta":{"state":{"entries":[{"key":"kndctr_O_AdobeOrg_identity","value":")" +
                    std::string(kMinted) + "\"}]}}}",
                R"({"meta":{"state":{"entries":[]}},"xdm":{"identityMap":{"ECID":[{"id":")" +
                    std::string(kEcid) + "\"}]}}}",
                facts);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(cookies_become_state_entries),
        cmocka_unit_test(whatever_is_missing_around_them_is_made),
        cmocka_unit_test(entries_of_the_body_come_first),
        cmocka_unit_test(an_entry_of_the_body_wins_over_the_cookie),
        cmocka_unit_test(without_cookies_nothing_is_added),
        cmocka_unit_test(a_missing_domain_is_the_site),
        cmocka_unit_test(a_domain_that_is_there_stays),
        cmocka_unit_test(the_empty_domain_of_localhost_stays),
        cmocka_unit_test(cookies_are_not_enabled_without_a_domain),
        cmocka_unit_test(an_identity_of_ours_is_no_entry),
        cmocka_unit_test(an_identity_of_ours_makes_room_for_the_cookies),
        cmocka_unit_test(an_identity_of_edge_stays_and_is_the_only_one),
        cmocka_unit_test(other_entries_may_hold_the_same_text),
        cmocka_unit_test(the_identity_of_the_body_wins_over_the_cookies),
    };
    return cmocka_run_group_tests_name("request_state", tests, nullptr, nullptr);
}
