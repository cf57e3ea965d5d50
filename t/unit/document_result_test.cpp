#include "backoffice/document_result.hpp"

#include "expect.hpp"

namespace {

using namespace aep::backoffice;
using aep::test::expect_text;
using Kind = DocumentResult::Kind;

std::string json_of(const DocumentResult& result) {
    std::string out;
    append_json(out, result);
    return out;
}

void a_result_says_what_became_of_a_document(void**) {
    DocumentResult result;
    result.kind = Kind::accepted;
    result.event = "orderPlaced";
    result.id = "0a1b";
    expect_text(json_of(result), R"({"result":"accepted","event":"orderPlaced","id":"0a1b"})");
    result.line = 7;
    result.kind = Kind::duplicate;
    expect_text(json_of(result), R"({"line":7,"result":"duplicate","event":"orderPlaced","id":"0a1b"})");
}

void what_is_wrong_is_named(void**) {
    DocumentResult result;
    result.kind = Kind::invalid;
    result.path = "order.items[0].sku";
    result.expected = "a \"SKU\"";
    expect_text(json_of(result),
                R"({"result":"invalid","path":"order.items[0].sku","expected":"a \"SKU\""})");
    DocumentResult ignored;
    ignored.kind = Kind::ignored;
    ignored.reason = "off";
    expect_text(json_of(ignored), R"({"result":"ignored","reason":"off"})");
}

void what_is_not_safe_yet_is_not_available(void**) {
    expect_text(json_of({}), R"({"result":"unavailable"})");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_result_says_what_became_of_a_document),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(what_is_not_safe_yet_is_not_available),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
