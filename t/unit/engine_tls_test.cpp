// Whom an engine trusts, and HTTP/2, against an nginx with a certificate for edge.test.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "engine_harness.hpp"
#include "fake_resolver.hpp"
#include "nginx_server.hpp"

namespace {

using namespace aep::edge;
using namespace aep::test;

Endpoint trusting_endpoint_at(const NginxServer& server, std::string_view host = "edge.test") {
    Endpoint endpoint = endpoint_at(server.url(host));
    endpoint.trusted_certificate = server.certificate();
    return endpoint;
}

bool is_missing(const NginxServer& server) {
    if (!server.runs()) {
        print_message("skipped: there is no nginx with TLS, or no openssl program\n");
    }
    return !server.runs();
}

/// The protocol, the connection and the session of an answer, as "HTTP/2.0 7 r".
std::string part(const Response& response, int index) {
    std::string rest = response.body;
    for (; index > 0; --index) {
        rest.erase(0, std::min(rest.find(' '), rest.size() - 1) + 1);
    }
    return rest.substr(0, rest.find(' '));
}

void a_certificate_that_nobody_vouches_for_is_refused(void**) {
    const NginxServer server;
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_failed(response, Failure::connect);
    assert_true(contains(response.failure_text, "certificate"));
}

void a_trusted_certificate_is_taken(void**) {
    const NginxServer server;
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    assert_answered(harness.exchange(shared(trusting_endpoint_at(server))), 200);
}

void a_trusted_certificate_of_another_name_is_refused(void**) {
    const NginxServer server;
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    assert_failed(harness.exchange(shared(trusting_endpoint_at(server, "other.test"))), Failure::connect);
}

/// The file takes the place of the system's store, it is not added to it.
void a_trusted_certificate_is_the_only_one(void**) {
    const NginxServer server;
    const NginxServer other;
    if (is_missing(server) || is_missing(other)) {
        return;
    }
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server);
    endpoint.trusted_certificate = other.certificate();
    assert_failed(harness.exchange(shared(endpoint)), Failure::connect);
}

void a_missing_certificate_file_is_named(void**) {
    const NginxServer server;
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server);
    endpoint.trusted_certificate += ".missing";
    const Response response = harness.exchange(shared(endpoint));
    assert_failed(response, Failure::connect);
    assert_true(contains(response.failure_text, ".missing"));
}

void tls_below_1_2_is_refused(void**) {
    const NginxServer server("ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0;");
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    assert_failed(harness.exchange(shared(trusting_endpoint_at(server))), Failure::connect);
}

void tls_sessions_are_used_again_by_other_handles(void**) {
    const NginxServer server("ssl_protocols TLSv1.2;");
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    const auto endpoint = shared(trusting_endpoint_at(server));
    assert_string_equal(part(harness.exchange(endpoint, "{}", "/close"), 2).c_str(), ".");
    for (int i = 0; i < 8; ++i) {
        harness.post(endpoint, "{}", "/close");
    }
    for (const Response& response : harness.results->wait_for(9)) {
        assert_answered(response, 200);
        assert_string_equal(part(response, 2).c_str(), response.id == 1 ? "." : "r");
    }
}

void http_1_1_is_spoken_even_where_http_2_is_offered(void**) {
    const NginxServer server("", "http2");
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    assert_string_equal(part(harness.exchange(shared(trusting_endpoint_at(server))), 0).c_str(), "HTTP/1.1");
}

void http_2_needs_few_connections(void**) {
    const NginxServer server("", "http2");
    if (is_missing(server)) {
        return;
    }
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) == 0) {
        print_message("skipped: this libcurl does not know HTTP/2\n");
        return;
    }
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server);
    endpoint.http2 = true;
    endpoint.connections = 8;
    const auto to = shared(endpoint);
    for (int i = 0; i < 100; ++i) {
        harness.post(to);
    }
    std::set<std::string> connections;
    for (const Response& response : harness.results->wait_for(100)) {
        assert_answered(response, 200);
        assert_string_equal(part(response, 0).c_str(), "HTTP/2.0");
        connections.insert(part(response, 1));
    }
    assert_true(harness.results->one_for_each(100));
    assert_in_range(connections.size(), 1, 2);
}

void http_2_falls_back_where_it_is_not_offered(void**) {
    const NginxServer server;
    if (is_missing(server)) {
        return;
    }
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server);
    endpoint.http2 = true;
    endpoint.connections = 4;
    const auto to = shared(endpoint);
    for (int i = 0; i < 40; ++i) {
        harness.post(to);
    }
    std::set<std::string> connections;
    for (const Response& response : harness.results->wait_for(40)) {
        assert_answered(response, 200);
        assert_string_equal(part(response, 0).c_str(), "HTTP/1.1");
        connections.insert(part(response, 1));
    }
    assert_in_range(connections.size(), 1, 4);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_refused),
        cmocka_unit_test(a_trusted_certificate_is_taken),
        cmocka_unit_test(a_trusted_certificate_of_another_name_is_refused),
        cmocka_unit_test(a_trusted_certificate_is_the_only_one),
        cmocka_unit_test(a_missing_certificate_file_is_named),
        cmocka_unit_test(tls_below_1_2_is_refused),
        cmocka_unit_test(tls_sessions_are_used_again_by_other_handles),
        cmocka_unit_test(http_1_1_is_spoken_even_where_http_2_is_offered),
        cmocka_unit_test(http_2_needs_few_connections),
        cmocka_unit_test(http_2_falls_back_where_it_is_not_offered),
    };
    return cmocka_run_group_tests_name("engine tls", tests, nullptr, nullptr);
}
