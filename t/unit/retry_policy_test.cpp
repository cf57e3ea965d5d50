#include "edge/retry_policy.hpp"

#include <initializer_list>
#include <utility>

#include "cmocka.hpp"

namespace {

using namespace aep::edge;

constexpr std::time_t kNow = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

Response with_status(int status) {
    Response response;
    response.status = status;
    return response;
}

Response with_failure(Failure failure) {
    Response response;
    response.failure = failure;
    return response;
}

void assert_outcome(std::initializer_list<int> statuses, Disposition expected) {
    for (const int status : statuses) {
        if (classify(with_status(status)) != expected) {
            fail_msg("status %d", status);
        }
    }
}

void assert_host_failure(std::initializer_list<int> statuses, bool expected) {
    for (const int status : statuses) {
        if (is_host_failure(with_status(status)) != expected) {
            fail_msg("status %d", status);
        }
    }
}

void assert_retry_after(std::string_view value, long expected) {
    const long seconds = static_cast<long>(retry_after(value, kNow).count());
    if (seconds != expected) {
        fail_msg("%ld seconds for '%.*s'", seconds, static_cast<int>(value.size()), value.data());
    }
}

void success_is_delivered(void**) {
    assert_outcome({200, 202, 204, 207, 299}, Disposition::delivered);
}

void what_may_pass_is_tried_again(void**) {
    assert_outcome({408, 429, 502, 503, 504}, Disposition::retry);
    for (const Failure failure : {Failure::resolve, Failure::connect, Failure::transfer, Failure::timeout,
                                  Failure::too_large, Failure::refused}) {
        assert_int_equal(static_cast<int>(classify(with_failure(failure))),
                         static_cast<int>(Disposition::retry));
    }
}

void an_answer_that_is_too_large_counts_by_its_status(void**) {
    const std::initializer_list<std::pair<int, Disposition>> cases = {{200, Disposition::delivered},
                                                                      {400, Disposition::rejected},
                                                                      {422, Disposition::repair},
                                                                      {500, Disposition::retry_once},
                                                                      {503, Disposition::retry}};
    for (const auto& [status, outcome] : cases) {
        Response response = with_failure(Failure::too_large);
        response.status = status;
        assert_int_equal(static_cast<int>(classify(response)), static_cast<int>(outcome));
        assert_false(is_host_failure(response));
        assert_int_equal(is_datastream_failure(response), status == 503);
    }
}

void an_internal_error_is_tried_again_once(void**) {
    assert_outcome({500}, Disposition::retry_once);
}

void a_datastream_with_an_error_is_to_be_repaired(void**) {
    assert_outcome({422}, Disposition::repair);
}

void what_edge_will_never_take_is_rejected(void**) {
    assert_outcome({400, 401, 403, 404, 409, 413, 415, 451, 499}, Disposition::rejected);
}

void what_is_no_answer_of_edge_is_tried_again(void**) {
    assert_outcome({0, 100, 199, 300, 302, 304, 399, 407, 501, 505, 520, 599, 999}, Disposition::retry);
}

void only_what_keeps_every_answer_from_coming_speaks_against_the_host(void**) {
    assert_host_failure({407}, true);
    assert_host_failure({429, 502, 503, 504, 501, 520, 302}, false);
    for (const Failure failure : {Failure::resolve, Failure::connect, Failure::transfer, Failure::timeout}) {
        assert_true(is_host_failure(with_failure(failure)));
        assert_false(is_datastream_failure(with_failure(failure)));
    }
}

void a_status_that_says_later_speaks_against_the_datastream(void**) {
    for (const int status : {429, 502, 503, 504, 501, 520, 302}) {
        assert_true(is_datastream_failure(with_status(status)));
        assert_int_equal(is_too_many(with_status(status)), status == 429);
    }
    assert_false(is_datastream_failure(with_status(407)));
}

void errors_of_the_event_and_our_own_speak_against_nobody(void**) {
    assert_host_failure({200, 204, 207, 400, 401, 403, 404, 408, 413, 422, 500}, false);
    for (const int status : {200, 204, 207, 400, 401, 403, 404, 408, 413, 422, 500}) {
        assert_false(is_datastream_failure(with_status(status)));
    }
    for (const Failure failure : {Failure::refused, Failure::too_large}) {
        assert_false(is_host_failure(with_failure(failure)));
        assert_false(is_datastream_failure(with_failure(failure)));
    }
}

void retry_after_reads_seconds(void**) {
    assert_retry_after("0", 0);
    assert_retry_after("120", 120);
    assert_retry_after(" 7\t", 7);
    assert_retry_after("0000000000000000000009", 9);
    assert_true(retry_after("99999999999999999999999", kNow).count() > 1'000'000'000);
}

void retry_after_reads_the_three_forms_of_dates(void**) {
    assert_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", 60);
    assert_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", 60);
    assert_retry_after("Sun Nov  6 08:50:37 1994", 60);
    assert_retry_after("Wednesday, 09-Nov-94 08:49:37 GMT", 3 * 24 * 3600);
}

void a_date_in_the_past_means_now(void**) {
    assert_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", 0);
}

void retry_after_ignores_what_is_neither(void**) {
    for (const char* value : {"", "  ", "-5", "+5", "1.5", "5s", "120, 120", "soon", "Sun", "0x10",
                              "\xff\xfe", "Sun, 06 Nov 1994 08:50:37 GMT and a very long rest of the line"}) {
        assert_retry_after(value, 0);
    }
}

void failures_have_names(void**) {
    static_assert(to_string(Failure::none) == "none");
    static_assert(to_string(Failure::resolve) == "resolve");
    static_assert(to_string(Failure::connect) == "connect");
    static_assert(to_string(Failure::transfer) == "transfer");
    static_assert(to_string(Failure::timeout) == "timeout");
    static_assert(to_string(Failure::too_large) == "too_large");
    static_assert(to_string(Failure::refused) == "refused");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(success_is_delivered),
        cmocka_unit_test(what_may_pass_is_tried_again),
        cmocka_unit_test(an_answer_that_is_too_large_counts_by_its_status),
        cmocka_unit_test(an_internal_error_is_tried_again_once),
        cmocka_unit_test(a_datastream_with_an_error_is_to_be_repaired),
        cmocka_unit_test(what_edge_will_never_take_is_rejected),
        cmocka_unit_test(what_is_no_answer_of_edge_is_tried_again),
        cmocka_unit_test(only_what_keeps_every_answer_from_coming_speaks_against_the_host),
        cmocka_unit_test(a_status_that_says_later_speaks_against_the_datastream),
        cmocka_unit_test(errors_of_the_event_and_our_own_speak_against_nobody),
        cmocka_unit_test(retry_after_reads_seconds),
        cmocka_unit_test(retry_after_reads_the_three_forms_of_dates),
        cmocka_unit_test(a_date_in_the_past_means_now),
        cmocka_unit_test(retry_after_ignores_what_is_neither),
        cmocka_unit_test(failures_have_names),
    };
    return cmocka_run_group_tests_name("retry policy", tests, nullptr, nullptr);
}
