// What becomes of a request when the resolver, the network, the server or libcurl itself fails.

#include <atomic>
#include <string>
#include <vector>

#include "curl_interposer.hpp"
#include "engine_harness.hpp"
#include "fake_resolver.hpp"
#include "http_server.hpp"

namespace {

/// What curl_multi_socket_action shall return instead of doing its work, once.
std::atomic<CURLMcode> next_result{CURLM_OK};

/// Whether libcurl does nothing any more.
std::atomic<bool> idle{false};

/// How many more calls of curl_multi_init find no memory.
std::atomic<int> multis_without_memory{0};

}  // namespace

extern "C" __attribute__((visibility("default"))) CURLM* curl_multi_init() {
    using Function = CURLM* (*)();
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "curl_multi_init"));
    return multis_without_memory > 0 && multis_without_memory-- > 0 ? nullptr : real();
}

CURLMcode aep::test::before_socket_action() {
    return idle ? kDoNothing : next_result.exchange(CURLM_OK);
}

namespace {

using namespace aep::edge;
using namespace aep::test;

/// In milliseconds: no timeout of a test's is so long, nor does what it is about come so soon by itself.
constexpr auto kLongAfter = 15'000;

Endpoint impatient_endpoint_at(std::string base_url) {
    Endpoint endpoint = endpoint_at(std::move(base_url));
    endpoint.timeout = 400ms;
    return endpoint;
}

void a_name_that_does_not_exist(void**) {
    Harness harness;
    assert_failed(harness.exchange(shared(endpoint_at("http://edge.missing"))), Failure::resolve);
}

void a_resolver_that_never_answers(void**) {
    Harness harness;
    Endpoint endpoint = endpoint_at("http://edge.stuck");
    endpoint.connect_timeout = 200ms;
    const auto begin = Time::now();
    assert_failed(harness.exchange(shared(endpoint)), Failure::resolve);
    assert_in_range(since(begin).count(), 150, kLongAfter);
}

void a_port_that_nobody_listens_on(void**) {
    unsigned port = 0;
    {
        const Server server(silent());
        port = server.port();
    }
    Harness harness;
    const Response response =
        harness.exchange(shared(endpoint_at("http://127.0.0.1:" + std::to_string(port))));
    assert_failed(response, Failure::connect);
}

void a_handshake_that_is_never_answered(void**) {
    Server server(silent());
    Harness harness;
    Endpoint endpoint = endpoint_at(server.url("https"));
    endpoint.connect_timeout = 200ms;
    const auto begin = Time::now();
    assert_failed(harness.exchange(shared(endpoint)), Failure::connect);
    assert_in_range(since(begin).count(), 150, kLongAfter);
}

void a_server_that_does_not_speak_tls(void**) {
    Server server(answering(answer("")));
    Harness harness;
    assert_failed(harness.exchange(shared(impatient_endpoint_at(server.url("https")))), Failure::connect);
}

void a_request_that_is_never_answered(void**) {
    Server server(silent());
    Harness harness;
    const auto begin = Time::now();
    const Response response = harness.exchange(shared(impatient_endpoint_at(server.url())));
    assert_failed(response, Failure::timeout);
    assert_in_range(since(begin).count(), 350, kLongAfter);
    assert_true(response.elapsed >= 350ms);
}

void an_answer_that_stops_in_the_middle(void**) {
    Server server([](Connection& connection) {
        connection.receive();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        connection.wait_for_close();
    });
    Harness harness;
    const Response response = harness.exchange(shared(impatient_endpoint_at(server.url())));
    assert_failed(response, Failure::timeout);
    assert_true(response.headers.empty());
    assert_true(response.body.empty());
}

void no_request_waits_longer_for_a_connection_than_a_page(void**) {
    Server server(silent());
    Harness harness;
    Endpoint endpoint = endpoint_at(server.url());
    endpoint.connections = 1;
    endpoint.answer_timeout = 200ms;
    const auto to = shared(endpoint);
    for (int i = 0; i < 10; ++i) {
        harness.post(to);
    }
    for (const Response& response : harness.results->wait_for(9)) {
        assert_failed(response, Failure::refused);
        assert_int_not_equal(response.id, 1);  // which has the connection
    }
    assert_int_equal(harness.results->count(), 9);
}

/// Whether two requests are answered of which the second has to wait for the first one's connection, so that both
/// together take longer than one may.
bool both_are_answered() {
    Server server([](Connection& connection) {
        connection.receive();
        std::this_thread::sleep_for(700ms);
        connection.send(answer("{}", "Connection: close\r\n"));
    });
    Harness harness;
    Endpoint endpoint = endpoint_at(server.url());
    endpoint.timeout = 1300ms;
    endpoint.connections = 1;
    const auto to = shared(endpoint);
    harness.post(to);
    harness.post(to);
    const std::vector<Response> responses = harness.results->wait_for(2);
    return responses[0].status == 200 && responses[1].status == 200;
}

/// Or Edge would take it, and get it again.
void a_request_that_has_waited_for_a_connection_has_all_of_its_time(void**) {
    bool was_in_time = false;
    for (int tries = 0; !was_in_time && tries < 10; ++tries) {  // the machine may have other things to do
        was_in_time = both_are_answered();
    }
    assert_true(was_in_time);
}

void a_connection_that_is_broken_off(void**) {
    const std::vector<std::string> said = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
                                           "HTTP/1.1 200", "SSH-2.0-OpenSSH_9.2\r\n",
                                           "HTTP/9.9 200 OK\r\n\r\n"};
    for (const std::string& text : said) {
        Server server([&](Connection& connection) {
            connection.receive();
            connection.send(text);
        });
        Harness harness;
        assert_failed(harness.exchange(shared(endpoint_at(server.url()))), Failure::transfer);
    }
}

