#include "backoffice/recipient.hpp"

#include "expect.hpp"

namespace {

using aep::backoffice::is_for_client;

void an_event_names_its_client(void**) {
    assert_true(is_for_client(R"({"recipientclientid":"abc","data":{}})", "abc"));
    assert_true(is_for_client(R"({"recipient_client_id":"abc"})", "abc"));
    assert_false(is_for_client(R"({"recipientclientid":"abcd"})", "abc"));
    assert_false(is_for_client(R"({"recipientclientid":["abc"]})", "abc"));
    assert_false(is_for_client(R"({"data":{"recipientclientid":"abc"}})", "abc"));
}

void each_event_of_a_batch_does(void**) {
    assert_true(is_for_client(R"([{"recipientclientid":"abc"},{"recipientclientid":"abc"}])", "abc"));
    assert_false(is_for_client(R"([{"recipientclientid":"abc"},{"recipientclientid":"x"}])", "abc"));
    assert_false(is_for_client(R"([{"recipientclientid":"abc"},{}])", "abc"));
    assert_false(is_for_client("[]", "abc"));
}

void what_is_no_event_is_for_nobody(void**) {
    for (const char* json : {"", "abc", "\"abc\"", "null", "{", R"({"recipientclientid":"abc"}x)",
                             R"({"recipientclientid":"x","recipientclientid":"abc"})"}) {
        assert_false(is_for_client(json, "abc"));
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_event_names_its_client),
        cmocka_unit_test(each_event_of_a_batch_does),
        cmocka_unit_test(what_is_no_event_is_for_nobody),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
