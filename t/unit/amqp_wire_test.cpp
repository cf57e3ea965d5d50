#include "queue/amqp/wire.hpp"

#include <random>
#include <string>
#include <utility>

#include "cmocka.hpp"
#include "expect.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::amqp;
using aep::test::expect_text;

Entry some_entry() {
    Entry entry;
    entry.lane = "https://edge.adobedc.net 1234";
    entry.website = "1234";
    entry.action = "interact";
    entry.target = "/ee/v1/interact?configId=1234";
    entry.headers = {{"User-Agent", "a \"browser\"\\"},
                     {"Accept-Language", "de"},
                     {"Accept-Language", "en"},
                     {"Empty", ""}};
    entry.body = std::string("{\"a\":\0}", 7);
    entry.source = Source::back_office;
    entry.received = 1'764'453'600'123;
    entry.attempts = 7;
    entry.due = 1'764'453'700'000;
    return entry;
}

void an_entry_comes_back_as_it_was(void**) {
    const Entry entry = some_entry();
    const std::optional<Entry> back = entry_of(message_of(entry));
    assert_true(back.has_value());
    expect_text(back->lane, entry.lane);
    expect_text(back->website, entry.website);
    expect_text(back->action, entry.action);
    expect_text(back->target, entry.target);
    expect_text(back->body, entry.body);
    assert_true(back->headers == entry.headers);
    assert_true(back->source == entry.source);
    assert_int_equal(back->received, entry.received);
    assert_int_equal(back->attempts, entry.attempts);
    assert_int_equal(back->due, entry.due);
}

void the_body_is_the_message(void**) {
    const Message message = message_of(some_entry());
    expect_text(message.body, some_entry().body);
    expect_text(header_of(message, "aep-version"), "1");
    expect_text(header_of(message, "aep-source"), "back_office");
    expect_text(header_of(message, "no-such"), "");
    for (const auto& [name, value] : message.headers) {
        assert_true(name.starts_with("aep-"));
    }
}

void bytes_that_are_no_utf8_do_no_harm(void**) {
    Entry entry = some_entry();
    entry.headers = {{"User-Agent", "M\xfcller"}};
    const std::optional<Entry> back = entry_of(message_of(entry));
    assert_true(back.has_value());
    expect_text(back->headers.at(0).second, "M\xef\xbf\xbdller");
}

Message with(std::string_view name, const std::string& value) {
    Message message = message_of(some_entry());
    for (auto& header : message.headers) {
        if (header.first == name) {
            header.second = value;
        }
    }
    return message;
}

void what_is_no_entry_is_nothing(void**) {
    assert_false(entry_of(Message{}).has_value());
    for (const auto& [name, value] : {
             std::pair<const char*, const char*>{"aep-version", "2"},
             {"aep-version", ""},
             {"aep-version", "1 "},
             {"aep-lane", ""},
             {"aep-received", ""},
             {"aep-received", "-1"},
             {"aep-received", "1x"},
             {"aep-received", "99999999999999999999"},
             {"aep-attempts", "4294967296"},
             {"aep-attempts", " 1"},
             {"aep-due", "soon"},
             {"aep-source", "moon"},
             {"aep-headers", ""},
             {"aep-headers", "{}"},
             {"aep-headers", "[1]"},
             {"aep-headers", "[[\"a\"]]"},
             {"aep-headers", "[[\"a\",\"b\",\"c\"]]"},
             {"aep-headers", "[[\"a\",1]]"},
             {"aep-headers", "[[\"a\",\"b\"]"},
         }) {
        if (entry_of(with(name, value)).has_value()) {
            fail_msg("%s: %s was taken", name, value);
        }
    }
    std::string many = "[";
    for (int count = 0; count < 2000; ++count) {
        many += R"(["a","b"],)";
    }
    many.back() = ']';
    assert_false(entry_of(with("aep-headers", many)).has_value());
    assert_false(entry_of(with("aep-headers", std::string(100'000, '['))).has_value());
}

/// Changes bytes of a message anywhere, and expects an entry or none.
void garbage_is_an_entry_or_nothing(void**) {
    std::minstd_rand random(4711);
    for (int turn = 0; turn < 20'000; ++turn) {
        Message message = message_of(some_entry());
        for (std::minstd_rand::result_type changes = random() % 4 + 1; changes > 0; --changes) {
            auto& [name, value] = message.headers[random() % message.headers.size()];
            std::string& text = random() % 8 == 0 ? name : value;
            const std::size_t at = text.empty() ? 0 : random() % text.size();
            switch (random() % 3) {
                case 0:
                    text.insert(at, 1, static_cast<char>(random()));
                    break;
                case 1:
                    text.resize(at);
                    break;
                default:
                    if (!text.empty()) {
                        text[at] = static_cast<char>(random());
                    }
            }
        }
        const std::optional<Entry> entry = entry_of(std::move(message));
        assert_true(!entry || !entry->lane.empty());
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_comes_back_as_it_was),     cmocka_unit_test(the_body_is_the_message),
        cmocka_unit_test(bytes_that_are_no_utf8_do_no_harm), cmocka_unit_test(what_is_no_entry_is_nothing),
        cmocka_unit_test(garbage_is_an_entry_or_nothing),
    };
    return cmocka_run_group_tests_name("AMQP wire", tests, nullptr, nullptr);
}