void a_body_that_is_not_what_its_coding_says(void**) {
    Server server(answering(answer("this is not gzip", "Content-Encoding: gzip\r\n")));
    Harness harness;
    assert_failed(harness.exchange(shared(endpoint_at(server.url()))), Failure::transfer);
}

void a_dead_endpoint_does_not_hold_up_another(void**) {
    Server dead(silent());
    Server alive(answering(answer("{}")));
    Harness harness;
    for (int i = 0; i < 20; ++i) {
        harness.post(shared(endpoint_at(dead.url())));
        harness.post(shared(endpoint_at(dead.url("https"))));
        harness.post(shared(endpoint_at("http://edge" + std::to_string(i) + ".stuck")));
    }
    const auto good = shared(endpoint_at(alive.url()));
    for (int i = 0; i < 100; ++i) {
        harness.post(good);
    }
    for (const Response& response : harness.results->wait_for(100)) {
        assert_answered(response, 200);
    }
}

void submitting_never_waits(void**) {
    Harness harness;
    const auto endpoint = shared(endpoint_at("http://edge.stuck"));
    const auto begin = Time::now();
    for (int i = 0; i < 200; ++i) {
        harness.post(endpoint);
    }
    assert_in_range(since(begin).count(), 0, kLongAfter);
}

/// In libcurl's own queue a request waits to learn whether a connection to its host speaks HTTP/2. Some versions end it
/// there in time, others know no timeouts there: then it is the engine that does.
void a_transfer_that_waits_in_libcurl_is_ended(void**) {
    Server server(silent());
    Harness harness;
    Endpoint patient = endpoint_at(server.url());
    patient.connections = 1;
    patient.http2 = true;
    Endpoint forgotten = patient;
    forgotten.timeout = 100ms;
    harness.post(shared(patient));
    wait_until([&] { return server.connections() == 1; });
    const auto to = shared(forgotten);
    const auto begin = Time::now();
    harness.post(to);
    harness.post(to);
    for (const Response& response : harness.results->wait_for(2)) {
        // Nobody has asked a resolver or a host for it.
        assert_true(response.failure == Failure::timeout || response.failure == Failure::refused);
    }
    assert_in_range(since(begin).count(), 90, kLongAfter);
    assert_int_equal(harness.results->count(), 2);
}

void a_transfer_that_libcurl_forgets_is_ended(void**) {
    Server server(silent());
    Harness harness;
    Endpoint forgotten = endpoint_at(server.url());
    forgotten.timeout = 100ms;
    idle = true;
    const auto begin = Time::now();
    assert_failed(harness.exchange(shared(forgotten)), Failure::timeout);
    idle = false;
    assert_in_range(since(begin).count(), 1900, kLongAfter);
}

