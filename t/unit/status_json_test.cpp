#include "status/json.hpp"

#include <clocale>
#include <limits>

// cmocka has a macro that is a method of this one.
#include "text/json_walk.hpp"

#include "expect.hpp"
#include "status_models.hpp"

namespace {

using namespace aep::status;
using aep::test::expect_part;
using aep::test::expect_text;

constexpr double kNow = 1764437951.25;

/// Whether all of a text is JSON.
void expect_json(std::string text) {
    aep::text::json::Walk walk(std::move(text), aep::text::json::DuplicateKeys::refused);
    walk.skip();
    assert_true(walk.finish());
}

void an_empty_model_has_all_members(void**) {
    expect_text(
        render_json(Model{}),
        R"({"version":1,"module":{"version":"","nginx":"","sdk":"","alloy":"","collector":""},"time":0,"since":0,)"
        R"("state":"ok","sentences":[],"token":false,"websites":[],"hosts":[],"queue":{"on":false,"broker":"",)"
        R"("directory":"","entries":0,)"
        R"("bytes":0,"limit_bytes":0,"oldest_age":0,"delivered":0,"retries":0,"dead_letters":0,)"
        R"("dead_letter_bytes":0,"discarded_dead_letters":0,"disk_free_bytes":null,"disk_size_bytes":null},)"
        R"("events":{"taken":0,"under_way":0,"interrupted":0},"counters":{},"workers":[],)"
        R"("history":{"interval":60,"minutes":[]},"last_events":[]})");
}

void each_part_has_its_shape(void**) {
    const std::string json = render_json(aep::test::told(aep::test::outage(kNow)));
    expect_json(json);
    for (
        const std::string_view part :
        {R"("time":1764437951.25)",
         R"("website":"shop.example","datastream":"00000000-0000-4000-8000-000000000001")",
         R"("configured":true,"host":"edge.adobedc.net","last_event":1764437950.55,"last_5_minutes":{"delivered":0)",
         R"("queued":310,"local":0,"unavailable":0,"consent":0,"rejected":0,"duplicate":0,"delivered_later":0})",
         R"("pages":[{"tag":"injected","count":12345})",
         R"("events":[{"type":"web.webpagedetails.pageViews","outcome":"delivered","count":5120})",
         R"("requests":[{"action":"interact","outcome":"delivered","count":5021})",
         R"("documents":[{"event":"order.placed","result":"accepted","count":207}])",
         R"("delivered_later":0,"bytes":{"received":15123456,"sent":16234567}})",
         R"({"host":"edge.adobedc.net","up":false,"requests_in_flight":2,"responses":[{"status":"200")",
         R"("duration":{"count":5338,"sum":224.2,"buckets":[{"le":0.025,"count":700})",
         R"("counters":{"requests_total":5340,"events_total":5551})", R"({"pid":4712,"state":"gone",)",
         R"("edge":{"alive":true,"in_flight":1},"queue":{"alive":true,"backlog":0,"sync":0.003})",
         R"("latency":null,"queue_entries":)",
         R"("type":"web.webpagedetails.pageViews","outcome":"queued","status":0,"milliseconds":30})"}) {
        expect_part(json, part);
    }
}

void a_broker_is_a_member_where_there_is_one(void**) {
    const std::string json = render_json(aep::test::told(aep::test::in_a_fleet(kNow)));
    expect_json(json);
    expect_part(
        json,
        R"("broker":{"nodes":"rabbit1.example, rabbit2.example","workers_connected":1,"confirms":2000,"confirm_time":8.5,)"
        R"("refused":3,"unconfirmed":2,"reconnects":4,"queues":[{"queue":"https://edge.adobedc.net","entries":41,)"
        R"("consumers":6},)");
}

void what_came_from_outside_cannot_break_the_json(void**) {
    Model model;
    model.last_events = {{0, "a\"b\\\n", "\x80", "", "", 0, 0}};
    model.counters = {{"\"", 1}};
    const std::string json = render_json(model);
    expect_json(json);
    expect_part(json, R"("website":"a\"b\\\u000a","datastream":"\ufffd")");
    expect_part(json, R"({"\"":1})");
}

void numbers_are_the_same_in_every_locale(void**) {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
        std::setlocale(LC_ALL, locale);
        expect_part(render_json(aep::test::checks()), R"("seconds":0.084})");
    }
    std::setlocale(LC_ALL, before.c_str());
}

void what_is_no_number_is_null(void**) {
    Model model;
    model.time = std::numeric_limits<double>::quiet_NaN();
    model.since = std::numeric_limits<double>::infinity();
    expect_part(render_json(model), R"("time":null,"since":null)");
}

void dead_letters_checks_and_counts_have_their_shape(void**) {
    expect_text(render_json(DeadLetters{}), R"({"version":1,"dead_letters":[],"more":false})");
    const std::string list = render_json(aep::test::dead_letters(kNow));
    expect_json(list);
    expect_part(list,
                R"({"id":"3-1","kind":"event","website":"shop.example",)"
                R"("datastream":"00000000-0000-4000-8000-000000000001","action":"interact","status":422,)"
                R"("reason":"EXEG-0004-422: the datastream is disabled","received":1764430751.25,)"
                R"("died":1764434352.25,"bytes":2913,"attempts":1})");
    expect_part(
        render_json(aep::test::checks()),
        R"({"version":1,"checks":[{"website":"shop.example","datastream":"00000000-0000-4000-8000-000000000001",)"
        R"("host":"edge.adobedc.net","ok":true,"problem":"none",)"
        R"("text":"Edge answered in 0.084 s with an identity.","seconds":0.084})");
    expect_text(render_count_json(12), R"({"version":1,"count":12})");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_model_has_all_members),
        cmocka_unit_test(each_part_has_its_shape),
        cmocka_unit_test(a_broker_is_a_member_where_there_is_one),
        cmocka_unit_test(what_came_from_outside_cannot_break_the_json),
        cmocka_unit_test(numbers_are_the_same_in_every_locale),
        cmocka_unit_test(what_is_no_number_is_null),
        cmocka_unit_test(dead_letters_checks_and_counts_have_their_shape),
    };
    return cmocka_run_group_tests_name("status json", tests, nullptr, nullptr);
}
