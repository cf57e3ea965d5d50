// Answers that are none: those of other requests, and those of what stands between us and Edge.

#include <string>

#include "engine_harness.hpp"
#include "expect.hpp"
#include "http_server.hpp"

namespace {

using namespace aep::edge;
using namespace aep::test;

constexpr std::string_view kPage = "<html>Sign in to the hotel's network</html>";

std::string target_of(const std::string& id, const std::string& action = "interact") {
    return "/ee/v1/" + action + "?configId=a&requestId=" + id;
}

std::string id_in(const std::string& line) {
    const std::size_t begin = line.find("requestId=") + std::string_view("requestId=").size();
    return line.substr(begin, line.find(' ', begin) - begin);
}

std::string answer_to(const ReceivedRequest& request) {
    return answer(R"({"requestId":")" + id_in(request.line) + R"(-1f","handle":[]})");
}

/// Answers the first request of a connection as it should, and each of the next ones as if it were the one before.
void one_behind(Connection& connection) {
    std::string last;
    while (const auto request = connection.receive()) {
        const std::string own = answer_to(*request);
        if (!connection.send(last.empty() ? own : last)) {
            return;
        }
        last = own;
    }
}

void an_answer_to_another_request_is_thrown_away(void**) {
    Server server(one_behind);
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    assert_answered(harness.exchange(endpoint, "{}", target_of("r-1")), 200);
    const Response late = harness.exchange(endpoint, "{}", target_of("r-2"));
    assert_failed(late, Failure::transfer);
    assert_true(late.body.empty());
    assert_true(late.headers.empty());
    expect_text(late.failure_text,
                "the answer belongs to another request, with the ID \"r-1-1f\"; its connection is closed");
}

void its_connection_is_closed(void**) {
    Server server(one_behind);
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    for (int pair = 0; pair < 5; ++pair) {
        const std::string id = std::to_string(pair);
        assert_answered(harness.exchange(endpoint, "{}", target_of("r-" + id)), 200);
        assert_failed(harness.exchange(endpoint, "{}", target_of("s-" + id)), Failure::transfer);
    }
    assert_int_equal(server.connections(), 5);
}

/// As a proxy does that is out of step for good.
void nobody_ever_gets_what_is_not_his(void**) {
    Server server(one_behind);
    Harness harness;
    Endpoint settings = endpoint_at(server.url());
    settings.connections = 32;
    const auto endpoint = shared(settings);
    constexpr std::size_t kRequests = 400;
    for (std::size_t number = 0; number < kRequests; ++number) {
        harness.post(endpoint, "{}", target_of("r-" + std::to_string(number + 1)));
    }
    std::size_t answered = 0;
    for (const Response& response : harness.results->wait_for(kRequests)) {
        if (response.failure == Failure::none) {
            ++answered;
            expect_part(response.body, "\"r-" + std::to_string(response.id) + "-1f\"");
        } else {
            assert_failed(response, Failure::transfer);
        }
    }
    // How many depends on which requests libcurl has put on a connection before it is known to be out of step.
    assert_true(answered != 0);
}

void the_header_tells_where_there_is_no_body(void**) {
    Server server([](Connection& connection) {
        while (connection.receive()) {
            connection.send(answer("", "X-Request-Id: r-1-1f\r\n"));
        }
    });
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    assert_answered(harness.exchange(endpoint, "{}", target_of("r-1", "collect")), 200);
    assert_failed(harness.exchange(endpoint, "{}", target_of("r-2", "collect")), Failure::transfer);
}

void an_error_of_another_request_is_no_answer_either(void**) {
    Server server(
        answering(answer(R"({"status":400,"report":{"requestId":"r-1-1f"}})", "", "400 Bad Request")));
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    assert_answered(harness.exchange(endpoint, "{}", target_of("r-1")), 400);
    assert_failed(harness.exchange(endpoint, "{}", target_of("r-2")), Failure::transfer);
}

void what_is_too_large_may_be_anothers(void**) {
    Server server([](Connection& connection) {
        connection.receive();
        connection.send("HTTP/1.1 200 OK\r\n\r\n{\"requestId\":\"r-1-1f\",");
        const std::string piece(16384, ' ');
        while (connection.send(piece)) {
        }
    });
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    const Response own = harness.exchange(endpoint, "{}", target_of("r-1"));
    assert_true(own.failure == Failure::too_large);
    assert_int_equal(own.status, 200);
    assert_failed(harness.exchange(endpoint, "{}", target_of("r-2")), Failure::transfer);
}

void a_page_in_place_of_an_answer_is_none(void**) {
    Server server(answering(answer(kPage, "Content-Type: text/html\r\n")));
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    for (const char* const action : {"interact", "collect", "identity/acquire", "privacy/set-consent"}) {
        const Response response = harness.exchange(endpoint, "{}", target_of("r-1", action));
        assert_failed(response, Failure::transfer);
        expect_part(response.failure_text,
                    "the answer is not Edge's: 200 with text/html, expected a JSON object; look for ");
    }
}

void an_empty_answer_is_none_where_handles_are_owed(void**) {
    Server server(answering(answer("")));
    Harness harness;
    const auto endpoint = shared(endpoint_at(server.url()));
    const Response response = harness.exchange(endpoint, "{}", target_of("r-1"));
    assert_failed(response, Failure::transfer);
    expect_part(response.failure_text, "200 with no body");
    assert_answered(harness.exchange(endpoint, "{}", target_of("r-1", "collect")), 200);
}

void an_endless_page_is_none_either(void**) {
    Server server([](Connection& connection) {
        connection.receive();
        connection.send("HTTP/1.1 200 OK\r\n\r\n");
        while (connection.send(std::string(16384, 'x'))) {
        }
    });
    Harness harness;
    const Response response =
        harness.exchange(shared(endpoint_at(server.url())), "{}", target_of("r-1", "collect"));
    assert_failed(response, Failure::transfer);
    expect_part(response.failure_text, "200 with a body of no type");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_to_another_request_is_thrown_away),
        cmocka_unit_test(its_connection_is_closed),
        cmocka_unit_test(nobody_ever_gets_what_is_not_his),
        cmocka_unit_test(the_header_tells_where_there_is_no_body),
        cmocka_unit_test(an_error_of_another_request_is_no_answer_either),
        cmocka_unit_test(what_is_too_large_may_be_anothers),
        cmocka_unit_test(a_page_in_place_of_an_answer_is_none),
        cmocka_unit_test(an_empty_answer_is_none_where_handles_are_owed),
        cmocka_unit_test(an_endless_page_is_none_either),
    };
    return cmocka_run_group_tests_name("answers of an engine", tests, nullptr, nullptr);
}
