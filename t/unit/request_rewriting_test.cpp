#include <string>
#include <string_view>
#include <vector>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;
using aep::test::expect_part;
using aep::test::expect_text;

/// An order as the storefront collector sends it.
constexpr std::string_view kOrder =
    R"({"events":[{"xdm":{"web":{"webPageDetails":{"URL":"https://shop.example/done"},"webReferrer":{"URL":""}},)"
    R"("timestamp":"2026-03-04T05:06:07.008Z","eventType":"commerce.purchases","identityMap":{"ECID":[{"id":)"
    R"("31415926535897932384626433832795028841","primary":true}],"email":[{"id":"ada@shop.example",)"
    R"("primary":false}]},"commerce":{"order":{"purchaseID":"000000042","currencyCode":"EUR","payments":[)"
    R"({"paymentAmount":19.99,"paymentType":"checkmo","transactionID":"000000042"}],"priceTotal":19.990},)"
    R"("promotionID":"","purchases":{"value":1}},"productListItems":[{"SKU":"MUG-1","name":"Mug “North”",)"
    R"("quantity":2,"priceTotal":0.30000000000000004,"selectedOptions":[]}],)"
    R"("personID":"31415926535897932384626433832795028841"}}],"query":{"identity":{"fetch":["ECID"]}},)"
    R"("meta":{"queueTimeMillis":2,"state":{"domain":"shop.example","cookiesEnabled":true}}})";

std::string with_id(std::string_view id) {
    std::string text = "\"_id\":\"";
    return text.append(id).append("\"");
}

void an_order_gets_an_id_and_stays_as_it_is_otherwise(void**) {
    std::string expected(kOrder);
    const std::string_view end = R"(28841"}}],"query")";
    expected.insert(expected.find(end) + 6, "," + with_id(kFirstId));
    const RewrittenRequest request = rewrite(kOrder);
    expect_text(request.body, expected);
    expect_text(request.state_domain, "shop.example");
    assert_true(request.cookies_enabled);
    assert_int_equal(request.event_types.size(), 1);
    expect_text(request.event_types.front(), "commerce.purchases");
    assert_false(request.consent.has_value());
}

void a_request_rewritten_twice_stays_the_same(void**) {
    const std::string once = rewrite(kOrder).body;
    expect_unchanged(once);
}

void numbers_escapes_and_white_space_keep_their_text(void**) {
    expect_unchanged(
        "\r\n{ \"events\" : [ { \"xdm\" : { \"_id\" : \"a\" , \"n\" : [ 19.99, 1e400, -0.0, 1E+2, "
        "41861666193140161934276845651148876988 ], \"s\" : \"\\u00e9\\/\\ud83d\\u0000é\" } } ] }\t\n");
}

void each_event_without_an_id_gets_one_of_its_own(void**) {
    expect_body(
        R"({"events":[{"xdm":{"a":1}},{"xdm":{}}]})",
        R"({"events":[{"xdm":{"a":1,)" + with_id(kFirstId) + R"(}},{"xdm":{)" + with_id(kSecondId) + "}}]}");
}

void an_event_without_xdm_gets_one(void**) {
    expect_body(R"({"events":[{},{"data":1}]})", R"({"events":[{"xdm":{)" + with_id(kFirstId) +
                                                     R"(}},{"data":1,"xdm":{)" + with_id(kSecondId) + "}}]}");
}

void an_id_that_is_there_stays(void**) {
    expect_unchanged(R"({"events":[{"xdm":{"_id":"x"}},{"xdm":{"\u005fid":"y"}}]})");
}

void an_empty_id_is_replaced(void**) {
    expect_body(R"({"events":[{"xdm":{"_id" : "" ,"a":1}}]})",
                R"({"events":[{"xdm":{"_id" : ")" + std::string(kFirstId) + R"(" ,"a":1}}]})");
}

void the_same_event_gets_the_same_id_again(void**) {
    constexpr std::string_view kBody = R"({"events":[{}]})";
    expect_text(rewrite(kBody).body, rewrite(kBody, facts_for(Action::collect)).body);
    RequestFacts other = facts_for(Action::interact);
    other.request_id = "89e29a4a-fff2-4cf3-b5ed-25c817f365a9";
    assert_true(rewrite(kBody).body != rewrite(kBody, other).body);
    other = facts_for(Action::interact);
    other.datastream_id = "11111111-2222-4333-8444-555555555556";
    assert_true(rewrite(kBody).body != rewrite(kBody, other).body);
}

void event_types_are_reported_in_order(void**) {
    const RewrittenRequest request = rewrite(
        R"({"events":[{"xdm":{"eventType":"a\u002fb"}},{},{"xdm":{"eventType":7}},{"xdm":{"eventType":"c"}}]})");
    const std::vector<std::string> expected{"a/b", "", "", "c"};
    assert_true(request.event_types == expected);
}

