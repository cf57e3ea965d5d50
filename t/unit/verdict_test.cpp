// What a connection check says in words, for each way in which it can go wrong.

#include "status/verdict.hpp"

#include <string>

#include "cmocka.hpp"

namespace {

using aep::edge::Failure;
using aep::edge::Response;
using aep::status::Verdict;
using aep::status::verdict_of;

Response failed(Failure failure, std::string words) {
    Response response;
    response.failure = failure;
    response.failure_text = std::move(words);
    return response;
}

Response answered(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.elapsed = std::chrono::milliseconds(84);
    return response;
}

void expect(const Verdict& verdict, std::string_view problem, std::string_view words) {
    assert_string_equal(std::string(verdict.problem).c_str(), std::string(problem).c_str());
    assert_int_equal(verdict.ok, problem == "none");
    assert_true(verdict.text.find(words) != std::string::npos);
}

void an_identity_means_that_all_is_well(void**) {
    expect(verdict_of(answered(200, R"({"handle":[{"type":"identity:result"}]})"), false), "none",
           "Edge answered in 0.084 s with an identity.");
}

void something_else_than_edge_answers(void**) {
    expect(verdict_of(answered(200, "<html>Welcome</html>"), false), "answer", "not with an identity");
}

void failures_name_their_part(void**) {
    expect(verdict_of(failed(Failure::resolve, "Could not resolve host: edge.example"), false), "resolve",
           "Could not resolve host: edge.example");
    expect(verdict_of(failed(Failure::connect, "Connection refused"), false), "connect",
           "Connection refused");
    expect(verdict_of(
               failed(Failure::connect, "SSL certificate problem: unable to get local issuer certificate"),
               false),
           "certificate", "aep_edge_trusted_certificate");
    expect(verdict_of(failed(Failure::connect, "Proxy CONNECT aborted"), true), "proxy", "proxy=");
    expect(verdict_of(failed(Failure::timeout, ""), false), "timeout", "has not answered");
}

void refusals_name_their_part(void**) {
    const auto code = [](const std::string& text) {
        return R"({"type":"https://ns.adobe.com/aep/errors/)" + text + R"("})";
    };
    expect(verdict_of(answered(400, code("EXEG-0003-400")), false), "datastream", "aep_datastream_id");
    expect(verdict_of(answered(422, code("EXEG-0012-422")), false), "organization", "aep_organization_id");
    expect(verdict_of(answered(401, code("EXEG-0500-401")), false), "credentials", "401");
    expect(verdict_of(answered(503, ""), false), "answer", "503");
    expect(verdict_of(answered(429, ""), false), "answer", "429");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_means_that_all_is_well),
        cmocka_unit_test(something_else_than_edge_answers),
        cmocka_unit_test(failures_name_their_part),
        cmocka_unit_test(refusals_name_their_part),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