void a_failure_of_libcurl_ends_what_is_under_way_and_no_more(void**) {
    std::atomic<int> connections{0};
    std::atomic<bool> speaks{false};
    Server server([&](Connection& connection) {
        if (++connections > 1) {
            answering(answer("{}"))(connection);
            return;
        }
        connection.receive();
        wait_until([&] { return speaks.load(); });
        connection.send("HTTP/1.1 ");  // so that libcurl has something to do
        connection.wait_for_close();
    });
    Harness harness;
    Endpoint narrow = endpoint_at(server.url());
    narrow.connections = 1;
    const auto to = shared(narrow);
    harness.post(to);
    harness.post(to);
    wait_until([&] { return connections == 1; });

    next_result = CURLM_INTERNAL_ERROR;
    harness.post(to);
    speaks = true;
    const std::vector<Response> responses = harness.results->wait_for(3);
    assert_failed(responses[0], Failure::transfer);
    assert_int_equal(responses[0].id, 1);
    assert_answered(responses[1], 200);
    assert_answered(responses[2], 200);
    assert_true(harness.results->one_for_each(3));
    assert_int_equal(harness.results->lines().size(), 1);
    assert_true(contains(harness.results->lines()[0], "libcurl failed"));
}

void libcurl_fails_while_there_is_no_memory_for_another_multi_handle(void**) {
    Server server(answering(answer("")));
    Harness harness;
    const auto to = shared(endpoint_at(server.url()));
    assert_answered(harness.exchange(to), 200);

    multis_without_memory = 2;
    next_result = CURLM_OUT_OF_MEMORY;
    assert_failed(harness.exchange(to), Failure::transfer);
    assert_failed(harness.exchange(to), Failure::refused);
    assert_answered(harness.exchange(to), 200);
}

void the_answer_comes_again_where_there_was_no_memory_for_it(void**) {
    Server server(answering(answer("{}")));
    std::atomic<int> failures{3};
    Harness harness([&failures](const Response&) {
        if (failures-- > 0) {
            throw std::bad_alloc();
        }
    });
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 200);
    assert_string_equal(response.body.c_str(), "{}");
}

void an_engine_that_is_stopped_waits_for_no_memory(void**) {
    Server server(answering(answer("{}")));
    std::atomic<int> failures{0};
    Harness harness([&failures](const Response&) {
        ++failures;
        throw std::bad_alloc();
    });
    harness.post(shared(endpoint_at(server.url())));
    while (failures < 3) {
        std::this_thread::sleep_for(1ms);
    }
    assert_true(harness.engine.stop(5s));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_does_not_exist),
        cmocka_unit_test(a_resolver_that_never_answers),
        cmocka_unit_test(a_port_that_nobody_listens_on),
        cmocka_unit_test(a_handshake_that_is_never_answered),
        cmocka_unit_test(a_server_that_does_not_speak_tls),
        cmocka_unit_test(a_request_that_is_never_answered),
        cmocka_unit_test(an_answer_that_stops_in_the_middle),
        cmocka_unit_test(no_request_waits_longer_for_a_connection_than_a_page),
        cmocka_unit_test(a_request_that_has_waited_for_a_connection_has_all_of_its_time),
        cmocka_unit_test(a_connection_that_is_broken_off),
        cmocka_unit_test(a_body_that_is_not_what_its_coding_says),
        cmocka_unit_test(a_dead_endpoint_does_not_hold_up_another),
        cmocka_unit_test(submitting_never_waits),
        cmocka_unit_test(a_transfer_that_waits_in_libcurl_is_ended),
        cmocka_unit_test(a_transfer_that_libcurl_forgets_is_ended),
        cmocka_unit_test(a_failure_of_libcurl_ends_what_is_under_way_and_no_more),
        cmocka_unit_test(libcurl_fails_while_there_is_no_memory_for_another_multi_handle),
        cmocka_unit_test(the_answer_comes_again_where_there_was_no_memory_for_it),
        cmocka_unit_test(an_engine_that_is_stopped_waits_for_no_memory),
    };
    return cmocka_run_group_tests_name("engine failures", tests, nullptr, nullptr);
}
