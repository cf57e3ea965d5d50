#include "settings/endpoint.hpp"

#include <string>
#include <string_view>

#include "expect.hpp"

namespace {

using namespace aep::settings;
using namespace std::string_literals;
using aep::test::expect_text;

void expect_normal(std::string_view url, std::string_view expected) {
    const auto normal = normal_base_url(url);
    if (!normal) {
        fail_msg("\"%s\" is refused", std::string(url).c_str());
    }
    expect_text(normal.value_or(""), expected);
}

void a_base_url_gets_its_normal_form(void**) {
    expect_normal("https://edge.adobedc.net", "https://edge.adobedc.net");
    expect_normal("https://edge.adobedc.net/", "https://edge.adobedc.net");
    expect_normal("HTTPS://Edge.AdobeDC.Net", "https://edge.adobedc.net");
    expect_normal("http://edge:8080/", "http://edge:8080");
    expect_normal("http://127.0.0.1:1", "http://127.0.0.1:1");
    expect_normal("https://edge.adobedc.net:65535", "https://edge.adobedc.net:65535");
    expect_normal("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443");
    expect_normal("https://[::1]", "https://[::1]");
    expect_normal("http://edge_stand-in.test", "http://edge_stand-in.test");
}

void what_is_no_base_url_is_refused(void**) {
    for (const std::string& url : {""s,
                                   "edge.adobedc.net"s,
                                   "//edge.adobedc.net"s,
                                   "ftp://edge.adobedc.net"s,
                                   "https:edge.adobedc.net"s,
                                   "https://"s,
                                   "https:///"s,
                                   "https://edge.adobedc.net//"s,
                                   "https://edge.adobedc.net/ee"s,
                                   "https://edge.adobedc.net?a"s,
                                   "https://edge.adobedc.net#a"s,
                                   "https://user@edge.adobedc.net"s,
                                   "https://user:secret@edge.adobedc.net"s,
                                   "https://edge.adobedc.net:"s,
                                   "https://edge.adobedc.net:0"s,
                                   "https://edge.adobedc.net:65536"s,
                                   "https://edge.adobedc.net:-1"s,
                                   "https://edge.adobedc.net:44a"s,
                                   "https://edge.adobedc.net: 443"s,
                                   "https://edge.adobedc.net:1:2"s,
                                   "https://:443"s,
                                   "https://[::1"s,
                                   "https://[]"s,
                                   "https://[edge]"s,
                                   "https://[::1]443"s,
                                   "https://::1"s,
                                   "https://edge adobedc.net"s,
                                   " https://edge.adobedc.net"s,
                                   "https://edge.adobedc.net\n"s,
                                   "https://edge.adobedc.net\0"s,
                                   "https://caf\xC3\xA9.example"s,
                                   "https://edge%2eadobedc.net"s}) {
        if (normal_base_url(url)) {
            fail_msg("\"%s\" is accepted", url.c_str());
        }
    }
}

void the_host_of_a_base_url_is_without_scheme_and_port(void**) {
    expect_text(host_of("https://edge.adobedc.net"), "edge.adobedc.net");
    expect_text(host_of("http://127.0.0.1:8080"), "127.0.0.1");
    expect_text(host_of("https://[2001:db8::1]:8443"), "[2001:db8::1]");
    expect_text(host_of("https://[::1]"), "[::1]");
}

// Those that docs/directives.md names for aep_edge.
void the_defaults_are_those_of_the_directive(void**) {
    const Endpoint endpoint;
    expect_text(endpoint.base_url, "https://edge.adobedc.net");
    assert_int_equal(endpoint.answer_timeout.count(), 1000);
    assert_int_equal(endpoint.connect_timeout.count(), 2000);
    assert_int_equal(endpoint.timeout.count(), 10000);
    assert_int_equal(endpoint.connections, 32);
    assert_false(endpoint.http2);
    expect_text(endpoint.proxy, "");
    expect_text(endpoint.trusted_certificate, "");
}

void adobes_own_host_has_one_for_tokens_beside_it(void**) {
    Endpoint edge;
    edge.proxy = "http://proxy.example:3128";
    edge.trusted_certificate = "/etc/authority.pem";
    edge.connections = 5;
    const Endpoint server = authenticated_endpoint(edge);
    expect_text(server.base_url, "https://server.adobedc.net");
    expect_text(server.proxy, edge.proxy);
    expect_text(server.trusted_certificate, edge.trusted_certificate);
    assert_int_equal(server.connections, 5);
    edge.base_url = "http://127.0.0.1:8080";
    expect_text(authenticated_endpoint(edge).base_url, edge.base_url);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_base_url_gets_its_normal_form),
        cmocka_unit_test(what_is_no_base_url_is_refused),
        cmocka_unit_test(the_host_of_a_base_url_is_without_scheme_and_port),
        cmocka_unit_test(the_defaults_are_those_of_the_directive),
        cmocka_unit_test(adobes_own_host_has_one_for_tokens_beside_it),
    };
    return cmocka_run_group_tests_name("endpoint", tests, nullptr, nullptr);
}
