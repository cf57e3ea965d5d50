// Whether a success can be an answer of Edge, or comes from what stands between.

#include "edge/answer_form.hpp"

#include <initializer_list>
#include <string>

#include "cmocka.hpp"

namespace {

using namespace aep::edge;

constexpr std::initializer_list<const char*> kOwed = {"/ee/v1/interact", "/ee/or2/v1/identity/acquire",
                                                      "/ee/v1/privacy/set-consent", "/ee/v2/interact"};
constexpr std::initializer_list<const char*> kNotOwed = {"/ee/v1/collect", "/ee/va6/va/v1/ping",
                                                         "/ee/v2/collect"};

void assert_edges(std::initializer_list<const char*> paths, int status, std::string_view body,
                  bool expected) {
    for (const char* const path : paths) {
        if (may_be_edges(std::string(path) + "?configId=a&requestId=/v1/interact", status, body) !=
            expected) {
            fail_msg("%s: %d with '%.*s'", path, status, static_cast<int>(body.size()), body.data());
        }
    }
}

void an_object_may_be_edges(void**) {
    for (const int status : {200, 202, 207}) {
        for (const std::string_view body : {R"({"handle":[]})", "\r\n { }", R"({"requestId":")"}) {
            assert_edges(kOwed, status, body, true);
            assert_edges(kNotOwed, status, body, true);
        }
    }
}

void a_page_is_not_edges(void**) {
    for (const int status : {200, 202, 207}) {
        for (const std::string_view body :
             {"<html>Sign in to the hotel's network</html>", "ok", "[{}]", "null"}) {
            assert_edges(kOwed, status, body, false);
            assert_edges(kNotOwed, status, body, false);
        }
    }
}

void nothing_is_not_edges_where_handles_are_owed(void**) {
    for (const std::string_view body : {"", " \r\n"}) {
        assert_edges(kOwed, 200, body, false);
        assert_edges(kOwed, 207, body, false);
        assert_edges(kNotOwed, 200, body, true);
    }
}

void accepted_and_no_content_owe_nothing(void**) {
    for (const int status : {202, 204}) {
        assert_edges(kOwed, status, "", true);
        assert_edges(kNotOwed, status, "", true);
    }
}

void other_statuses_are_not_looked_at(void**) {
    for (const int status : {199, 302, 400, 502}) {
        assert_edges(kOwed, status, "", true);
        assert_edges(kOwed, status, "<html>Bad gateway</html>", true);
    }
}

void what_is_asked_of_others_is_not_looked_at(void**) {
    assert_edges({"/", "/ims/token/v3", ""}, 200, "", true);
    assert_edges({"/", "/ims/token/v3", ""}, 200, "ok", true);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_object_may_be_edges),
        cmocka_unit_test(a_page_is_not_edges),
        cmocka_unit_test(nothing_is_not_edges_where_handles_are_owed),
        cmocka_unit_test(accepted_and_no_content_owe_nothing),
        cmocka_unit_test(other_statuses_are_not_looked_at),
        cmocka_unit_test(what_is_asked_of_others_is_not_looked_at),
    };
    return cmocka_run_group_tests_name("form of an answer", tests, nullptr, nullptr);
}
