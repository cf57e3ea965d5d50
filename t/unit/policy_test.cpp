#include "page/csp/policy.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmocka.hpp"
#include "policy_cases.hpp"

namespace {

using namespace aep::page::csp;
using namespace aep::page::csp::test;

PolicyFacts shop() {
    PolicyFacts facts;
    facts.scheme = "https";
    facts.host = "shop.example";
    facts.script_path = "/aep/0123.js";
    facts.integrity = kOurHash;
    facts.gateway_path = "/ee/";
    return facts;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        lines.push_back(line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return lines;
}

std::string described(const PolicyDecision& decision) {
    std::string text = decision.allowed ? "tag" : "blocked: " + std::string(decision.blocked_by);
    if (!decision.nonce.empty()) {
        text += " nonce=" + std::string(decision.nonce);
    }
    text += decision.needs_integrity ? " integrity" : "";
    text += decision.needs_cors ? " cors" : "";
    text += decision.connection_allowed ? "" : ", no connection";
    if (decision.allowed && !decision.connection_allowed) {
        text += ": " + std::string(decision.blocked_by);
    }
    return text;
}

bool is_as_expected(const PolicyCase& each, const PolicyFacts& facts) {
    const std::string found = described(decide(facts));
    if (found != each.decision) {
        print_error("%s\n  found:    %s\n  expected: %s\n", each.behaviour.data(), found.c_str(),
                    each.decision.data());
    }
    return found == each.decision;
}

/// Shows every case that is not as expected.
void expect_cases(std::span<const PolicyCase> cases, PolicyFacts facts) {
    std::size_t faults = 0;
    for (const PolicyCase& each : cases) {
        const std::vector<std::string_view> fields = lines_of(each.policies);
        facts.policies = fields;
        faults += is_as_expected(each, facts) ? 0U : 1U;
    }
    assert_int_equal(faults, 0);
}

void the_directive_for_script_elements_counts(void**) {
    expect_cases(kDirectiveCases, shop());
}

void sources_list_the_script_by_its_url(void**) {
    expect_cases(kSourceCases, shop());
}

void the_tag_takes_over_nonces_and_hashes(void**) {
    expect_cases(kNonceCases, shop());
}

void integrity_is_given_where_it_is_asked_for(void**) {
    std::size_t faults = 0;
    for (const PolicyCase& each : kIntegrityCases) {
        const std::vector<std::string_view> fields = lines_of(each.policies);
        PolicyFacts facts = shop();
        facts.integrity_policies = fields;
        faults += is_as_expected(each, facts) ? 0U : 1U;
    }
    assert_int_equal(faults, 0);
}

/// Shows every case that is not as expected. The cases' policies only report.
void expect_report_only_cases(std::span<const PolicyCase> cases, std::string_view enforced) {
    std::size_t faults = 0;
    for (const PolicyCase& each : cases) {
        const std::vector<std::string_view> fields = lines_of(each.policies);
        const std::string_view enforced_fields[] = {enforced};
        PolicyFacts facts = shop();
        facts.policies = enforced_fields;
        facts.report_only_policies = fields;
        faults += is_as_expected(each, facts) ? 0U : 1U;
    }
    assert_int_equal(faults, 0);
}

void a_policy_that_only_reports_gives_its_nonce_and_no_more(void**) {
    expect_report_only_cases(kReportOnlyCases, "");
    expect_report_only_cases(kReportOnlyCases, "script-src 'self'");
}

void the_nonce_of_an_enforced_policy_comes_first(void**) {
    constexpr PolicyCase kBesideNonce[] = {
        {"another nonce", "script-src 'nonce-def'", "tag nonce=abc"},
        {"none", "script-src 'none'", "tag nonce=abc"},
    };
    expect_report_only_cases(kBesideNonce, "script-src 'nonce-abc'");
    constexpr PolicyCase kBesideHash[] = {{"a nonce", "script-src 'nonce-def'", "tag nonce=def integrity"}};
    expect_report_only_cases(kBesideHash, std::string("script-src '").append(kOurHash).append("'"));
    constexpr PolicyCase kBesideBlock[] = {
        {"a nonce lets no tag through", "script-src 'nonce-def'", "blocked: script-src"}};
    expect_report_only_cases(kBesideBlock, "script-src 'none'");
    constexpr PolicyCase kBesideConnections[] = {
        {"a nonce", "script-src 'nonce-def'", "tag nonce=def, no connection: connect-src"}};
    expect_report_only_cases(kBesideConnections, "connect-src 'none'");
}

void both_kinds_of_policies_are_heeded(void**) {
    constexpr std::string_view kIntegrity[] = {"blocked-destinations=(script)"};
    PolicyFacts facts = shop();
    facts.integrity_policies = kIntegrity;
    constexpr PolicyCase kCases[] = {
        {"a nonce", "script-src 'nonce-abc'", "tag nonce=abc integrity cors"},
        {"our origin", "default-src 'self'", "tag integrity cors"},
        {"blocked", "script-src 'none'", "blocked: script-src"},
        {"blocked by a sandbox", "sandbox allow-scripts", "blocked: sandbox"},
    };
    expect_cases(kCases, facts);
}

void the_gateway_has_to_be_listed(void**) {
    expect_cases(kGatewayCases, shop());
}

void without_a_gateway_edge_has_to_be_listed(void**) {
    PolicyFacts facts = shop();
    facts.gateway_path = {};
    facts.edge_host = "edge.adobedc.net";
    expect_cases(kEdgeCases, facts);
}

void without_either_no_connection_is_shut_out(void**) {
    PolicyFacts facts = shop();
    facts.gateway_path = {};
    constexpr PolicyCase kCases[] = {{"connect-src", "connect-src 'none'", "tag"}};
    expect_cases(kCases, facts);
}

void what_is_listed_without_tls_is_listed_with_it(void**) {
    PolicyFacts facts = shop();
    facts.scheme = "http";
    facts.port = 80;
    expect_cases(kHttpCases, facts);
}

void ports_other_than_the_default_have_to_be_listed(void**) {
    PolicyFacts facts = shop();
    facts.port = 8443;
    expect_cases(kPortCases, facts);
}

void hosts_are_compared_as_they_are(void**) {
    PolicyFacts facts = shop();
    facts.host = "shop.example.";
    expect_cases(kDotCases, facts);
    facts.host = "my_shop.example";
    expect_cases(kUnderscoreCases, facts);
}

void a_hash_that_is_not_known_matches_none(void**) {
    PolicyFacts facts = shop();
    for (const std::string_view integrity : {"", "sha384-", "sha1-abc", "abc"}) {
        facts.integrity = integrity;
        expect_cases(kNoHashCases, facts);
    }
}

void a_file_with_percent_signs_is_the_same_as_without(void**) {
    PolicyFacts facts = shop();
    facts.script_path = "/a%20b/%7E%zz.js";
    constexpr PolicyCase kCases[] = {
        {"as in the tag", "script-src shop.example/a%20b/%7E%zz.js", "tag"},
        {"decoded", "script-src shop.example/%61%20b/~%25zz.js", "tag"},
        {"as a folder", "script-src shop.example/a%20b/", "tag"},
        {"another file", "script-src shop.example/a%20b/%7E%yy.js", "blocked: script-src"},
        {"another folder", "script-src shop.example/a%21b/", "blocked: script-src"},
    };
    expect_cases(kCases, facts);
}

bool is_within(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void what_it_returns_are_parts_of_the_header(void**) {
    const std::string header = "img-src *; script-src 'nonce-abc'; connect-src 'none'";
    const std::string_view fields[] = {header};
    PolicyFacts facts = shop();
    facts.policies = fields;
    const PolicyDecision decision = decide(facts);
    assert_true(is_within(decision.nonce, header));
    assert_true(is_within(decision.blocked_by, header));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_directive_for_script_elements_counts),
        cmocka_unit_test(sources_list_the_script_by_its_url),
        cmocka_unit_test(the_tag_takes_over_nonces_and_hashes),
        cmocka_unit_test(integrity_is_given_where_it_is_asked_for),
        cmocka_unit_test(a_policy_that_only_reports_gives_its_nonce_and_no_more),
        cmocka_unit_test(the_nonce_of_an_enforced_policy_comes_first),
        cmocka_unit_test(both_kinds_of_policies_are_heeded),
        cmocka_unit_test(the_gateway_has_to_be_listed),
        cmocka_unit_test(without_a_gateway_edge_has_to_be_listed),
        cmocka_unit_test(without_either_no_connection_is_shut_out),
        cmocka_unit_test(what_is_listed_without_tls_is_listed_with_it),
        cmocka_unit_test(ports_other_than_the_default_have_to_be_listed),
        cmocka_unit_test(hosts_are_compared_as_they_are),
        cmocka_unit_test(a_hash_that_is_not_known_matches_none),
        cmocka_unit_test(a_file_with_percent_signs_is_the_same_as_without),
        cmocka_unit_test(what_it_returns_are_parts_of_the_header),
    };
    return cmocka_run_group_tests_name("policy", tests, nullptr, nullptr);
}
