// What an engine sends, and what it makes of the answers of a server that works.

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <curl/curl.h>

#include "engine_harness.hpp"
#include "http_server.hpp"

namespace {

using namespace aep::edge;
using namespace aep::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::string_view kBody = R"({"handle":[]})";

// kBody with gzip, and two megabytes of zeros with brotli.
constexpr std::string_view kGzip =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x48\xcc\x4b\xc9\x49\x55\xb2\x8a\x8e\xad\x05\x00\x96"
    "\x1f\x81\xc3\x0d\x00\x00\x00"sv;
constexpr std::string_view kBrotliZeros = "\x9f\xff\xff\x1f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x03"sv;

void assert_too_large(const Response& response, int status) {
    assert_string_equal(std::string(to_string(response.failure)).c_str(), "too_large");
    assert_int_equal(response.status, status);
    assert_true(response.body.empty());
}

void an_answer_comes_with_status_headers_and_body(void**) {
    Server server(answering(
        answer(kBody, "Content-Type: application/json\r\nX-Adobe-Edge:  OR2;9 \r\n", "207 Multi-Status")));
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 207);
    assert_string_equal(response.body.c_str(), kBody.data());
    assert_string_equal(value_of(response, "x-adobe-edge").c_str(), "OR2;9");
    assert_string_equal(value_of(response, "content-type").c_str(), "application/json");
    assert_true(response.failure_text.empty());
    assert_true(response.elapsed.count() > 0);
    assert_true(harness.results->lines().empty());
}

void a_request_arrives_as_it_was_given(void**) {
    ReceivedRequest received;
    Server server(answering([&](const ReceivedRequest& request) {
        received = request;
        return answer(kBody);
    }));
    Harness harness;
    const std::string body = "{\"price\":19.99,\"zero\":\"\0\"}"s;
    harness.exchange(
        shared(endpoint_at(server.url())), body, "/ee/../or2/v1/interact?configId=a:dev&requestId=%7C",
        {{"Content-Type", "text/plain; charset=UTF-8"}, {"X-Empty", ""}, {"Referer", "https://a.example/b"}});
    assert_string_equal(received.line.c_str(),
                        "POST /ee/../or2/v1/interact?configId=a:dev&requestId=%7C HTTP/1.1");
    assert_true(received.body == body);
    assert_string_equal(received.header("content-type").value_or("").c_str(), "text/plain; charset=UTF-8");
    assert_string_equal(received.header("x-empty").value_or("none").c_str(), "");
    assert_string_equal(received.header("referer").value_or("").c_str(), "https://a.example/b");
    assert_string_equal(received.header("accept-encoding").value_or("").c_str(), "gzip");
    for (const char* name : {"expect", "user-agent", "cookie", "authorization"}) {
        assert_false(received.header(name).has_value());
    }
}

void a_large_body_goes_out_without_a_round_trip(void**) {
    ReceivedRequest received;
    Server server(answering([&](const ReceivedRequest& request) {
        received = request;
        return answer("");
    }));
    Harness harness;
    const std::string body(2 * Engine::kMaxResponse, 'x');
    assert_answered(harness.exchange(shared(endpoint_at(server.url())), body), 200);
    assert_true(received.body == body);
    assert_false(received.header("expect").has_value());
}

void connections_are_used_again(void**) {
    Server server(answering(answer(kBody)));
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    for (int i = 0; i < 50; ++i) {
        assert_answered(harness.exchange(endpoint), 200);
    }
    assert_int_equal(server.connections(), 1);
}

/// A server may close an idle connection just when it is used again; that request is sent once more, whole, and
/// as often as it happens.
void a_connection_that_the_server_closed_costs_no_request(void**) {
    Server server([](Connection& connection) {
        if (const auto request = connection.receive()) {
            connection.send(answer(request->body));
        }
        connection.receive();
    });
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    for (int i = 0; i < 20; ++i) {
        const Response response = harness.exchange(endpoint, "{\"number\":1}");
        assert_answered(response, 200);
        assert_string_equal(response.body.c_str(), "{\"number\":1}");
    }
    assert_int_equal(server.connections(), 20);
}

