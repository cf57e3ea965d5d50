#include "protocol/client_address.hpp"

#include <string_view>

#include "expect.hpp"

namespace {

using aep::protocol::client_address;
using aep::settings::ClientIp;
using aep::test::expect_text;

void a_whole_address_is_passed_on(void**) {
    expect_text(client_address("192.0.2.33", ClientIp::full), "192.0.2.33");
    expect_text(client_address("2001:db8:1:2:3:4:5:6", ClientIp::full), "2001:db8:1:2:3:4:5:6");
    expect_text(client_address("2001:0DB8:0:0::1", ClientIp::full), "2001:db8::1");
    expect_text(client_address("::1", ClientIp::full), "::1");
}

void a_truncated_one_is_without_the_bits_that_name_a_household(void**) {
    expect_text(client_address("192.0.2.33", ClientIp::truncated), "192.0.2.0");
    expect_text(client_address("255.255.255.255", ClientIp::truncated), "255.255.255.0");
    expect_text(client_address("2001:db8:1:2:3:4:5:6", ClientIp::truncated), "2001:db8:1::");
    expect_text(client_address("::1", ClientIp::truncated), "::");
}

void an_ipv4_address_in_an_ipv6_one_is_an_ipv4_address(void**) {
    expect_text(client_address("::ffff:192.0.2.33", ClientIp::full), "192.0.2.33");
    expect_text(client_address("::ffff:192.0.2.33", ClientIp::truncated), "192.0.2.0");
    expect_text(client_address("::ffff:192.0.2.333", ClientIp::full), "");
    expect_text(client_address("::ffff:c000:221", ClientIp::truncated), "::");
}

void off_passes_nothing(void**) {
    expect_text(client_address("192.0.2.33", ClientIp::off), "");
    expect_text(client_address("2001:db8::1", ClientIp::off), "");
}

void what_is_no_address_is_not_passed_on(void**) {
    for (const std::string_view text :
         {"", "unix:", "shop.example", "192.0.2", "192.0.2.256", "192.0.2.33:80", "[::1]", "1:2:3",
          "::1%eth0", " ::1", "192.0.2.33\r\nCookie: a=b", "192.0.2.33, 192.0.2.34"}) {
        expect_text(client_address(text, ClientIp::full), "");
        expect_text(client_address(text, ClientIp::truncated), "");
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_address_is_passed_on),
        cmocka_unit_test(a_truncated_one_is_without_the_bits_that_name_a_household),
        cmocka_unit_test(an_ipv4_address_in_an_ipv6_one_is_an_ipv4_address),
        cmocka_unit_test(off_passes_nothing),
        cmocka_unit_test(what_is_no_address_is_not_passed_on),
    };
    return cmocka_run_group_tests_name("client_address", tests, nullptr, nullptr);
}
