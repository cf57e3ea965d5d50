#include "protocol/problem.hpp"

#include "expect.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

void a_problem_is_written_as_edge_writes_it(void**) {
    expect_text(to_json({403, "about:blank", "Other site", "Say \"where\"."}, "r-1"),
                R"({"type":"about:blank","status":403,"title":"Other site","detail":"Say \"where\".",)"
                R"("report":{"requestId":"r-1"}})");
}

void without_a_request_there_is_no_report(void**) {
    expect_text(to_json({413, "t", "a", "b"}, ""), R"({"type":"t","status":413,"title":"a","detail":"b"})");
}

void what_came_from_outside_cannot_break_the_json(void**) {
    expect_text(to_json({400, "t", "a", "b\n\xFF"}, "\"}\\"),
                R"({"type":"t","status":400,"title":"a","detail":"b\u000a\ufffd",)"
                R"("report":{"requestId":"\"}\\"}})");
}

void problems_have_the_types_of_edge(void**) {
    expect_text(invalid_json("d").type, "https://ns.adobe.com/aep/errors/EXEG-0101-400");
    expect_text(invalid_value("d").type, "https://ns.adobe.com/aep/errors/EXEG-0102-400");
    expect_text(missing_member("d").type, "https://ns.adobe.com/aep/errors/EXEG-0103-400");
    expect_text(body_too_large().type, "https://ns.adobe.com/aep/errors/EXEG-0112-413");
    for (const Problem& problem : {invalid_json("d"), invalid_value("d"), missing_member("d")}) {
        assert_int_equal(problem.status, 400);
        expect_text(problem.detail, "d");
    }
    assert_int_equal(body_too_large().status, 413);
    assert_int_equal(refused_by_edge(451).status, 451);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_is_written_as_edge_writes_it),
        cmocka_unit_test(without_a_request_there_is_no_report),
        cmocka_unit_test(what_came_from_outside_cannot_break_the_json),
        cmocka_unit_test(problems_have_the_types_of_edge),
    };
    return cmocka_run_group_tests_name("problem", tests, nullptr, nullptr);
}