void no_more_connections_than_configured(void**) {
    Server server(answering([](const ReceivedRequest&) {
        std::this_thread::sleep_for(10ms);
        return answer(kBody);
    }));
    Harness harness;
    Endpoint endpoint = endpoint_at(server.url());
    endpoint.connections = 4;
    const auto to = shared(endpoint);
    for (int i = 0; i < 64; ++i) {
        harness.post(to);
    }
    for (const Response& response : harness.results->wait_for(64)) {
        assert_answered(response, 200);
    }
    assert_int_equal(server.most_open(), 4);
    assert_true(harness.results->one_for_each(64));
}

void websites_that_share_a_host_have_connections_of_their_own(void**) {
    Server server(silent());
    Harness harness;
    constexpr int kWebsites = 3;
    for (int website = 0; website < kWebsites; ++website) {
        Endpoint endpoint = endpoint_at(server.url());
        endpoint.connections = 2;
        const auto to = shared(endpoint);
        harness.post(to);
        harness.post(to);
    }
    wait_until([&] { return server.most_open() == 2 * kWebsites; });
}

void too_many_in_flight_are_refused_at_once(void**) {
    Server server(silent());
    Harness harness;
    Endpoint endpoint = endpoint_at(server.url());
    endpoint.connections = 2;
    const auto to = shared(endpoint);
    const std::size_t limit = Engine::kInFlightPerConnection * endpoint.connections;
    for (std::size_t i = 0; i < limit + 3; ++i) {
        harness.post(to);
    }
    for (const Response& response : harness.results->wait_for(3)) {
        assert_failed(response, Failure::refused);
        assert_true(response.id > limit);
    }
    assert_int_equal(harness.results->count(), 3);
}

void content_codings_are_removed(void**) {
    Server server(answering(answer(kGzip, "Content-Encoding: gzip\r\n")));
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 200);
    assert_string_equal(response.body.c_str(), kBody.data());
}

void a_body_that_unpacks_to_too_much_is_not_taken(void**) {
    if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI) == 0) {
        print_message("skipped: this libcurl does not know brotli\n");
        return;
    }
    Server server(answering(answer(kBrotliZeros, "Content-Encoding: br\r\n")));
    Harness harness;
    assert_too_large(harness.exchange(shared(endpoint_at(server.url()))), 200);
}

void the_largest_body_is_taken(void**) {
    const std::string body(Engine::kMaxResponse, 'x');
    Server server(answering(answer(body)));
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 200);
    assert_true(response.body == body);
}

void an_endless_body_ends_the_transfer(void**) {
    Server server([](Connection& connection) {
        connection.receive();
        const std::string piece(16384, 'x');
        for (bool open = connection.send("HTTP/1.1 200 OK\r\n\r\n"); open;) {
            open = connection.send(piece);
        }
    });
    Harness harness;
    assert_too_large(harness.exchange(shared(endpoint_at(server.url()))), 200);
}

void endless_headers_end_the_transfer(void**) {
    Server server([](Connection& connection) {
        connection.receive();
        for (bool open = connection.send("HTTP/1.1 200 OK\r\n"); open;) {
            open = connection.send("X-Filler: " + std::string(1000, 'x') + "\r\n");
        }
    });
    Harness harness;
    assert_too_large(harness.exchange(shared(endpoint_at(server.url()))), 200);
}

void only_headers_of_the_final_response_come(void**) {
    Server server(
        answering("HTTP/1.1 103 Early Hints\r\nLink: </a.js>\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\nX-Kept: 1\r\n\r\n"
                  "4\r\n{\"ha\r\n9\r\nndle\":[]}\r\n0\r\nX-Late: 1\r\n\r\n"));
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 200);
    assert_string_equal(response.body.c_str(), kBody.data());
    assert_string_equal(value_of(response, "x-kept").c_str(), "1");
    assert_string_equal(value_of(response, "link").c_str(), "(none)");
    assert_string_equal(value_of(response, "x-late").c_str(), "(none)");
}

void repeated_and_folded_headers_are_kept(void**) {
    Server server(
        answering(answer("", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Folded: one\r\n\ttwo\r\nX-Empty:\r\n",
                         "204 No Content")));
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    assert_answered(response, 204);
    std::string cookies;
    for (const auto& [name, value] : response.headers) {
        cookies += name == "set-cookie" ? value + ";" : "";
    }
    assert_string_equal(cookies.c_str(), "a=1;b=2;");
    assert_string_equal(value_of(response, "x-folded").c_str(), "one two");
    assert_string_equal(value_of(response, "x-empty").c_str(), "");
}