void overrides_are_dropped(void**) {
    expect_body(
        R"({"events":[{"xdm":{"_id":"a"},"meta":{"configOverrides":{"x":[1]},"a":1,"sdkConfig":{}}}],)"
        R"("meta":{"sdkConfig":{"datastream":{"original":"d"}},"b":2,"configOverrides":{}}})",
        R"({"events":[{"xdm":{"_id":"a"},"meta":{"a":1}}],"meta":{"b":2}})");
    expect_body(
        R"({"events":[{"xdm":{"_id":"a"},"meta":{"sdkConfig":1}}],"meta":{"config\u004fverrides":{}}})",
        R"({"events":[{"xdm":{"_id":"a"},"meta":{}}],"meta":{}})");
}

void a_website_that_defers_keeps_the_overrides(void**) {
    RequestFacts facts = facts_for(Action::interact);
    facts.defers = true;
    expect_unchanged(R"({"events":[{"xdm":{"_id":"a"},"meta":{"configOverrides":{}}}],)"
                     R"("meta":{"sdkConfig":{},"configOverrides":{}}})",
                     facts);
}

void members_of_these_names_elsewhere_stay(void**) {
    expect_unchanged(R"({"events":[{"xdm":{"_id":"a","sdkConfig":1,"meta":{"configOverrides":1}},)"
                     R"("data":{"configOverrides":1}}],"configOverrides":{},"query":{"sdkConfig":1}})");
}

void media_and_acquire_need_no_events(void**) {
    expect_unchanged("{}", facts_for(Action::media));
    expect_unchanged(R"({"events":[]})", facts_for(Action::media));
    expect_unchanged(R"({"query":{"identity":{"fetch":["ECID"]}}})", facts_for(Action::acquire));
    expect_part(rewrite(R"({"events":[{}]})", facts_for(Action::media)).body, kFirstId);
}

void consent_elsewhere_than_in_a_set_consent_is_none(void**) {
    const RewrittenRequest request = rewrite(R"({"events":[{"xdm":{"_id":"a"}}],"consent":7})");
    assert_false(request.consent.has_value());
}

void a_body_of_the_largest_size_passes(void**) {
    const auto body = [](std::size_t size) {
        std::string text = R"({"events":[{"xdm":{"_id":"a","b":""}}]})";
        return text.insert(text.find("\"\"") + 1, size - text.size(), 'b');
    };
    expect_unchanged(body(kMaxBody));
    expect_problem(body(kMaxBody + 1), "0112-413");
}

void a_body_that_grows_too_large_is_refused(void**) {
    std::string body = R"({"events":[{"xdm":{"b":""}}]})";
    body.insert(body.find("\"\"") + 1, kMaxBody - body.size(), 'b');
    expect_problem(body, "0112-413");

    std::string many = R"({"events":[{})";
    while (many.size() < kMaxBody - 10) {
        many += ",{}";
    }
    expect_problem(many + "]}", "0112-413");
}

void a_body_that_only_shrinks_to_the_limit_is_refused_all_the_same(void**) {
    std::string body = R"({"events":[{"xdm":{"_id":"a"}}],"meta":{"sdkConfig":""}})";
    body.insert(body.find("\"\"") + 1, kMaxBody, 'b');
    expect_problem(body, "0112-413");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_order_gets_an_id_and_stays_as_it_is_otherwise),
        cmocka_unit_test(a_request_rewritten_twice_stays_the_same),
        cmocka_unit_test(numbers_escapes_and_white_space_keep_their_text),
        cmocka_unit_test(each_event_without_an_id_gets_one_of_its_own),
        cmocka_unit_test(an_event_without_xdm_gets_one),
        cmocka_unit_test(an_id_that_is_there_stays),
        cmocka_unit_test(an_empty_id_is_replaced),
        cmocka_unit_test(the_same_event_gets_the_same_id_again),
        cmocka_unit_test(event_types_are_reported_in_order),
        cmocka_unit_test(overrides_are_dropped),
        cmocka_unit_test(a_website_that_defers_keeps_the_overrides),
        cmocka_unit_test(members_of_these_names_elsewhere_stay),
        cmocka_unit_test(media_and_acquire_need_no_events),
        cmocka_unit_test(consent_elsewhere_than_in_a_set_consent_is_none),
        cmocka_unit_test(a_body_of_the_largest_size_passes),
        cmocka_unit_test(a_body_that_grows_too_large_is_refused),
        cmocka_unit_test(a_body_that_only_shrinks_to_the_limit_is_refused_all_the_same),
    };
    return cmocka_run_group_tests_name("request_rewriting", tests, nullptr, nullptr);
}
