// Whether an answer of Edge is the one to a request, by the ID that it repeats.

#include "edge/answer_owner.hpp"

#include <vector>

#include "expect.hpp"

namespace {

using namespace aep::edge;
using namespace aep::test;

constexpr std::string_view kOurs = "89e29a4a-fff2-4cf3-b5ed-25c817f365a8";
constexpr std::string_view kTheirs = "0b1c2d3e-4f50-4617-8899-aabbccddeeff-1a2b3c";

std::string ours() {
    return std::string(kOurs) + "-7d3k9";
}

std::string member(std::string_view id) {
    return R"("requestId":")" + std::string(id) + '"';
}

/// What an answer without headers says.
void expect_another(std::string_view body, std::string_view expected, Where where = Where::here()) {
    expect_text(id_of_another(kOurs, {}, body), expected, where);
}

void expect_header(std::vector<Header> headers, std::string_view expected, Where where = Where::here()) {
    expect_text(id_of_another(kOurs, headers, ""), expected, where);
    expect_text(id_of_another(kOurs, headers, R"({"handle":[]})"), expected, where);
}

void the_id_of_a_request_stands_in_its_query(void**) {
    expect_text(request_id_of("/ee/v1/interact?configId=a:dev&requestId=r-1"), "r-1");
    expect_text(request_id_of("/ee/v1/interact?requestId=r-1&requestId=r-2&x"), "r-1");
    expect_text(request_id_of("/ee/v1/interact?requestId=%72%2d1%7C%2"), "r-1|%2");
    for (const std::string_view target : {"/ee/v1/interact", "/requestId=r-1", "/?", "/?xrequestId=r-1",
                                          "/?requestId", "/?requestId=&a", "/?&&"}) {
        expect_text(request_id_of(target), "");
    }
}

void an_answer_repeats_the_id_with_something_behind_it(void**) {
    expect_another("{" + member(ours()) + R"(,"handle":[]})", "");
    expect_another("{" + member(kOurs) + "}", "");
    expect_another("{" + member("89E29A4A-FFF2-4CF3-B5ED-25C817F365A8-A") + "}", "");
    expect_another("{" + member(kTheirs) + R"(,"handle":[]})", kTheirs);
    const std::string longer = std::string(kOurs) + "0";
    expect_another("{" + member(longer) + "}", longer);
    expect_another(R"({"requestId":""})", "");
}

void white_space_around_the_colon_means_nothing(void**) {
    expect_another("{ \"requestId\"\r\n\t : \n\"" + std::string(kTheirs) + "\"}", kTheirs);
}

void an_id_may_stand_anywhere_in_a_body(void**) {
    expect_another(R"({"type":"x","report":{)" + member(kTheirs) + "}}", kTheirs);
    expect_another("{" + member(kTheirs) + R"(,"errors":[{"report":{)" + member(ours()) + "}}]}", "");
    expect_another("{" + member(ours()) + R"(,"handle":[{"payload":[{)" + member(kTheirs) + "}]}]}", "");
}

void what_only_looks_like_an_id_is_none(void**) {
    for (const std::string_view body :
         {R"({"requestId":null})", R"({"requestId":12,"a":"0b1c2d3e-4f50"})",
          R"(["requestId","0b1c2d3e-4f50"])", R"({"a":"\"requestId\":\"0b1c2d3e-4f50\""})",
          R"({"searchRequestId":"0b1c2d3e-4f50"})", R"("requestId")", R"("requestId":)", R"("requestId":")",
          R"("requestId":"0b1c2d3e-4f50)", ""}) {
        expect_another(body, "");
    }
}

void the_header_counts_where_the_body_says_nothing(void**) {
    const std::vector<Header> theirs = {{"x-request-id", std::string(kTheirs)}};
    expect_header(theirs, kTheirs);
    expect_header({{"x-request-id", ours()}}, "");
    expect_header({{"x-request-id", ours()}, {"x-request-id", std::string(kTheirs)}}, "");
    expect_header({{"x-adobe-edge", std::string(kTheirs)}}, "");
    expect_text(id_of_another(kOurs, theirs, "{" + member(ours()) + "}"), "");
}

void the_id_of_a_proxy_between_is_none_of_edges(void**) {
    expect_header({{"x-request-id", "4f1c9be01d6a4b0e8a3bb1a1c04d2d9b"}}, "");
    expect_header({{"x-request-id", ""}}, "");
    expect_header({{"x-request-id", "a\rSet-Cookie: b"}}, "");
}

void a_request_without_an_id_takes_any_answer(void**) {
    expect_text(id_of_another("", {}, "{" + member(kTheirs) + "}"), "");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_id_of_a_request_stands_in_its_query),
        cmocka_unit_test(an_answer_repeats_the_id_with_something_behind_it),
        cmocka_unit_test(white_space_around_the_colon_means_nothing),
        cmocka_unit_test(an_id_may_stand_anywhere_in_a_body),
        cmocka_unit_test(what_only_looks_like_an_id_is_none),
        cmocka_unit_test(the_header_counts_where_the_body_says_nothing),
        cmocka_unit_test(the_id_of_a_proxy_between_is_none_of_edges),
        cmocka_unit_test(a_request_without_an_id_takes_any_answer),
    };
    return cmocka_run_group_tests_name("owner of an answer", tests, nullptr, nullptr);
}
