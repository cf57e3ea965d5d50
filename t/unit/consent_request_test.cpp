#include <string>
#include <string_view>
#include <utility>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;

ConsentChange consent_of(std::string_view elements) {
    std::string body = R"({"consent":[)";
    const RewrittenRequest request =
        rewrite(body.append(elements).append("]}"), facts_for(Action::set_consent));
    assert_true(request.consent.has_value());
    return request.consent.value_or(ConsentChange{});
}

void expect_consent(std::string_view elements, Consent general, bool provisional,
                    aep::test::Where where = aep::test::Where::here()) {
    const ConsentChange change = consent_of(elements);
    if (change.general != general || change.provisional != provisional) {
        print_error("%.*s\n", static_cast<int>(elements.size()), elements.data());
        _fail(where.file, where.line);
    }
}

constexpr std::string_view kIn = R"({"standard":"Adobe","version":"1.0","value":{"general":"in"}})";
constexpr std::string_view kOut = R"({"standard":"Adobe","version":"1.0","value":{"general":"out"}})";
constexpr std::string_view kTcf =
    R"({"standard":"IAB TCF","version":"2.0","value":"CO052l","gdprApplies":true})";

std::string list(std::string_view first, std::string_view second) {
    return std::string(first).append(",").append(second);
}

void adobe_1_says_in_or_out(void**) {
    expect_consent(kIn, Consent::in, false);
    expect_consent(kOut, Consent::out, false);
    expect_consent(R"({"value":{"gener\u0061l":"\u0069n"},"version":"1.0","standard":"Adobe"})", Consent::in,
                   false);
}

void adobe_2_says_yes_or_no(void**) {
    constexpr std::pair<std::string_view, Consent> kValues[] = {{"y", Consent::in}, {"n", Consent::out}};
    for (const auto& [value, consent] : kValues) {
        expect_consent(
            R"({"standard":"Adobe","version":"2.0","value":{"metadata":{"time":"2026-03-04T05:06:07Z"},)"
            R"("collect":{"val":")" +
                std::string(value) + "\"}}}",
            consent, false);
    }
}

void what_only_edge_can_decide_is_provisionally_out(void**) {
    expect_consent(kTcf, Consent::out, true);
    for (const std::string_view value : {"p", "u", "li", "ct", "cp", "vi", "pi", "Y", "", "yes"}) {
        expect_consent(R"({"standard":"Adobe","version":"2.0","value":{"collect":{"val":")" +
                           std::string(value) + "\"}}}",
                       Consent::out, true);
    }
    for (const std::string_view element :
         {R"({"standard":"Adobe","version":"1.0","value":{"general":"pending"}})",
          R"({"standard":"Adobe","version":"1.0","value":{"general":true}})",
          R"({"standard":"Adobe","version":"1.0","value":{"collect":{"val":"y"}}})",
          R"({"standard":"Adobe","version":"1.0","value":"in"})",
          R"({"standard":"Adobe","version":"2.0","value":{"general":"in"}})",
          R"({"standard":"Adobe","version":"2.0","value":{"collect":{"val":7}}})",
          R"({"standard":"Adobe","version":"3.0","value":{"general":"in"}})",
          R"({"standard":"Adobe","value":{"general":"in"}})",
          R"({"standard":"Other","version":"1.0","value":{"general":"in"}})",
          R"({"standard":"IAB TCF","version":"1.0","value":{"general":"in"}})"}) {
        expect_consent(element, Consent::out, true);
    }
}

void of_several_decisions_the_strictest_counts(void**) {
    expect_consent(list(kIn, kOut), Consent::out, false);
    expect_consent(list(kOut, kIn), Consent::out, false);
    expect_consent(list(kIn, kIn), Consent::in, false);
    expect_consent(list(kIn, kTcf), Consent::out, true);
    expect_consent(list(kTcf, kIn), Consent::out, true);
    expect_consent(list(kOut, kTcf), Consent::out, false);
    expect_consent(list(kTcf, kOut), Consent::out, false);
}

void a_decision_must_have_its_shape(void**) {
    for (const std::string_view consent :
         {R"({})", R"("in")", "null", "[]", "[1]", R"([[]])", R"([{"standard":1,"value":{}}])",
          R"([{"standard":"Adobe","version":1.0,"value":{}}])", R"([{"standard":"Adobe","value":7}])",
          R"([{"standard":"Adobe","value":null}])", R"([{"standard":"Adobe","value":{"collect":"y"}}])"}) {
        expect_problem(R"({"consent":)" + std::string(consent) + "}", "0102-400",
                       facts_for(Action::set_consent));
    }
    for (const std::string_view element :
         {"{}", R"({"standard":"Adobe"})", R"({"value":{"general":"in"}})"}) {
        expect_problem(R"({"consent":[)" + std::string(element) + "]}", "0103-400",
                       facts_for(Action::set_consent));
    }
}

void the_body_stays_as_it_is(void**) {
    expect_unchanged(
        R"({ "consent" : [ {"standard":"Adobe","version":"1.0","value":{"general":"in"}} ] , "a" : 1.50 })",
        facts_for(Action::set_consent));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(adobe_1_says_in_or_out),
        cmocka_unit_test(adobe_2_says_yes_or_no),
        cmocka_unit_test(what_only_edge_can_decide_is_provisionally_out),
        cmocka_unit_test(of_several_decisions_the_strictest_counts),
        cmocka_unit_test(a_decision_must_have_its_shape),
        cmocka_unit_test(the_body_stays_as_it_is),
    };
    return cmocka_run_group_tests_name("consent_request", tests, nullptr, nullptr);
}