void redirects_are_not_followed(void**) {
    Server server(answering(answer("", "Location: /elsewhere\r\n", "302 Found")));
    Harness harness;
    assert_answered(harness.exchange(shared(endpoint_at(server.url()))), 302);
    assert_int_equal(server.connections(), 1);
}

void a_proxy_of_the_environment_is_not_used(void**) {
    Server server(answering(answer(kBody)));
    setenv("http_proxy", "http://127.0.0.1:9", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    Harness harness;
    const Response response = harness.exchange(shared(endpoint_at(server.url())));
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_answered(response, 200);
}

void a_configured_proxy_is_used(void**) {
    std::string line;
    Server proxy(answering([&](const ReceivedRequest& request) {
        line = request.line;
        return answer(kBody);
    }));
    setenv("no_proxy", "*", 1);
    Harness harness;
    Endpoint endpoint = endpoint_at("http://edge.invalid");
    endpoint.proxy = proxy.url();
    const Response response = harness.exchange(shared(endpoint));
    unsetenv("no_proxy");
    assert_answered(response, 200);
    assert_string_equal(line.c_str(), "POST http://edge.invalid/ HTTP/1.1");
}

void a_response_brings_its_request_back_and_holds_it_alone(void**) {
    Server server(answering(answer(kBody)));
    std::atomic<long> holders = 0;
    Harness harness([&holders](const Response& response) { holders = response.request.use_count(); });
    const auto endpoint = shared(endpoint_at(server.url()));
    for (const char* target : {"/", "refused"}) {
        const Response response = harness.exchange(endpoint, "{\"a\":1}", target);
        assert_true(response.failure == (*target == '/' ? Failure::none : Failure::refused));
        assert_string_equal(response.request->body.c_str(), "{\"a\":1}");
        if (response.failure == Failure::none) {
            assert_int_equal(holders, 1);
        }
    }
}

void what_cannot_be_sent_safely_is_refused(void**) {
    Server server(answering(answer(kBody)));
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    for (const char* target :
         {"", "ee/v1/interact", "@elsewhere.example/", ".elsewhere.example/", "/a b", "/a\r\nX: y"}) {
        assert_failed(harness.exchange(endpoint, "{}", target), Failure::refused);
    }
    const std::vector<Header> wrong = {
        {"X-A", "a\r\nX-B: b"}, {"X-A", "a\nb"}, {"X-A", "a\0b"s}, {"X-A\r\nX-B", "a"}, {"", "a"}};
    for (const Header& header : wrong) {
        assert_failed(harness.exchange(endpoint, "{}", "/", {header}), Failure::refused);
    }
    assert_failed(harness.exchange(nullptr), Failure::refused);
    assert_int_equal(server.connections(), 0);
    assert_answered(harness.exchange(endpoint), 200);
}

void each_of_many_requests_from_many_threads_gets_one_answer(void**) {
    Server server(answering([](const ReceivedRequest& request) { return answer(request.body); }));
    Endpoint endpoint = endpoint_at(server.url());
    endpoint.connections = 64;
    const auto to = shared(endpoint);
    Harness harness;
    constexpr int kThreads = 4;
    constexpr int kEach = 250;
    std::vector<std::thread> submitters;
    submitters.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
        submitters.emplace_back([&harness, to, thread] {
            for (int i = 1; i <= kEach; ++i) {
                const int id = thread * kEach + i;
                Request request;
                request.id = static_cast<std::uint64_t>(id);
                request.endpoint = to;
                request.target = "/";
                request.body = std::to_string(id);
                harness.engine.submit(std::move(request));
            }
        });
    }
    for (std::thread& submitter : submitters) {
        submitter.join();
    }
    for (const Response& response : harness.results->wait_for(kThreads * kEach)) {
        assert_answered(response, 200);
        assert_string_equal(response.body.c_str(), std::to_string(response.id).c_str());
    }
    assert_true(harness.results->one_for_each(kThreads * kEach));
}

