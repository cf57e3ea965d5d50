#include "delivery/advice.hpp"

#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::delivery;
using aep::test::expect_part;
using aep::test::expect_text;

std::string body_with(std::string_view code) {
    return R"({"type":"https://ns.adobe.com/aep/errors/)" + std::string(code) +
           R"(","status":400,"title":"x"})";
}

void the_code_is_found_in_edges_answer(void**) {
    expect_text(edge_code(body_with("EXEG-0003-400")), "EXEG-0003-400");
    expect_text(edge_code("EXEG-0003-400"), "EXEG-0003-400");
    expect_text(edge_code(R"({"errors":[{"type":"EXEG-0012-422"},{"type":"EXEG-0003-400"}]})"),
                "EXEG-0012-422");
}

void what_is_no_code_is_not_taken_for_one(void**) {
    for (const std::string_view body :
         {"", "{}", "<html>", "EXEG-", "EXEG-0003", "EXEG-0003-40", "EXEG-00\n3-400", "EXEG-0003_400",
          "EXEG-abcd-400", "exeg-0003-400"}) {
        expect_text(edge_code(body), "");
    }
}

void each_code_has_advice_for_where_its_cause_is(void**) {
    expect_part(advice(400, body_with("EXEG-0003-400")),
                "compare \"aep_datastream_id\" with the ID under Data Collection");
    expect_part(advice(422, body_with("EXEG-0004-422")), "this datastream is disabled: enable it");
    expect_part(advice(422, body_with("EXEG-0010-422")), "add the service \"Adobe Experience Platform\"");
    expect_part(advice(422, body_with("EXEG-0011-422")), "add the service \"Adobe Experience Platform\"");
    expect_part(advice(422, body_with("EXEG-0012-422")), "compare \"aep_organization_id\"");
    expect_part(advice(422, body_with("EXEG-0013-422")), "create it under Customer, Identities");
    expect_part(advice(400, body_with("EXEG-0113-400")), "override is not allowed");
    expect_part(advice(403, body_with("EXEG-0400-403")), "does not serve the visitor's country");
    expect_part(advice(401, body_with("EXEG-0500-401")), "\"Mixed Authentication\"");
}

void other_answers_have_advice_by_their_status(void**) {
    expect_part(advice(422, "{}"), "the datastream's settings do not fit");
    expect_part(advice(422, body_with("EXEG-9999-422")), "the datastream's settings do not fit");
    expect_part(advice(400, ""), "look at the datastream under Data Collection, Datastreams");
    expect_part(advice(404, "<html>not found</html>"),
                "look at the datastream under Data Collection, Datastreams");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_code_is_found_in_edges_answer),
        cmocka_unit_test(what_is_no_code_is_not_taken_for_one),
        cmocka_unit_test(each_code_has_advice_for_where_its_cause_is),
        cmocka_unit_test(other_answers_have_advice_by_their_status),
    };
    return cmocka_run_group_tests_name("advice", tests, nullptr, nullptr);
}
