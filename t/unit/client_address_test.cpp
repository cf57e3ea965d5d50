#include "protocol/client_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace std::string_literals;
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

std::string key(const char* text) {
    sockaddr_storage storage{};
    auto& address = reinterpret_cast<sockaddr&>(storage);
    if (inet_pton(AF_INET, text, &reinterpret_cast<sockaddr_in&>(storage).sin_addr) == 1) {
        address.sa_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr) == 1) {
        address.sa_family = AF_INET6;
    } else {
        address.sa_family = AF_UNIX;
    }
    return aep::protocol::address_key(address);
}

void visitors_are_counted_by_their_address(void**) {
    expect_text(key("192.0.2.33"), "\xC0\x00\x02\x21"s);
    expect_text(key("::ffff:192.0.2.33"), key("192.0.2.33"));
    assert_true(key("192.0.2.33") != key("192.0.2.34"));
    assert_true(key("172.32.0.1") != key("172.15.255.255"));
}

void a_visitor_has_a_whole_ipv6_network(void**) {
    expect_text(key("2001:db8:1:2:3:4:5:6"), "\x20\x01\x0D\xB8\x00\x01\x00\x02"s);
    expect_text(key("2001:db8:1:2::7"), key("2001:db8:1:2:3:4:5:6"));
    assert_true(key("2001:db8:1:3::7") != key("2001:db8:1:2::7"));
}

void what_is_no_visitor_is_not_counted(void**) {
    for (const char* text : {"127.0.0.1", "127.255.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255",
                             "192.168.0.7", "169.254.1.1", "100.64.0.1", "100.127.255.255", "::1", "fd00::1",
                             "fc00::1", "fe80::1", "::ffff:10.0.0.1", "unix:"}) {
        expect_text(key(text), "");
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
        cmocka_unit_test(visitors_are_counted_by_their_address),
        cmocka_unit_test(a_visitor_has_a_whole_ipv6_network),
        cmocka_unit_test(what_is_no_visitor_is_not_counted),
    };
    return cmocka_run_group_tests_name("client_address", tests, nullptr, nullptr);
}
