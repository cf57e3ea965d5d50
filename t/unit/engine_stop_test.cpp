// How an engine starts and stops, and that neither ever waits for the network.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "curl_interposer.hpp"
#include "engine_harness.hpp"
#include "fake_resolver.hpp"
#include "http_server.hpp"

namespace {

/// While it is set, the engine's thread does not come back from curl_multi_socket_action.
std::atomic<bool> hold{false};
std::atomic<bool> held{false};

}  // namespace

CURLMcode aep::test::before_socket_action() {
    while (hold) {
        held = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    held = false;
    return CURLM_OK;
}

namespace {

using namespace aep::edge;
using namespace aep::test;

/// Less than what is under way may take, or the resolver hangs (20 s).
constexpr auto kStopPatience = 8000ms;

/// Stops the engine with 40 requests to `base_url` under way, and checks that this is quick and silent.
void stop_in_the_middle_of(const std::string& base_url) {
    Harness harness;
    const auto to = shared(endpoint_at(base_url));
    for (int i = 0; i < 40; ++i) {
        harness.post(to);
    }
    std::this_thread::sleep_for(100ms);
    const auto begin = Time::now();
    assert_true(harness.engine.stop(kStopPatience));
    assert_true(since(begin) < kStopPatience);
    assert_int_equal(harness.results->count(), 0);
}

/// The exit status of a child that runs `body` and then ends as a program does; -1 if it has to be killed.
int exit_status_of(const std::function<void()>& body, std::chrono::milliseconds patience) {
    const pid_t child = fork();
    if (child == 0) {
        body();
        std::exit(0);
    }
    for (const auto begin = Time::now(); since(begin) < patience;) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        std::this_thread::sleep_for(10ms);
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    return -1;
}

/// First of all tests: the parent has no thread yet, nor anything of libcurl.
void a_process_ends_while_its_resolver_is_stuck(void**) {
    assert_int_equal(exit_status_of([] { stop_in_the_middle_of("https://edge.stuck"); }, 15s), 0);
}

void while_the_resolver_is_stuck(void**) {
    stop_in_the_middle_of("https://edge.stuck");
}

void while_a_handshake_is_stuck(void**) {
    Server server(silent());
    stop_in_the_middle_of(server.url("https"));
}

void while_a_server_says_nothing(void**) {
    Server server(silent());
    stop_in_the_middle_of(server.url());
}

void while_nothing_is_under_way(void**) {
    Harness harness;
    const auto begin = Time::now();
    assert_true(harness.engine.stop(kStopPatience));
    assert_true(since(begin) < kStopPatience);
    assert_true(harness.engine.stop(kStopPatience));
}

void while_answers_come(void**) {
    Server server(answering(answer("{}")));
    const auto endpoint = shared(endpoint_at(server.url()));
    for (int round = 0; round < 20; ++round) {
        Harness harness;
        for (int i = 0; i < 100; ++i) {
            harness.post(endpoint);
        }
        harness.results->wait_for(1);
        assert_true(harness.engine.stop(kStopPatience));
        const std::size_t count = harness.results->count();
        std::this_thread::sleep_for(2ms);
        assert_int_equal(harness.results->count(), count);
    }
}

void while_other_threads_submit(void**) {
    Server server(answering(answer("{}")));
    const auto endpoint = shared(endpoint_at(server.url()));
    Harness harness;
    std::atomic<bool> enough{false};
    std::vector<std::thread> submitters;
    submitters.reserve(2);
    for (int thread = 0; thread < 2; ++thread) {
        submitters.emplace_back([&] {
            while (!enough) {
                Request request;
                request.endpoint = endpoint;
                request.target = "/";
                harness.engine.submit(std::move(request));
                std::this_thread::sleep_for(100us);
            }
        });
    }
    harness.results->wait_for(10);
    const bool stopped = harness.engine.stop(kStopPatience);
    enough = true;
    for (std::thread& submitter : submitters) {
        submitter.join();
    }
    assert_true(stopped);
}

void a_destroyed_engine_is_stopped(void**) {
    Server server(silent());
    std::shared_ptr<Results> results;
    const auto begin = Time::now();
    {
        Harness harness;
        results = harness.results;
        harness.post(shared(endpoint_at(server.url())));
    }
    assert_true(since(begin) < kStopPatience);
    wait_until([&] { return results.use_count() == 1; });
    assert_int_equal(results->count(), 0);
}

/// An older libcurl waits for its resolver's thread, for example.
void a_thread_that_is_stuck_is_left_behind(void**) {
    std::shared_ptr<Results> results;
    {
        Server server(answering(answer("{}")));
        Harness harness;
        results = harness.results;
        hold = true;
        harness.post(shared(endpoint_at(server.url())));
        wait_until([] { return held.load(); });
        const auto begin = Time::now();
        assert_false(harness.engine.stop(100ms));
        assert_in_range(since(begin).count(), 90, 20'000);
        assert_false(harness.engine.stop(100ms));
    }
    assert_true(results.use_count() > 1);
    hold = false;
    wait_until([&] { return results.use_count() == 1; });
    assert_int_equal(results->count(), 0);
}

void an_engine_that_does_not_run_refuses(void**) {
    Results results;
    Engine engine([&](Response&& response) { results.add(std::move(response)); }, [](std::string&&) {});
    Request request;
    request.id = 1;
    request.endpoint = shared(endpoint_at("http://127.0.0.1:9"));
    engine.submit(Request(request));
    assert_int_equal(results.count(), 1);

    std::string error;
    assert_true(engine.start(error));
    assert_true(engine.stop(kStopPatience));
    request.id = 2;
    engine.submit(Request(request));
    for (const Response& response : results.wait_for(2)) {
        assert_failed(response, Failure::refused);
    }
    assert_true(results.one_for_each(2));
}

void an_engine_starts_once(void**) {
    Engine engine([](Response&&) {}, [](std::string&&) {});
    std::string error;
    assert_true(engine.start(error));
    assert_false(engine.start(error));
    assert_true(contains(error, "started before"));
    assert_true(engine.stop(kStopPatience));
    assert_false(engine.start(error));
}

void a_backlog_that_the_thread_does_not_take_is_bounded(void**) {
    Server server(answering(answer("{}")));
    const auto endpoint = shared(endpoint_at(server.url()));
    Harness harness;
    hold = true;
    harness.post(endpoint);
    wait_until([] { return held.load(); });
    for (std::size_t i = 0; i < Engine::kMaxBacklog + 2; ++i) {
        harness.post(endpoint);
    }
    const std::vector<Response> refused = harness.results->wait_for(2);
    hold = false;
    assert_in_range(refused.size(), 2, 3);  // the thread may be held before it takes the first request
    for (const Response& response : refused) {
        assert_failed(response, Failure::refused);
    }
    harness.results->wait_for(Engine::kMaxBacklog + 3);
    assert_true(harness.results->one_for_each(Engine::kMaxBacklog + 3));
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_process_ends_while_its_resolver_is_stuck),
        cmocka_unit_test(while_the_resolver_is_stuck),
        cmocka_unit_test(while_a_handshake_is_stuck),
        cmocka_unit_test(while_a_server_says_nothing),
        cmocka_unit_test(while_nothing_is_under_way),
        cmocka_unit_test(while_answers_come),
        cmocka_unit_test(while_other_threads_submit),
        cmocka_unit_test(a_destroyed_engine_is_stopped),
        cmocka_unit_test(a_thread_that_is_stuck_is_left_behind),
        cmocka_unit_test(an_engine_that_does_not_run_refuses),
        cmocka_unit_test(an_engine_starts_once),
        cmocka_unit_test(a_backlog_that_the_thread_does_not_take_is_bounded),
    };
    return cmocka_run_group_tests_name("engine stop", tests, nullptr, nullptr);
}
