#include <string>
#include <string_view>
#include <variant>

#include "request_harness.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::protocol::test;
using aep::test::expect_text;

std::string detail_of(std::string_view body, Action action = Action::interact) {
    const auto result = rewrite_request(std::string(body), facts_for(action));
    const auto* problem = std::get_if<Problem>(&result);
    return problem == nullptr ? "no problem" : problem->detail;
}

void what_is_not_json_is_refused(void**) {
    for (const std::string_view body :
         {"", " ", "x", "{", R"({"events":[{}])", R"({"events":[{}]}x)", R"({"events":[{}],})",
          R"({"events":[{},]})", R"({"events":[{"xdm":{"a":01}}]})", R"({"events":[{"xdm":{"a":"\x"}}]})",
          R"({"events":[{"xdm":{"a":tru}}]})", R"({"events":[{"xdm":{"a" 1}}]})",
          R"({"events":[{"xdm":{}} {}]})", "{\"events\":[{\"a\":\"\xFF\"}]}", R"({"events":[{}],"x":[1 2]})",
          R"({"events":[{}],"x":{"a":1 "b":2}})", R"({"events":,"meta":{}})", R"({"events":[{"xdm":}]})"}) {
        expect_problem(body, "0101-400");
    }
}

void nesting_without_end_is_refused(void**) {
    expect_problem("{\"events\":[{}],\"a\":" + std::string(200, '[') + std::string(200, ']') + "}",
                   "0101-400");
    expect_problem(std::string(60000, '['), "0102-400");
    expect_problem("{\"a\":" + std::string(60000, '['), "0101-400");
}

void the_body_must_be_an_object(void**) {
    for (const std::string_view body : {"[]", "\"a\"", "1", "true", "null", R"([{"events":[{}]}])"}) {
        expect_problem(body, "0102-400");
    }
}

void a_key_must_not_come_twice_where_it_matters(void**) {
    for (const std::string_view body :
         {R"({"events":[{}],"events":[{}]})", R"({"events":[{}],"a":1,"a":2})",
          R"({"events":[{}],"meta":{},"m\u0065ta":{}})", R"({"events":[{}],"meta":{"a":1,"a":2}})",
          R"({"events":[{}],"meta":{"state":{"domain":"a","domain":"b"}}})",
          R"({"events":[{}],"meta":{"state":{"entries":[{"key":"a","value":"b","key":"c"}]}}})",
          R"({"events":[{"xdm":{},"xdm":{}}]})", R"({"events":[{"a":1,"a":2}]})",
          R"({"events":[{"xdm":{"_id":"a","_id":"b"}}]})", R"({"events":[{"xdm":{"b":1,"b":2}}]})",
          R"({"events":[{"meta":{"a":1,"a":2}}]})",
          R"({"events":[{"xdm":{"identityMap":{"ECID":[],"ECID":[]}}}]})",
          R"({"events":[{"xdm":{"identityMap":{"ECID":[{"id":"a","id":"b"}]}}}]})",
          R"({"events":[{}],"xdm":{"a":1,"a":1}})", R"({"events":[{}],"identityMap":{"a":1,"a":1}})"}) {
        expect_problem(body, "0101-400");
    }
    for (const std::string_view body :
         {R"({"consent":[{"standard":"Adobe","standard":"Adobe","value":{}}]})",
          R"({"consent":[{"standard":"Adobe","value":{"general":"in","general":"out"}}]})",
          R"({"consent":[{"standard":"Adobe","value":{"collect":{"val":"y","val":"n"}}}]})"}) {
        expect_problem(body, "0101-400", facts_for(Action::set_consent));
    }
}

void a_key_may_come_twice_where_nobody_looks(void**) {
    expect_unchanged(
        R"({"events":[{"xdm":{"_id":"a","commerce":{"b":1,"b":2}},"data":{"c":1,"c":2}}],"q":{"d":1,"d":1}})");
}

