#include "protocol/first_party_id.hpp"

#include <chrono>
#include <string_view>

#include "expect.hpp"
#include "text/uuid.hpp"

namespace {

using namespace aep::protocol;
using aep::test::expect_text;

constexpr std::string_view kId = "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b";

void a_uuid_of_version_4_is_one(void**) {
    assert_true(is_first_party_id(kId));
    assert_true(is_first_party_id("00000000-0000-4000-b000-000000000000"));
    assert_true(is_first_party_id(aep::text::random_uuid()));
}

void nothing_else_is(void**) {
    for (const std::string_view value : {
             "",
             "9f6f4d2c",
             "9F6F4D2C-6F0B-4A57-8A3E-0F2F3C1D2E4B",
             "9f6f4d2c-6f0b-1a57-8a3e-0f2f3c1d2e4b",
             "9f6f4d2c-6f0b-4a57-7a3e-0f2f3c1d2e4b",
             "9f6f4d2c-6f0b-4a57-ca3e-0f2f3c1d2e4b",
             "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4g",
             "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4",
             "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b0",
             "9f6f4d2c06f0b-4a57-8a3e-0f2f3c1d2e4b",
             "{9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4}",
         }) {
        assert_false(is_first_party_id(value));
    }
}

void its_cookie_is_not_for_scripts(void**) {
    expect_text(first_party_id_cookie("aep_fpid", kId, "shop.example", std::chrono::hours(24)),
                "aep_fpid=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b; Path=/; Domain=shop.example; Max-Age=86400; "
                "Secure; SameSite=Lax; HttpOnly");
}

void without_a_domain_it_is_the_hosts_alone(void**) {
    expect_text(
        first_party_id_cookie("id", kId, "", std::chrono::seconds(60)),
        "id=9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b; Path=/; Max-Age=60; Secure; SameSite=Lax; HttpOnly");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_of_version_4_is_one),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(its_cookie_is_not_for_scripts),
        cmocka_unit_test(without_a_domain_it_is_the_hosts_alone),
    };
    return cmocka_run_group_tests_name("first_party_id", tests, nullptr, nullptr);
}
