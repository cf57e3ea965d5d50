#include <string>
#include <string_view>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;

constexpr std::string_view kFpids = R"("FPID":[{"id":"9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b"}])";
constexpr std::string_view kMinted = "31415926535897932384626433832795028841";

RequestFacts with_fpid(Action action) {
    RequestFacts facts = facts_for(action);
    facts.fpid = "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b";
    return facts;
}

RequestFacts with_new_fpid(Action action) {
    RequestFacts facts = with_fpid(action);
    facts.fpid_is_new = true;
    return facts;
}

/// The marks of a text filled in: FPIDS, MINTED.
std::string filled(std::string text) {
    for (const auto& [mark, value] : {std::pair(std::string_view("FPIDS"), kFpids), {"MINTED", kMinted}}) {
        for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark)) {
            text.replace(at, mark.size(), value);
        }
    }
    return text;
}

/// A set-consent of Adobe 1.0, with those members behind the consent.
std::string consent(std::string_view general, std::string_view members = {}) {
    std::string body = R"({"consent":[{"standard":"Adobe","version":"1.0","value":{"general":")";
    return filled(body.append(general).append(R"("}}])").append(members).append("}"));
}

void it_goes_into_the_identity_map_of_the_request(void**) {
    for (const Action action : {Action::interact, Action::collect}) {
        expect_body(R"({"events":[{"xdm":{"_id":"a"}}]})",
                    filled(R"({"events":[{"xdm":{"_id":"a"}}],"xdm":{"identityMap":{FPIDS}}})"),
                    with_fpid(action));
    }
    for (const Action action : {Action::acquire, Action::media}) {
        expect_body(R"({"xdm":{"a":1}})", filled(R"({"xdm":{"a":1,"identityMap":{FPIDS}}})"),
                    with_fpid(action));
    }
    expect_body(consent("in"), consent("in", R"(,"identityMap":{FPIDS})"), with_fpid(Action::set_consent));
}

void it_joins_the_identities_that_are_there(void**) {
    expect_body(R"({"xdm":{"identityMap":{"ECID":[{"id":"1"}]}}})",
                filled(R"({"xdm":{"identityMap":{"ECID":[{"id":"1"}],FPIDS}}})"), with_fpid(Action::acquire));
    expect_body(R"({"xdm":{"identityMap":{"FPID":[]}}})", filled(R"({"xdm":{"identityMap":{FPIDS}}})"),
                with_fpid(Action::acquire));
    expect_body(consent("in", R"(,"identityMap":{"a":[]})"),
                consent("in", R"(,"identityMap":{"a":[],FPIDS})"), with_fpid(Action::set_consent));
}

void one_that_the_page_names_stays_the_only_one(void**) {
    for (const std::string_view body : {
             R"({"xdm":{"identityMap":{"FPID":[{"id":"f"}]}},"events":[{"xdm":{"_id":"a"}}]})",
             R"({"xdm":{"identityMap":{"FPID":"f"}},"events":[{"xdm":{"_id":"a"}}]})",
             R"({"events":[{"xdm":{"_id":"a"}},{"xdm":{"_id":"b","identityMap":{"FPID":[{"id":"f"}]}}}]})",
         }) {
        expect_unchanged(body, with_fpid(Action::interact));
        assert_false(rewrite(body, with_fpid(Action::interact)).has_fpid);
    }
    expect_unchanged(consent("in", R"(,"identityMap":{"FPID":[{"id":"f"}]})"),
                     with_fpid(Action::set_consent));
}

void it_is_told_whether_it_goes_along(void**) {
    assert_true(rewrite("{}", with_fpid(Action::acquire)).has_fpid);
    assert_true(rewrite("{}", with_new_fpid(Action::acquire)).has_fpid);
    assert_false(rewrite("{}", facts_for(Action::acquire)).has_fpid);
}

void who_says_out_gets_none(void**) {
    expect_unchanged(consent("out"), with_new_fpid(Action::set_consent));
    assert_false(rewrite(consent("out"), with_new_fpid(Action::set_consent)).has_fpid);
    expect_body(consent("in"), consent("in", R"(,"identityMap":{FPIDS})"),
                with_new_fpid(Action::set_consent));
}

/// Or Edge would not know whom it is that says so.
void who_has_one_says_out_with_it(void**) {
    expect_body(consent("out"), consent("out", R"(,"identityMap":{FPIDS})"), with_fpid(Action::set_consent));
}

/// What an IAB TCF string means is Edge's to say; the identity is made with the same answer.
void who_may_have_said_in_gets_one(void**) {
    constexpr std::string_view kTcf = R"({"consent":[{"standard":"IAB TCF","version":"2.0","value":"CO"}]})";
    assert_true(rewrite(kTcf, with_new_fpid(Action::set_consent)).has_fpid);
}

void a_minted_ecid_stays_at_home(void**) {
    RequestFacts facts = with_fpid(Action::interact);
    facts.minted_ecid = kMinted;
    expect_body(
        filled(
            R"({"events":[{"xdm":{"_id":"a","identityMap":{"ECID":[{"id":"MINTED","primary":true}],)"
            R"("email":[{"id":"b"}]},"personID":"MINTED"}}],"xdm":{"identityMap":{"ECID":[{"id":"MINTED"}]}}})"),
        filled(R"({"events":[{"xdm":{"_id":"a","identityMap":{"email":[{"id":"b"}]}}}],)"
               R"("xdm":{"identityMap":{FPIDS}}})"),
        facts);
    expect_body(
        R"({"events":[{"xdm":{"_id":"a","identityMap":{"ECID":[{"id":"1"}]},"personID":"1"}}]})",
        filled(R"({"events":[{"xdm":{"_id":"a","identityMap":{"ECID":[{"id":"1"}]},"personID":"1"}}],)"
               R"("xdm":{"identityMap":{FPIDS}}})"),
        facts);
}

void without_a_first_party_id_a_minted_ecid_goes_along(void**) {
    RequestFacts facts = with_new_fpid(Action::set_consent);
    facts.minted_ecid = kMinted;
    expect_body(consent("out"), consent("out", R"(,"identityMap":{"ECID":[{"id":"MINTED"}]})"), facts);
    facts = facts_for(Action::interact);
    facts.minted_ecid = kMinted;
    expect_body(filled(R"({"events":[{"xdm":{"_id":"a","personID":"MINTED"}}]})"),
                filled(R"({"events":[{"xdm":{"_id":"a","personID":"MINTED"}}],)"
                       R"("xdm":{"identityMap":{"ECID":[{"id":"MINTED"}]}}})"),
                facts);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_into_the_identity_map_of_the_request),
        cmocka_unit_test(it_joins_the_identities_that_are_there),
        cmocka_unit_test(one_that_the_page_names_stays_the_only_one),
        cmocka_unit_test(it_is_told_whether_it_goes_along),
        cmocka_unit_test(who_says_out_gets_none),
        cmocka_unit_test(who_has_one_says_out_with_it),
        cmocka_unit_test(who_may_have_said_in_gets_one),
        cmocka_unit_test(a_minted_ecid_stays_at_home),
        cmocka_unit_test(without_a_first_party_id_a_minted_ecid_goes_along),
    };
    return cmocka_run_group_tests_name("request_first_party_id", tests, nullptr, nullptr);
}
