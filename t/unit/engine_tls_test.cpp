// Whom an engine trusts, and HTTP/2, against an nginx with a certificate for edge.test.

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "engine_harness.hpp"
#include "fake_resolver.hpp"
#include "nginx_server.hpp"

namespace {

using namespace aep::edge;
using namespace aep::test;

constexpr std::size_t kHttp1 = 0;
constexpr std::size_t kHttp2 = 1;
constexpr std::size_t kTls12 = 2;

/// Nothing where this machine has none.
int start_nginx(void** state) {
    if (!has_nginx()) {
        print_message("skipped: there is no nginx or no openssl on this machine\n");
        return 0;
    }
    auto server = std::make_unique<NginxServer>(
        std::vector<NginxServer::Block>{{"", ""}, {"http2", ""}, {"", "ssl_protocols TLSv1.2;"}});
    if (!server->runs()) {
        print_error("nginx does not start\n");
        return -1;
    }
    *state = server.release();
    return 0;
}

int stop_nginx(void** state) {
    const std::unique_ptr<NginxServer> server(static_cast<NginxServer*>(*state));
    return 0;
}

/// The server of the group. Leaves the test when there is none.
const NginxServer& server_of(void** state) {
    if (*state == nullptr) {
        skip();
    }
    return *static_cast<const NginxServer*>(*state);
}

Endpoint trusting_endpoint_at(const NginxServer& server, std::size_t block,
                              std::string_view host = "edge.test") {
    Endpoint endpoint = endpoint_at(server.url(block, host));
    endpoint.trusted_certificate = server.certificate();
    return endpoint;
}

/// A word of an answer: the protocol, the connection, the session.
std::string word(const Response& response, int index) {
    std::string rest = response.body;
    for (; index > 0; --index) {
        rest.erase(0, std::min(rest.find(' '), rest.size() - 1) + 1);
    }
    return rest.substr(0, rest.find(' '));
}

void a_certificate_that_nobody_vouches_for_is_refused(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url(kHttp1))));
    assert_failed(response, Failure::connect);
    assert_true(contains(response.failure_text, "certificate"));
}

void a_trusted_certificate_is_taken(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    assert_answered(harness.exchange(shared(trusting_endpoint_at(server, kHttp1))), 200);
}

void a_trusted_certificate_of_another_name_is_refused(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    const auto endpoint = shared(trusting_endpoint_at(server, kHttp1, "other.test"));
    assert_failed(harness.exchange(endpoint), Failure::connect);
}

void another_certificate_of_the_same_name_is_refused(void** state) {
    const NginxServer& server = server_of(state);
    const TemporaryDirectory directory;
    Endpoint endpoint = trusting_endpoint_at(server, kHttp1);
    endpoint.trusted_certificate = directory / "certificate.pem";
    assert_true(make_certificate(endpoint.trusted_certificate, directory / "key.pem"));
    Harness harness;
    assert_failed(harness.exchange(shared(endpoint)), Failure::connect);
}

/// Each endpoint trusts its own file, also on a connection that another one has made.
void a_connection_is_not_shared_with_who_would_not_trust_it(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    assert_answered(harness.exchange(shared(trusting_endpoint_at(server, kHttp1))), 200);
    assert_failed(harness.exchange(shared(endpoint_at(server.url(kHttp1)))), Failure::connect);
}

void a_missing_certificate_file_is_named(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server, kHttp1);
    endpoint.trusted_certificate += ".missing";
    const Response response = harness.exchange(shared(endpoint));
    assert_failed(response, Failure::connect);
    assert_true(contains(response.failure_text, ".missing"));
}

void tls_sessions_are_used_again_by_other_handles(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    const auto endpoint = shared(trusting_endpoint_at(server, kTls12));
    assert_string_equal(word(harness.exchange(endpoint, "{}", "/close"), 2).c_str(), ".");
    for (int i = 0; i < 8; ++i) {
        harness.post(endpoint, "{}", "/close");
    }
    for (const Response& response : harness.results->wait_for(9)) {
        assert_answered(response, 200);
        assert_string_equal(word(response, 2).c_str(), response.id == 1 ? "." : "r");
    }
}

void http_1_1_is_spoken_even_where_http_2_is_offered(void** state) {
    const NginxServer& server = server_of(state);
    Harness harness;
    const Response response = harness.exchange(shared(trusting_endpoint_at(server, kHttp2)));
    assert_string_equal(word(response, 0).c_str(), "HTTP/1.1");
}

/// 100 requests at once; the answers have to be in `protocol`, over `connections` at most.
void exchange_with_http_2(const NginxServer& server, std::size_t block, const char* protocol,
                          std::size_t connections) {
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) == 0) {
        print_message("skipped: this libcurl does not know HTTP/2\n");
        skip();
    }
    Harness harness;
    Endpoint endpoint = trusting_endpoint_at(server, block);
    endpoint.http2 = true;
    endpoint.connections = 8;
    const auto to = shared(endpoint);
    for (int i = 0; i < 100; ++i) {
        harness.post(to);
    }
    std::set<std::string> used;
    for (const Response& response : harness.results->wait_for(100)) {
        assert_answered(response, 200);
        assert_string_equal(word(response, 0).c_str(), protocol);
        used.insert(word(response, 1));
    }
    assert_true(harness.results->one_for_each(100));
    assert_in_range(used.size(), 1, connections);
}

void http_2_needs_few_connections(void** state) {
    exchange_with_http_2(server_of(state), kHttp2, "HTTP/2.0", 2);
}

void http_2_falls_back_where_it_is_not_offered(void** state) {
    exchange_with_http_2(server_of(state), kHttp1, "HTTP/1.1", 8);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_that_nobody_vouches_for_is_refused),
        cmocka_unit_test(a_trusted_certificate_is_taken),
        cmocka_unit_test(a_trusted_certificate_of_another_name_is_refused),
        cmocka_unit_test(another_certificate_of_the_same_name_is_refused),
        cmocka_unit_test(a_connection_is_not_shared_with_who_would_not_trust_it),
        cmocka_unit_test(a_missing_certificate_file_is_named),
        cmocka_unit_test(tls_sessions_are_used_again_by_other_handles),
        cmocka_unit_test(http_1_1_is_spoken_even_where_http_2_is_offered),
        cmocka_unit_test(http_2_needs_few_connections),
        cmocka_unit_test(http_2_falls_back_where_it_is_not_offered),
    };
    return cmocka_run_group_tests_name("engine tls", tests, start_nginx, stop_nginx);
}
