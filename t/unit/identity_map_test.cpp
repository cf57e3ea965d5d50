#include <string>
#include <string_view>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;

constexpr std::string_view kZeros = "000000000000000000000000000000000000";

RequestFacts with_minted_ecid(Action action) {
    RequestFacts facts = facts_for(action);
    facts.minted_ecid = "31415926535897932384626433832795028841";
    return facts;
}

/// One event with that xdm.
std::string event(std::string_view xdm) {
    std::string body = R"({"events":[{"xdm":{"_id":"a")";
    return body.append(xdm.empty() ? "" : ",").append(xdm).append("}}]}");
}

std::string with_zeros(std::string text) {
    for (std::size_t at = text.find("ZEROS"); at != text.npos; at = text.find("ZEROS")) {
        text.replace(at, 5, kZeros);
    }
    return text;
}

void the_placeholder_of_an_event_never_leaves(void**) {
    expect_body(
        event(with_zeros(R"("identityMap":{"ECID":[{"id":"ZEROS","primary":true}]},"personID":"ZEROS")")),
        event(""));
    expect_body(event(with_zeros(
                    R"("identityMap":{"ECID":[{"primary":true,"id":"ZEROS"}],"email":[{"id":"b"}]},"c":1)")),
                event(R"("identityMap":{"email":[{"id":"b"}]},"c":1)"));
    expect_body(event(with_zeros(R"("identityMap":{"ECID":[{"id":"1"},{"id":"ZEROS"},{"id":"2"}]})")),
                event(R"("identityMap":{"ECID":[{"id":"1"},{"id":"2"}]})"));
}

void a_placeholder_has_any_number_of_zeros(void**) {
    expect_body(event(R"("identityMap":{"ECID":[{"id":"0"},{"id":"000"},{"id":"\u0030"}]},"personID":"0")"),
                event(""));
}

void other_identities_stay(void**) {
    expect_unchanged(
        event(R"("identityMap":{"ECID":[{"id":"00000000000000000000000000000000000001"},{"id":""},{}]},)"
              R"("personID":"")"));
    expect_unchanged(
        event(R"("identityMap":{"email":[{"id":"000"}],"FPID":[{"id":"0"}]},"personID":7,"x":"000")"));
    expect_unchanged(event(R"("identityMap":{"ECID":[]})"));
    expect_unchanged(event(R"("identityMap":{})"));
}

void the_placeholder_of_a_request_never_leaves(void**) {
    expect_body(
        R"({"xdm":{"identityMap":{"ECID":[{"id":"0"}]},"personID":"0"},"identityMap":{"ECID":[{"id":"0"}]}})",
        R"({"xdm":{}})", facts_for(Action::acquire));
    expect_body(
        R"({"identityMap":{"ECID":[{"id":"0"}],"FPID":[]},"consent":[{"standard":"Adobe","value":""}]})",
        R"({"identityMap":{"FPID":[]},"consent":[{"standard":"Adobe","value":""}]})",
        facts_for(Action::set_consent));
    expect_body(
        R"({"xdm":{"identityMap":{"ECID":[{"id":"0"}]}},"consent":[{"standard":"Adobe","value":""}]})",
        R"({"xdm":{},"consent":[{"standard":"Adobe","value":""}]})", facts_for(Action::set_consent));
}

void a_minted_ecid_goes_into_the_identity_map_of_the_request(void**) {
    for (const Action action : {Action::acquire, Action::media}) {
        expect_body("{}",
                    R"({"xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
                    with_minted_ecid(action));
    }
    for (const Action action : {Action::interact, Action::collect}) {
        expect_body(event(""),
                    R"({"events":[{"xdm":{"_id":"a"}}],)"
                    R"("xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
                    with_minted_ecid(action));
    }
}

