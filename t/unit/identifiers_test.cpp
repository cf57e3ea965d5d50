#include "settings/identifiers.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::settings;
using namespace std::string_literals;

using Check = bool (*)(std::string_view) noexcept;

void expect_each(Check check, bool expected, std::initializer_list<std::string> texts) {
    for (const std::string& text : texts) {
        if (check(text) != expected) {
            fail_msg("\"%s\" is %s", text.c_str(), expected ? "refused" : "accepted");
        }
    }
}

void an_organization_id_is_24_letters_or_digits_and_its_domain(void**) {
    expect_each(is_organization_id, true,
                {"0123456789ABCDEF01234567@AdobeOrg", "abcdefghijklmnopqrstuvwx@AdobeOrg",
                 "zyZY09876543210123456789@AdobeOrg"});
    expect_each(is_organization_id, false,
                {"", "@AdobeOrg", "0123456789ABCDEF01234567", "0123456789ABCDEF0123456@AdobeOrg",
                 "0123456789ABCDEF012345678@AdobeOrg", "0123456789ABCDEF01234567@adobeorg",
                 "0123456789ABCDEF01234567@AdobeOrg ", " 0123456789ABCDEF0123456@AdobeOrg",
                 "0123456789ABCDEF0123456-@AdobeOrg", "0123456789ABCDEF012345\xC3\xA9@AdobeOrg",
                 "0123456789ABCDEF01234567@AdobeOrg\0"s, "0123456789ABCDEF01234567@AdobeOrg@AdobeOrg"});
}

void a_uuid_is_five_groups_of_hexadecimal_digits(void**) {
    expect_each(is_uuid, true,
                {"ebebf826-a01f-4458-8cec-ef61de241c93", "EBEBF826-A01F-4458-8CEC-EF61DE241C93",
                 "00000000-0000-0000-0000-000000000000"});
    expect_each(is_uuid, false,
                {"", "ebebf826a01f44588cecef61de241c93", "ebebf826-a01f-4458-8cec-ef61de241c9",
                 "ebebf826-a01f-4458-8cec-ef61de241c933", "gbebf826-a01f-4458-8cec-ef61de241c93",
                 "ebebf8260a01f-4458-8cec-ef61de241c93", "ebebf826-a01f-4458-8cec0ef61de241c93",
                 "ebebf82--a01f-4458-8cec-ef61de241c93", "{ebebf826-a01f-4458-8cec-ef61de241c9}"});
}

void a_datastream_id_may_name_an_environment(void**) {
    const std::string uuid = "ebebf826-a01f-4458-8cec-ef61de241c93";
    expect_each(is_datastream_id, true,
                {uuid, uuid + ":dev", uuid + ":stage", uuid + ":a_B-9", uuid + ":" + std::string(32, 'a')});
    expect_each(
        is_datastream_id, false,
        {"", "dev", ":dev", uuid + ":", uuid + "dev", uuid + ":de v", uuid + ":dev:prod",
         uuid + ":d\xC3\xA9v", uuid + ":" + std::string(33, 'a'), uuid + ";dev", " " + uuid, uuid + "\n"});
}

void a_javascript_name_is_one_that_a_script_can_call(void**) {
    expect_each(
        is_javascript_name, true,
        {"alloy", "a", "_", "$", "$a1_", "Alloy2", "alloyOfTheShop", "Class", "function_", "of", "async"});
    expect_each(is_javascript_name, false,
                {"", "1alloy", "shop.alloy", "shop-alloy", "alloy()", "all oy", "caf\xC3\xA9", "alloy\0"s,
                 "a\"b", "a</script>"});
}

void a_javascript_name_is_no_word_of_the_language_or_the_page(void**) {
    expect_each(is_javascript_name, false,
                {"class", "function", "this", "null", "true", "let", "await", "yield", "enum", "implements",
                 "arguments", "eval", "window", "document", "location"});
}

void a_cookie_name_is_a_token(void**) {
    expect_each(is_cookie_name, true, {"mg_dnt", "a", "A-b.c", "__Host-x", "!#$%&'*+-.^_`|~", "off"});
    expect_each(is_cookie_name, false,
                {"", "a b", "a=b", "a;b", "a,b", "a\"b", "a/b", "a:b", "(a)", "[a]", "{a}", "a@b", "a?b",
                 "a\\b", "a\tb", "a\x7F", "caf\xC3\xA9", "a\0b"s});
}

void a_public_host_is_taken_from_what_a_proxy_says(void**) {
    using aep::settings::public_host_in;
    aep::test::expect_text(public_host_in("www.shop.example"), "www.shop.example");
    aep::test::expect_text(public_host_in("www.shop.example:8443"), "www.shop.example");
    aep::test::expect_text(public_host_in(" www.shop.example , proxy.internal"), "www.shop.example");
    aep::test::expect_text(public_host_in("[2001:db8::1]:8443"), "[2001:db8::1]");
    aep::test::expect_text(public_host_in("[2001:db8::1]"), "[2001:db8::1]");
    for (const std::string_view text :
         {"", ",", "https://www.shop.example", "www.shop.example/", "a b", "a:b", "a\r\nSet-Cookie: x"}) {
        aep::test::expect_text(public_host_in(text), "");
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_organization_id_is_24_letters_or_digits_and_its_domain),
        cmocka_unit_test(a_uuid_is_five_groups_of_hexadecimal_digits),
        cmocka_unit_test(a_datastream_id_may_name_an_environment),
        cmocka_unit_test(a_javascript_name_is_one_that_a_script_can_call),
        cmocka_unit_test(a_javascript_name_is_no_word_of_the_language_or_the_page),
        cmocka_unit_test(a_cookie_name_is_a_token),
        cmocka_unit_test(a_public_host_is_taken_from_what_a_proxy_says),
    };
    return cmocka_run_group_tests_name("identifiers", tests, nullptr, nullptr);
}