void a_callback_may_submit_the_next_request(void**) {
    Server server(answering(answer(kBody)));
    const auto endpoint = shared(endpoint_at(server.url()));
    Harness* harness_of_callback = nullptr;
    std::atomic<int> left{5};
    Harness harness([&](const Response&) {
        if (left-- > 0) {
            harness_of_callback->post(endpoint);
        }
    });
    harness_of_callback = &harness;
    harness.post(endpoint);
    harness.results->wait_for(6);
    assert_true(harness.results->one_for_each(6));
}

/// How often an engine asks to be woken for three requests.
int wake_ups_for_three_requests() {
    Server server(answering(answer("{}")));
    Harness harness;
    const auto to = shared(endpoint_at(server.url()));
    int asked = 0;
    harness.engine.wake_when_asked([&asked] { ++asked; });
    std::this_thread::sleep_for(100ms);  // until the thread waits
    for (int count = 0; count < 3; ++count) {
        harness.post(to);
    }
    const int wake_ups = asked;
    harness.engine.wake();
    harness.results->wait_for(3);
    return wake_ups;
}

void several_requests_cost_one_wake_up(void**) {
    int wake_ups = 0;
    for (int tries = 0; wake_ups != 1 && tries < 10; ++tries) {  // the machine may have other things to do
        wake_ups = wake_ups_for_three_requests();
    }
    assert_int_equal(wake_ups, 1);
}

void the_thread_takes_no_signals_and_all_processors(void**) {
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (unsigned processor = 0; processor < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++processor) {
        if (CPU_ISSET(processor, &before)) {
            CPU_SET(processor, &one);
        }
    }
    sched_setaffinity(0, sizeof one, &one);

    std::atomic<int> processors{0};
    std::atomic<int> unblocked{0};
    Server server(answering(answer(kBody)));
    {
        Harness harness([&](const Response&) {
            cpu_set_t own;
            sched_getaffinity(0, sizeof own, &own);
            processors = CPU_COUNT(&own);
            sigset_t mask;
            pthread_sigmask(SIG_SETMASK, nullptr, &mask);
            for (const int signal :
                 {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD, SIGALRM, SIGUSR1, SIGUSR2, SIGPIPE}) {
                unblocked += sigismember(&mask, signal) == 1 ? 0 : 1;
            }
        });
        assert_answered(harness.exchange(shared(endpoint_at(server.url()))), 200);
    }
    sched_setaffinity(0, sizeof before, &before);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    assert_int_equal(unblocked, 0);
    assert_true(processors >= CPU_COUNT(&before));  // more, where this program is bound to some
    assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_with_status_headers_and_body),
        cmocka_unit_test(a_request_arrives_as_it_was_given),
        cmocka_unit_test(a_large_body_goes_out_without_a_round_trip),
        cmocka_unit_test(connections_are_used_again),
        cmocka_unit_test(a_connection_that_the_server_closed_costs_no_request),
        cmocka_unit_test(no_more_connections_than_configured),
        cmocka_unit_test(websites_that_share_a_host_have_connections_of_their_own),
        cmocka_unit_test(too_many_in_flight_are_refused_at_once),
        cmocka_unit_test(content_codings_are_removed),
        cmocka_unit_test(a_body_that_unpacks_to_too_much_is_not_taken),
        cmocka_unit_test(the_largest_body_is_taken),
        cmocka_unit_test(an_endless_body_ends_the_transfer),
        cmocka_unit_test(endless_headers_end_the_transfer),
        cmocka_unit_test(only_headers_of_the_final_response_come),
        cmocka_unit_test(repeated_and_folded_headers_are_kept),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(a_proxy_of_the_environment_is_not_used),
        cmocka_unit_test(a_configured_proxy_is_used),
        cmocka_unit_test(a_response_brings_its_request_back_and_holds_it_alone),
        cmocka_unit_test(what_cannot_be_sent_safely_is_refused),
        cmocka_unit_test(each_of_many_requests_from_many_threads_gets_one_answer),
        cmocka_unit_test(a_callback_may_submit_the_next_request),
        cmocka_unit_test(several_requests_cost_one_wake_up),
        cmocka_unit_test(the_thread_takes_no_signals_and_all_processors),
    };
    return cmocka_run_group_tests_name("engine", tests, nullptr, nullptr);
}