void values_must_have_their_shapes(void**) {
    for (const std::string_view body :
         {R"({"events":{}})",
          R"({"events":null})",
          R"({"events":[1]})",
          R"({"events":[{},null]})",
          R"({"events":[[]]})",
          R"({"events":[{"xdm":null}]})",
          R"({"events":[{"xdm":[]}]})",
          R"({"events":[{"xdm":"a"}]})",
          R"({"events":[{"xdm":{"_id":7}}]})",
          R"({"events":[{"xdm":{"_id":null}}]})",
          R"({"events":[{"meta":7}]})",
          R"({"events":[{"xdm":{"identityMap":[]}}]})",
          R"({"events":[{"xdm":{"identityMap":{"ECID":{}}}}]})",
          R"({"events":[{"xdm":{"identityMap":{"ECID":["1"]}}}]})",
          R"({"events":[{"xdm":{"identityMap":{"ECID":[{"id":1}]}}}]})",
          R"({"events":[{}],"meta":[]})",
          R"({"events":[{}],"meta":null})",
          R"({"events":[{}],"meta":{"state":[]}})",
          R"({"events":[{}],"meta":{"state":{"domain":7}}})",
          R"({"events":[{}],"meta":{"state":{"domain":null}}})",
          R"({"events":[{}],"meta":{"state":{"cookiesEnabled":"true"}}})",
          R"({"events":[{}],"meta":{"state":{"cookiesEnabled":1}}})",
          R"({"events":[{}],"meta":{"state":{"entries":{}}}})",
          R"({"events":[{}],"meta":{"state":{"entries":["a"]}}})",
          R"({"events":[{}],"meta":{"state":{"entries":[{"key":1,"value":"a"}]}}})",
          R"({"events":[{}],"meta":{"state":{"entries":[{"key":"a","value":1}]}}})",
          R"({"events":[{}],"xdm":[]})",
          R"({"events":[{}],"xdm":{"identityMap":7}})",
          R"({"events":[{}],"identityMap":"a"})"}) {
        expect_problem(body, "0102-400");
    }
}

void what_is_mandatory_must_be_there(void**) {
    for (const Action action : {Action::interact, Action::collect}) {
        for (const std::string_view body : {"{}", R"({"events":[]})", R"({"meta":{}})"}) {
            expect_problem(body, "0103-400", facts_for(action));
        }
    }
    expect_problem("{}", "0103-400", facts_for(Action::set_consent));
    for (const std::string_view entry : {"{}", R"({"key":"a"})", R"({"value":"a"})"}) {
        expect_problem(R"({"events":[{}],"meta":{"state":{"entries":[)" + std::string(entry) + "]}}}",
                       "0103-400");
    }
}

void a_problem_says_what_was_found(void**) {
    expect_text(detail_of(""), "The body is empty, expected a JSON object.");
    expect_text(detail_of("[]"), "The body is an array, expected an object.");
    expect_text(detail_of(R"({"events":7})"), "events is a number, expected an array.");
    expect_text(detail_of(R"({"events":[{"xdm":{"_id":null}}]})"),
                "_id of an event is null, expected a string.");
    expect_text(detail_of(R"({"events":[{}],"meta":{"state":{"cookiesEnabled":"a"}}})"),
                "meta.state.cookiesEnabled is a string, expected true or false.");
    expect_text(detail_of(R"({"events":[true]})"),
                "An element of events is true or false, expected an object.");
    expect_text(detail_of(R"({"events":[{"xdm":{"identityMap":{"ECID":7}}}]})"),
                "identityMap.ECID is a number, expected an array.");
    expect_text(detail_of("{}"), "events is missing or empty, expected at least one event.");
    expect_text(detail_of("{}", Action::set_consent),
                "consent is missing, expected an array of consent objects.");
    expect_text(detail_of(R"({"events":[{}],"a":tru})"),
                "The body cannot be taken as JSON: a value is missing or wrong, at byte 19.");
    expect_text(detail_of(R"({"events":[{"a":1,"a":1}]})"),
                "The body cannot be taken as JSON: an object has the same key twice, at byte 11.");
    expect_text(
        detail_of(std::string(kMaxBody + 1, ' ')),
        "The body is larger than the 65536 bytes that the Edge Network takes. Send fewer or smaller events.");
}

void the_first_thing_that_is_wrong_is_reported(void**) {
    expect_problem(R"({"events":7,"meta":7,"x":tru})", "0102-400");
    expect_problem(R"({"x":tru,"events":7})", "0101-400");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(nesting_without_end_is_refused),
        cmocka_unit_test(the_body_must_be_an_object),
        cmocka_unit_test(a_key_must_not_come_twice_where_it_matters),
        cmocka_unit_test(a_key_may_come_twice_where_nobody_looks),
        cmocka_unit_test(values_must_have_their_shapes),
        cmocka_unit_test(what_is_mandatory_must_be_there),
        cmocka_unit_test(a_problem_says_what_was_found),
        cmocka_unit_test(the_first_thing_that_is_wrong_is_reported),
    };
    return cmocka_run_group_tests_name("request_problem", tests, nullptr, nullptr);
}
