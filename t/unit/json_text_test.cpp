#include "text/json_text.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "expect.hpp"

namespace {

using namespace aep::text::json;
using aep::test::expect_text;
using namespace std::string_view_literals;

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

void escapes_are_resolved(void**) {
    constexpr std::pair<std::string_view, std::string_view> kStrings[] = {
        {R"("")", ""},
        {R"("plain")", "plain"},
        {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
        {R"("a\u0041b")", "aAb"},
        {R"("\u0000")", "\0"sv},
        {R"("\u007f\u0080\u07ff\u0800\uffff")", "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"},
        {R"("\uD83D\uDE00")", "\xF0\x9F\x98\x80"},
        {R"("\ud800\udc00\udbff\udfff")", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {R"("\\u0041")", "\\u0041"},
    };
    for (const auto& [token, text] : kStrings) {
        expect_text(unescape(token), text);
    }
}

void lone_surrogates_stay_apart(void**) {
    expect_text(unescape(R"("\ud83d")"), "\xED\xA0\xBD");
    expect_text(unescape(R"("\ude00")"), "\xED\xB8\x80");
    expect_text(unescape(R"("\ud83d\ud83d")"), "\xED\xA0\xBD\xED\xA0\xBD");
    expect_text(unescape(R"("\ud83dA")"),
                "\xED\xA0\xBD"
                "A");
    expect_text(unescape(R"("\udc00\udc00")"), "\xED\xB0\x80\xED\xB0\x80");
    expect_text(unescape(R"("\udbff\udbff")"), "\xED\xAF\xBF\xED\xAF\xBF");
    expect_text(unescape(R"("\ude00\ude00")"), "\xED\xB8\x80\xED\xB8\x80");
    expect_text(unescape(R"("\ud83d\u0041")"),
                "\xED\xA0\xBD"
                "A");
    expect_text(unescape(R"("\ud83d\n")"), "\xED\xA0\xBD\n");
    expect_text(unescape(R"("\udbff\ue000")"), "\xED\xAF\xBF\xEE\x80\x80");
}

void quoting_escapes_what_json_demands(void**) {
    expect_text(quoted(""), R"("")");
    expect_text(quoted("a b/\xC3\xA9\xF0\x9F\x98\x80"), "\"a b/\xC3\xA9\xF0\x9F\x98\x80\"");
    expect_text(quoted("\"\\"), R"("\"\\")");
    expect_text(quoted("\n\x01\x1F\x7F"), R"("\u000a\u0001\u001f\u007f")");
    expect_text(quoted("a\0b"sv), R"("a\u0000b")");
    expect_text(quoted("a\"b\nc"), R"("a\"b\u000ac")");
}

void quoting_replaces_what_is_not_utf8(void**) {
    expect_text(quoted("a\xFF"
                       "b"),
                R"("a\ufffdb")");
    expect_text(quoted("\xED\xA0\xBD"), R"("\ufffd\ufffd\ufffd")");
}

void quoting_appends(void**) {
    std::string out = "x:";
    append_quoted(out, "y");
    expect_text(out, R"(x:"y")");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_resolved),
        cmocka_unit_test(lone_surrogates_stay_apart),
        cmocka_unit_test(quoting_escapes_what_json_demands),
        cmocka_unit_test(quoting_replaces_what_is_not_utf8),
        cmocka_unit_test(quoting_appends),
    };
    return cmocka_run_group_tests_name("json_text", tests, nullptr, nullptr);
}
