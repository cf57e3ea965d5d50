#include "protocol/consent_identity.hpp"

#include <string>
#include <string_view>

#include "protocol/identity.hpp"
#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;
using aep::test::expect_text;

constexpr std::string_view kOrganization = "0123456789ABCDEF01234567@AdobeOrg";
constexpr std::string_view kCookie = "kndctr_0123456789ABCDEF01234567_AdobeOrg_identity";
constexpr std::string_view kEcid = "31415926535897932384626433832795028841";
constexpr std::string_view kOtherEcid = "27182818284590452353602874713526624977";
constexpr std::string_view kFpid = "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b";
/// Edge's own, with kEcid in it.
constexpr std::string_view kIdentity =
    "CiYzMTQxNTkyNjUzNTg5NzkzMjM4NDYyNjQzMzgzMjc5NTAyODg0MVIOCJvHt9nNMxABGAEwAQ==";

constexpr std::string_view kConsent =
    R"("consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}])";

ConsentIdentityFacts facts_of(std::string_view request_id) {
    ConsentIdentityFacts facts;
    facts.organization_id = kOrganization;
    facts.datastream_id = "11111111-2222-4333-8444-555555555555";
    facts.request_id = request_id;
    return facts;
}

/// A body with those members besides the consent.
std::string body_with(std::string_view members) {
    return std::string("{").append(kConsent).append(members.empty() ? "" : ",").append(members) + "}";
}

std::string entry(std::string_view key, std::string_view value) {
    std::string text =
        R"("meta":{"state":{"domain":"shop.example","entries":[{"key":"a","value":"b"},{"key":")";
    return text.append(key).append(R"(","value":")").append(value).append(R"("}]}})");
}

std::string map_with(std::string_view code, std::string_view id) {
    std::string text = R"("identityMap":{")";
    return text.append(code).append(R"(":[{"primary":true,"id":")").append(id).append(R"("}]})");
}

std::string key_of(std::string_view members, const ConsentIdentityFacts& facts) {
    return consent_identity(body_with(members), facts);
}

/// The key of a visitor whose ECID that is.
std::string key_of_ecid(std::string_view ecid) {
    ConsentIdentityFacts facts = facts_of("x");
    facts.new_ecid = ecid;
    return key_of("", facts);
}

void a_key_does_not_tell_the_identifier(void**) {
    const std::string key = key_of_ecid(kEcid);
    assert_int_equal(key.size(), 64);
    assert_true(key.find_first_not_of("0123456789abcdef") == std::string::npos);
    assert_true(key.find(kEcid.substr(0, 8)) == std::string::npos);
}

void the_identity_of_the_visitor_is_the_key(void**) {
    const std::string key = key_of_ecid(kEcid);
    assert_true(key != key_of_ecid(kOtherEcid));
    expect_text(key_of(entry(kCookie, kIdentity), facts_of("a")), key);
    expect_text(key_of(map_with("ECID", kEcid), facts_of("b")), key);
    expect_text(
        key_of(map_with("ECID", kEcid) + "," + entry(kCookie, mint_identity(kOtherEcid)), facts_of("c")),
        key);
}

/// "In" without any cookie, then "out" with the one that the local answer has set.
void a_first_request_and_the_next_have_one_key(void**) {
    ConsentIdentityFacts first = facts_of("a");
    first.new_ecid = kEcid;
    const std::string in =
        consent_identity(rewrite(body_with(""), facts_for(Action::set_consent)).body, first);
    RequestFacts with_cookie = facts_for(Action::set_consent);
    with_cookie.minted_ecid = kEcid;
    const std::string out = consent_identity(rewrite(body_with(""), with_cookie).body, facts_of("b"));
    expect_text(out, in);
}

void the_cookie_of_edge_counts_before_what_an_answer_would_mint(void**) {
    ConsentIdentityFacts facts = facts_of("a");
    facts.new_ecid = kOtherEcid;
    expect_text(key_of(entry(kCookie, kIdentity), facts), key_of_ecid(kEcid));
}

void a_cookie_that_cannot_be_read_is_a_key_by_itself(void**) {
    const std::string key = key_of(entry(kCookie, "opaque"), facts_of("a"));
    expect_text(key_of(entry(kCookie, "opaque"), facts_of("b")), key);
    assert_true(key_of(entry(kCookie, "another"), facts_of("a")) != key);
}

void a_first_party_id_counts_most(void**) {
    ConsentIdentityFacts facts = facts_of("a");
    facts.fpid = kFpid;
    const std::string key = key_of("", facts);
    expect_text(key_of(entry(kCookie, kIdentity), facts), key);
    facts.new_ecid = kEcid;
    expect_text(key_of(map_with("ECID", kOtherEcid), facts), key);
}

void another_identity_is_better_than_none(void**) {
    const std::string key = key_of(map_with("email", "ada@shop.example"), facts_of("a"));
    expect_text(key_of(map_with("email", "ada@shop.example"), facts_of("b")), key);
    assert_true(key_of(map_with("email", "bob@shop.example"), facts_of("a")) != key);
    assert_true(key_of(map_with("phone", "ada@shop.example"), facts_of("a")) != key);
}

void who_is_not_known_replaces_nobody(void**) {
    assert_true(key_of("", facts_of("a")) != key_of("", facts_of("b")));
    for (const std::string_view members :
         {R"("identityMap":7)", R"("identityMap":{"ECID":7})",
          R"("identityMap":{"ECID":[7,{},{"id":7},{"id":""}]})", R"("meta":7)", R"("meta":{"state":7})",
          R"("meta":{"state":{"entries":7}})", R"("meta":{"state":{"entries":[7,{"key":7,"value":7}]}})"}) {
        assert_true(key_of(members, facts_of("a")) != key_of(members, facts_of("b")));
    }
    assert_true(key_of(entry("kndctr_OTHER_AdobeOrg_identity", kIdentity), facts_of("a")) !=
                key_of_ecid(kEcid));
}

void a_key_belongs_to_one_organization_and_datastream(void**) {
    ConsentIdentityFacts facts = facts_of("x");
    facts.new_ecid = kEcid;
    facts.datastream_id = "11111111-2222-4333-8444-555555555556";
    assert_true(key_of("", facts) != key_of_ecid(kEcid));
    facts = facts_of("x");
    facts.new_ecid = kEcid;
    facts.organization_id = "0123456789ABCDEF01234568@AdobeOrg";
    assert_true(key_of("", facts) != key_of_ecid(kEcid));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_key_does_not_tell_the_identifier),
        cmocka_unit_test(the_identity_of_the_visitor_is_the_key),
        cmocka_unit_test(a_first_request_and_the_next_have_one_key),
        cmocka_unit_test(the_cookie_of_edge_counts_before_what_an_answer_would_mint),
        cmocka_unit_test(a_cookie_that_cannot_be_read_is_a_key_by_itself),
        cmocka_unit_test(a_first_party_id_counts_most),
        cmocka_unit_test(another_identity_is_better_than_none),
        cmocka_unit_test(who_is_not_known_replaces_nobody),
        cmocka_unit_test(a_key_belongs_to_one_organization_and_datastream),
    };
    return cmocka_run_group_tests_name("consent_identity", tests, nullptr, nullptr);
}
