#include "page/tag.hpp"

#include <jansson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cmocka.hpp"

namespace {

using namespace aep::page;

std::string attribute(std::string_view text) {
    std::string out;
    append_attribute(out, text);
    return out;
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

void expect(const std::string& actual, std::string_view expected) {
    assert_string_equal(actual.c_str(), std::string(expected).c_str());
}

void attributes_keep_their_text(void** /*state*/) {
    expect(attribute(""), "");
    expect(attribute("abc 'x' \n/="), "abc 'x' \n/=");
    expect(attribute(R"(a"b&c<d>e)"), "a&quot;b&amp;c&lt;d&gt;e");
    expect(attribute("&quot;"), "&amp;quot;");
    std::string out = "x=";
    append_attribute(out, "\"");
    expect(out, "x=&quot;");
}

void json_strings_escape_what_they_must(void** /*state*/) {
    expect(json_string(""), R"("")");
    expect(json_string("a/b'c"), R"("a/b'c")");
    expect(json_string(R"(a"b\c)"), R"("a\"b\\c")");
    expect(json_string({"\0\x01\n\x1F\x7F", 5}), R"("\u0000\u0001\u000a\u001f\u007f")");
}

void json_strings_are_ascii(void** /*state*/) {
    expect(json_string("\xC3\xA4"), R"("\u00e4")");
    expect(json_string("\xE2\x82\xAC"), R"("\u20ac")");
    expect(json_string("\xE2\x80\xA8"), R"("\u2028")");
    expect(json_string("\xF0\x9F\x9B\x92"), R"("\ud83d\uded2")");
    expect(json_string("\xF4\x8F\xBF\xBF"), R"("\udbff\udfff")");
    expect(json_string("\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"), R"("\u0080\u07ff\u0800\uffff")");
    expect(json_string("\xF0\x90\x80\x80"), R"("\ud800\udc00")");
}

void json_strings_replace_what_is_not_utf8(void** /*state*/) {
    expect(json_string("\x80"), R"("\ufffd")");                                // nothing begins so
    expect(json_string("\xC0\x80"), R"("\ufffd\ufffd")");                      // overlong NUL
    expect(json_string("\xC1\xBF"), R"("\ufffd\ufffd")");                      // overlong
    expect(json_string("\xE0\x9F\xBF"), R"("\ufffd\ufffd\ufffd")");            // overlong
    expect(json_string("\xF0\x8F\xBF\xBF"), R"("\ufffd\ufffd\ufffd\ufffd")");  // overlong
    expect(json_string("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")");            // a surrogate
    expect(json_string("\xED\xBF\xBF"), R"("\ufffd\ufffd\ufffd")");            // the last surrogate
    expect(json_string("\xED\x9F\xBF\xEE\x80\x80"), R"("\ud7ff\ue000")");      // beside them
    expect(json_string("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // beyond U+10FFFF
    expect(json_string("\xF5\x80\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // beyond
    expect(json_string("\xFE\xFF"), R"("\ufffd\ufffd")");                      // in no UTF-8
    expect(json_string("\xC3"), R"("\ufffd")");                                // cut
    expect(json_string("\xE2\x82"), R"("\ufffd\ufffd")");                      // cut
    expect(json_string("\xC3(\xE2\x82(\xF0\x9F\x9B("), R"("\ufffd(\ufffd\ufffd(\ufffd\ufffd\ufffd(")");
}

TagFacts facts_of_a_website() {
    TagFacts facts{};
    facts.sdk_path = "/aep/";
    facts.hash = "0123abcd";
    facts.organization_id = "0123456789ABCDEF01234567@AdobeOrg";
    facts.datastream_id = "ebebf826-a01f-4458-8cec-ef61de241c93";
    facts.gateway = "ee";
    facts.edge_host = "edge.adobedc.net";
    facts.default_consent = "in";
    return facts;
}

void a_website_needs_little(void** /*state*/) {
    expect(render_tag(facts_of_a_website()),
           R"(<script async src="/aep/0123abcd.js" data-aep="{&quot;v&quot;:1,)"
           R"(&quot;org&quot;:&quot;0123456789ABCDEF01234567@AdobeOrg&quot;,)"
           R"(&quot;datastream&quot;:&quot;ebebf826-a01f-4458-8cec-ef61de241c93&quot;,)"
           R"(&quot;gateway&quot;:&quot;ee&quot;}"></script>)");
}

/// What a browser reads in data-aep.
std::string data_of(const TagFacts& facts) {
    const std::string tag = render_tag(facts);
    constexpr std::string_view kName = " data-aep=\"";
    const std::size_t begin = tag.find(kName) + kName.size();
    std::string data = tag.substr(begin, tag.find('"', begin) - begin);
    for (const auto& [reference, character] :
         {std::pair<std::string_view, char>{"&quot;", '"'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}}) {
        for (std::size_t at = data.find(reference); at != std::string::npos;
             at = data.find(reference, at + 1)) {
            data.replace(at, reference.size(), 1, character);
        }
    }
    return data;
}

void every_fact_has_its_member(void** /*state*/) {
    TagFacts facts = facts_of_a_website();
    facts.datastream_id = {};
    facts.gateway = {};
    facts.web_sdk_name = "myAlloy";
    facts.default_consent = "pending";
    facts.opt_out_cookie = "mg_dnt";
    facts.global_privacy_control = true;
    facts.page_view_auto = false;
    facts.data_layer = {"google", "gtmLayer", "sku", "EUR", false};
    facts.scope = {"env", "base", "main", "default"};
    facts.options_json = R"({"debugEnabled":true})";
    expect(data_of(facts),
           R"({"v":1,"org":"0123456789ABCDEF01234567@AdobeOrg","edge":"edge.adobedc.net",)"
           R"("sdk":"myAlloy","consent":"pending","optOut":"mg_dnt","gpc":true,"pageView":"off",)"
           R"("dataLayer":{"mode":"google","name":"gtmLayer","sku":"sku","currency":"EUR","schema":false},)"
           R"("scope":{"environment":"env","website":"base","store":"main","storeView":"default"},)"
           R"("options":{"debugEnabled":true}})");
}

void a_data_layer_that_is_not_used_has_no_other_members(void** /*state*/) {
    TagFacts facts{};
    facts.data_layer = {"off", "gtmLayer", {}, {}, false};
    expect(data_of(facts), R"({"v":1,"dataLayer":"off"})");
    facts.data_layer = {{}, "gtmLayer", {}, {}, true};
    expect(data_of(facts), R"({"v":1,"dataLayer":{"name":"gtmLayer"}})");
}

void parts_of_a_scope_may_be_missing(void** /*state*/) {
    TagFacts facts{};
    facts.sdk_path = "/";
    facts.scope.store = "main";
    expect(data_of(facts), R"({"v":1,"scope":{"store":"main"}})");
}

void nonce_and_integrity_are_attributes(void** /*state*/) {
    TagFacts facts{};
    facts.sdk_path = "/aep/";
    facts.hash = "1";
    facts.nonce = "r4nd0m+/==";
    facts.integrity = "sha384-abc";
    expect(render_tag(facts),
           R"(<script async src="/aep/1.js" data-aep="{&quot;v&quot;:1}" nonce="r4nd0m+/==" )"
           R"(integrity="sha384-abc"></script>)");
    facts.cors = true;
    assert_true(render_tag(facts).ends_with(R"( integrity="sha384-abc" crossorigin="anonymous"></script>)"));
    facts.nonce = R"("><script>)";
    facts.integrity = {};
    facts.cors = false;
    expect(render_tag(facts), R"(<script async src="/aep/1.js" data-aep="{&quot;v&quot;:1}" )"
                              R"(nonce="&quot;&gt;&lt;script&gt;"></script>)");
}

void the_path_is_one_that_a_browser_asks_for_again(void** /*state*/) {
    TagFacts facts{};
    facts.sdk_path = "/a b%\"?#<\xC3\xA4&'/";
    facts.hash = "1";
    const std::string tag = render_tag(facts);
    assert_true(tag.starts_with(R"(<script async src="/a%20b%25%22%3f%23%3c%c3%a4&amp;'/1.js" )"));
}

/// alloy makes URLs of it.
void the_gateway_is_a_path_in_a_url_as_well(void** /*state*/) {
    TagFacts facts{};
    facts.gateway = "a b%41?/ee";
    expect(data_of(facts), R"({"v":1,"gateway":"a%20b%2541%3f/ee"})");
}

/// Whatever the facts say, the tag is ASCII, one element, and its data is the JSON that was meant.
void hostile_values_stay_values(void** /*state*/) {
    const std::string hostile = "\"'><script>&lt;\\ \xE2\x9A\xA1 \xFF\x1B\n</script>";
    TagFacts facts = facts_of_a_website();
    facts.web_sdk_name = hostile;
    facts.opt_out_cookie = hostile;
    facts.scope = {hostile, hostile, hostile, hostile};
    const std::string options = "{\"\xF0\x9F\x9B\x92\": \"\xC3\xA4</script>\\\"\", \"n\": [1.50, null]}";
    facts.options_json = options;
    const std::string tag = render_tag(facts);
    assert_true(std::all_of(tag.begin(), tag.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
    assert_int_equal(std::count(tag.begin(), tag.end(), '<'), 2);
    assert_int_equal(std::count(tag.begin(), tag.end(), '>'), 2);

    const std::string data = data_of(facts);
    const std::unique_ptr<json_t, decltype(&json_decref)> root(json_loads(data.c_str(), 0, nullptr),
                                                               json_decref);
    assert_non_null(root.get());
    const std::string text = "\"'><script>&lt;\\ \xE2\x9A\xA1 \xEF\xBF\xBD\x1B\n</script>";
    assert_string_equal(json_string_value(json_object_get(root.get(), "optOut")), text.c_str());
    const json_t* scope = json_object_get(root.get(), "scope");
    assert_string_equal(json_string_value(json_object_get(scope, "storeView")), text.c_str());
    const json_t* parsed = json_object_get(root.get(), "options");
    assert_string_equal(json_string_value(json_object_get(parsed, "\xF0\x9F\x9B\x92")),
                        "\xC3\xA4</script>\"");
    assert_non_null(std::strstr(data.c_str(), "[1.50, null]"));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(attributes_keep_their_text),
        cmocka_unit_test(json_strings_escape_what_they_must),
        cmocka_unit_test(json_strings_are_ascii),
        cmocka_unit_test(json_strings_replace_what_is_not_utf8),
        cmocka_unit_test(a_website_needs_little),
        cmocka_unit_test(every_fact_has_its_member),
        cmocka_unit_test(a_data_layer_that_is_not_used_has_no_other_members),
        cmocka_unit_test(parts_of_a_scope_may_be_missing),
        cmocka_unit_test(nonce_and_integrity_are_attributes),
        cmocka_unit_test(the_path_is_one_that_a_browser_asks_for_again),
        cmocka_unit_test(the_gateway_is_a_path_in_a_url_as_well),
        cmocka_unit_test(hostile_values_stay_values),
    };
    return cmocka_run_group_tests_name("tag", tests, nullptr, nullptr);
}