void a_set_consent_has_its_identity_map_at_the_root(void**) {
    expect_body(R"({"consent":[{"standard":"Adobe","value":{}}]})",
                R"({"consent":[{"standard":"Adobe","value":{}}],)"
                R"("identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}})",
                with_minted_ecid(Action::set_consent));
    expect_body(R"({"identityMap":{"FPID":[]},"consent":[{"standard":"Adobe","value":{}}]})",
                R"({"identityMap":{"FPID":[],"ECID":[{"id":"31415926535897932384626433832795028841"}]},)"
                R"("consent":[{"standard":"Adobe","value":{}}]})",
                with_minted_ecid(Action::set_consent));
    expect_unchanged(R"({"identityMap":{"ECID":[{"id":"1"}]},"consent":[{"standard":"Adobe","value":{}}]})",
                     with_minted_ecid(Action::set_consent));
}

void a_minted_ecid_joins_what_is_there(void**) {
    const RequestFacts facts = with_minted_ecid(Action::acquire);
    expect_body(R"({"xdm":{},"a":1})",
                R"({"xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}},"a":1})",
                facts);
    expect_body(
        R"({"xdm":{"identityMap":{"FPID":[{"id":"f"}]},"b":2},"a":1})",
        R"({"xdm":{"identityMap":{"FPID":[{"id":"f"}],"ECID":[{"id":"31415926535897932384626433832795028841"}]},)"
        R"("b":2},"a":1})",
        facts);
    expect_body(R"({"xdm":{"identityMap":{"ECID":[ ]}}})",
                R"({"xdm":{"identityMap":{"ECID":[ {"id":"31415926535897932384626433832795028841"}]}}})",
                facts);
    expect_body(R"({"xdm":{"identityMap":{}}})",
                R"({"xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
                facts);
}

void a_minted_ecid_replaces_a_placeholder(void**) {
    expect_body(R"({"xdm":{"identityMap":{"ECID":[{"id":"0"}]},"b":2}})",
                R"({"xdm":{"b":2,"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
                with_minted_ecid(Action::acquire));
    expect_body(
        R"({"xdm":{"identityMap":{"ECID":[{"id":"0"}],"FPID":[]}}})",
        R"({"xdm":{"identityMap":{"FPID":[],"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
        with_minted_ecid(Action::acquire));
}

void an_ecid_of_the_request_stays_the_only_one(void**) {
    expect_unchanged(R"({"xdm":{"identityMap":{"\u0045CID":[{"id":"1"}]}}})",
                     with_minted_ecid(Action::acquire));
    expect_body(R"({"xdm":{"identityMap":{"ECID":[{"id":"0"},{"id":"1"}]}}})",
                R"({"xdm":{"identityMap":{"ECID":[{"id":"1"}]}}})", with_minted_ecid(Action::acquire));
}

void the_map_of_an_event_is_not_that_of_the_request(void**) {
    expect_body(event(R"("identityMap":{"ECID":[{"id":"1"}]})"),
                R"({"events":[{"xdm":{"_id":"a","identityMap":{"ECID":[{"id":"1"}]}}}],)"
                R"("xdm":{"identityMap":{"ECID":[{"id":"31415926535897932384626433832795028841"}]}}})",
                with_minted_ecid(Action::interact));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_placeholder_of_an_event_never_leaves),
        cmocka_unit_test(a_placeholder_has_any_number_of_zeros),
        cmocka_unit_test(other_identities_stay),
        cmocka_unit_test(the_placeholder_of_a_request_never_leaves),
        cmocka_unit_test(a_minted_ecid_goes_into_the_identity_map_of_the_request),
        cmocka_unit_test(a_set_consent_has_its_identity_map_at_the_root),
        cmocka_unit_test(a_minted_ecid_joins_what_is_there),
        cmocka_unit_test(a_minted_ecid_replaces_a_placeholder),
        cmocka_unit_test(an_ecid_of_the_request_stays_the_only_one),
        cmocka_unit_test(the_map_of_an_event_is_not_that_of_the_request),
    };
    return cmocka_run_group_tests_name("identity_map", tests, nullptr, nullptr);
}
