#include "delivery/token_service.hpp"

#include <string>
#include <string_view>

#include "edge/answer_form.hpp"
#include "edge/answer_owner.hpp"
#include "expect.hpp"

namespace {

using aep::delivery::TokenAnswer;
using aep::settings::Credentials;
using aep::test::expect_part;
using aep::test::expect_text;
using namespace aep::delivery;
using Kind = TokenAnswer::Kind;

Credentials credentials() {
    Credentials some;
    some.client_id = "the client";
    some.client_secrets = {"p8e-a+b/c&d=", "second"};
    some.organization_id = "0123456789ABCDEF01234567@AdobeOrg";
    some.scopes = {"openid", "additional_info.projectedProductContext"};
    return some;
}

aep::edge::Response answer(int status, std::string_view body) {
    aep::edge::Response response;
    response.status = status;
    response.body = body;
    return response;
}

TokenAnswer read(int status, std::string_view body) {
    return token_answer(answer(status, body));
}

void expect_kind(const TokenAnswer& found, Kind expected, std::string_view problem) {
    assert_int_equal(static_cast<int>(found.kind), static_cast<int>(expected));
    expect_text(found.problem, problem);
    expect_text(found.token, "");
}

void the_request_is_a_form(void**) {
    const auto request = token_request(credentials(), 0, nullptr);
    expect_text(request.target, "/ims/token/v3");
    expect_text(request.headers.front().second, "application/x-www-form-urlencoded");
    expect_text(request.body,
                "grant_type=client_credentials&client_id=the%20client&client_secret=p8e-a%2Bb%2Fc%26d%3D"
                "&scope=openid%2Cadditional_info.projectedProductContext");
    expect_part(token_request(credentials(), 1, nullptr).body, "&client_secret=second&");
}

void no_answer_to_it_is_taken_for_anothers(void**) {
    const auto request = token_request(credentials(), 0, nullptr);
    assert_true(aep::edge::may_be_edges(request.target, 200, "<html>"));
    assert_true(aep::edge::request_id_of(request.target).empty());
}

void a_token_is_read(void**) {
    const TokenAnswer found =
        read(200, R"({"access_token":"eyJ.a-b_c~d+e/f=","token_type":"bearer","expires_in":86399})");
    assert_int_equal(static_cast<int>(found.kind), static_cast<int>(Kind::token));
    expect_text(found.token, "eyJ.a-b_c~d+e/f=");
    assert_int_equal(found.life.count(), 86'399'000);
    expect_text(found.problem, "");
}

void no_token_is_good_for_longer_than_a_week(void**) {
    const TokenAnswer found = read(200, R"({"access_token":"a","expires_in":9223372036854775807})");
    assert_int_equal(found.life.count(), 7LL * 86'400'000);
}

void what_holds_no_token_is_an_outage(void**) {
    for (const std::string_view body :
         {"", "<html>", "[]", R"({"access_token":"a"})", R"({"expires_in":5})",
          R"({"access_token":1,"expires_in":5})", R"({"access_token":"a","expires_in":0})",
          R"({"access_token":"a","expires_in":-5})", R"({"access_token":"a\r\nX: b","expires_in":5})",
          R"({"access_token":"","expires_in":5})", R"({"access_token":"a b","expires_in":5})"}) {
        expect_kind(
            read(200, body), Kind::outage,
            "it answered 200, but not with a token that is good for a time (access_token, expires_in)");
    }
}

void what_is_not_for_the_credential_is_an_outage(void**) {
    expect_kind(read(503, R"({"error":"invalid_client"})"), Kind::outage, "it answered 503");
    expect_kind(read(429, ""), Kind::outage, "it answered 429");
    expect_kind(read(302, ""), Kind::outage, "it answered 302");
    expect_kind(read(404, "<html>"), Kind::outage, "it answered 404");
    expect_kind(read(407, ""), Kind::outage, "it answered 407");
    aep::edge::Response broken;
    broken.failure = aep::edge::Failure::connect;
    broken.failure_text = "Connection refused";
    expect_kind(token_answer(broken), Kind::outage, "Connection refused");
}

void a_wrong_client_may_have_another_secret(void**) {
    for (const int status : {400, 401, 403}) {
        const TokenAnswer found = read(status, R"({"error":"invalid_client","error_description":"p8e"})");
        expect_kind(found, Kind::wrong_client, "it answered " + std::to_string(status) + " (invalid_client)");
        expect_part(token_advice(found), "CLIENT_SECRETS");
    }
}

void other_refusals_are_said(void**) {
    const TokenAnswer scope = read(400, R"({"error":"invalid_scope","error_description":"p8e"})");
    expect_kind(scope, Kind::refused, "it answered 400 (invalid_scope)");
    expect_part(token_advice(scope), "does not have all of SCOPES");
    const TokenAnswer other = read(400, R"({"error":"unauthorized_client"})");
    expect_kind(other, Kind::refused, "it answered 400 (unauthorized_client)");
    expect_part(token_advice(other), "compare the file with what Adobe Developer Console");
}

void what_is_no_word_for_an_error_is_not_repeated(void**) {
    expect_kind(read(400, R"({"error":"no client has the secret p8e-a"})"), Kind::refused, "it answered 400");
    expect_kind(read(401, R"({"error":7})"), Kind::refused, "it answered 401");
    expect_kind(read(401, "p8e-a"), Kind::refused, "it answered 401");
}

void each_part_of_a_credential_counts(void**) {
    const std::uint64_t one = fingerprint_of(credentials());
    assert_int_equal(one, fingerprint_of(credentials()));
    for (std::string Credentials::*part :
         {&Credentials::client_id, &Credentials::organization_id, &Credentials::token_service}) {
        Credentials other = credentials();
        other.*part += 'x';
        assert_int_not_equal(fingerprint_of(other), one);
    }
    for (std::vector<std::string> Credentials::*part : {&Credentials::client_secrets, &Credentials::scopes}) {
        Credentials other = credentials();
        (other.*part).pop_back();
        assert_int_not_equal(fingerprint_of(other), one);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_a_form),
        cmocka_unit_test(no_answer_to_it_is_taken_for_anothers),
        cmocka_unit_test(a_token_is_read),
        cmocka_unit_test(no_token_is_good_for_longer_than_a_week),
        cmocka_unit_test(what_holds_no_token_is_an_outage),
        cmocka_unit_test(what_is_not_for_the_credential_is_an_outage),
        cmocka_unit_test(a_wrong_client_may_have_another_secret),
        cmocka_unit_test(other_refusals_are_said),
        cmocka_unit_test(what_is_no_word_for_an_error_is_not_repeated),
        cmocka_unit_test(each_part_of_a_credential_counts),
    };
    return cmocka_run_group_tests_name("token_service", tests, nullptr, nullptr);
}
