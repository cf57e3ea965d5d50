// Memory runs out at each allocation of the engine's thread in turn: every request is still answered.

#include <memory>
#include <string>

#include "engine_harness.hpp"
#include "http_server.hpp"
#include "limited_memory.hpp"

#ifdef AEP_SANITIZER_OWNS_NEW

int main() {
    return aep::test::skip_without_own_memory();
}

#else

namespace {

using namespace aep::edge;
using namespace aep::test;

/// An engine whose thread knows that its memory is limited, but not while a response is handed over.
class LimitedHarness : public Harness {
  public:
    LimitedHarness()
        : Harness([](const Response&) {
              memory_is_limited = true;
              allocations_left = -1;
          }) {}
};

/// The answer to a request to `endpoint` when allocation number `number` fails.
Response exchange_without_memory(LimitedHarness& harness, const Endpoint& endpoint, long number) {
    auto to = shared(endpoint);
    has_failed = false;
    allocations_left = number;
    return harness.exchange(to, "{}", "/ee/v1/interact?configId=ebebf826-a01f-4458-8cec-ef61de241c93",
                            {{"Content-Type", "text/plain; charset=UTF-8"}});
}

/// Lets each allocation fail in turn; `Failure::none` or `failure` may come of it.
void exhaust(const Endpoint& endpoint, Failure failure) {
    LimitedHarness harness;
    harness.exchange(shared(endpoint));
    std::size_t failed = 0;
    for (long number = 0;; ++number) {
        const Response response = exchange_without_memory(harness, endpoint, number);
        if (!has_failed) {
            break;
        }
        failed += response.failure == Failure::refused ? 1 : 0;
        assert_true(response.failure == Failure::none || response.failure == Failure::refused ||
                    response.failure == failure);
        assert_true(number < 1000);
    }
    assert_true(failed > 3);
    assert_true(harness.results->one_for_each(harness.results->count()));
}

void a_request_is_refused_when_memory_runs_out(void**) {
    const std::string large = "{" + std::string(20000, 'x');
    Server server(
        answering(answer(large, "X-Adobe-Edge: OR2;9;and-some-more-so-that-it-has-to-be-allocated\r\n")));
    exhaust(endpoint_at(server.url()), Failure::refused);
}

void a_failure_is_told_when_memory_runs_out(void**) {
    Server server([](Connection& connection) { connection.receive(); });
    exhaust(endpoint_at(server.url()), Failure::transfer);
}

void a_request_that_cannot_even_be_queued_is_refused(void**) {
    LimitedHarness harness;
    // One to share it, one for the queue.
    for (std::size_t number = 0; number < 2; ++number) {
        Request request;
        request.id = number;
        request.endpoint = shared(endpoint_at("http://127.0.0.1:9"));
        memory_is_limited = true;
        allocations_left = static_cast<long>(number);
        harness.engine.submit(std::move(request));
        memory_is_limited = false;
        const Response response = harness.results->wait_for(number + 1).back();
        assert_failed(response, Failure::refused);
        assert_int_equal(response.id, number);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_refused_when_memory_runs_out),
        cmocka_unit_test(a_failure_is_told_when_memory_runs_out),
        cmocka_unit_test(a_request_that_cannot_even_be_queued_is_refused),
    };
    return cmocka_run_group_tests_name("engine memory", tests, nullptr, nullptr);
}

#endif
