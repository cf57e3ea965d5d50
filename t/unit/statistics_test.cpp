// The counters in shared memory: their places, their bounds, and what a minute remembers.

#include "shared/statistics.hpp"

#include <memory>
#include <string>
#include <vector>

#include "cmocka.hpp"
#include "shared/tally.hpp"

namespace {

using aep::shared::LastEvents;
using aep::shared::Latency;
using aep::shared::Names;
using aep::shared::Outcome;
using aep::shared::Statistics;
using aep::shared::Tally;
using aep::shared::WorkerLines;

constexpr const char* kNorth = "11111111-1111-4111-8111-111111111111";

std::unique_ptr<Statistics> statistics() {
    return std::make_unique<Statistics>();
}

std::uint64_t events(const Statistics& of, std::size_t website, std::size_t type, Outcome outcome) {
    return of.at(website).events.at(type).at(static_cast<std::size_t>(outcome));
}

void names_keep_their_places(void**) {
    Names<4, 8> names{};
    const std::size_t first = names.place_of("first");
    const std::size_t second = names.place_of("second");
    assert_int_not_equal(first, second);
    assert_int_equal(names.place_of("first"), first);
    assert_true(names.at(second) == "second");
    assert_true(names.at(names.place_of("a-long-name")) == "a-long-n");
}

void names_have_a_bound(void**) {
    Names<3, 8> names{};
    names.place_of("a", 2);
    names.place_of("b", 2);
    assert_int_equal(names.place_of("c", 2), (Names<3, 8>::kOther));
    const std::size_t kept = names.place_of("d");
    assert_int_equal(kept, 2);
    assert_int_equal(names.place_of("d", 2), kept);
    assert_int_equal(names.place_of("e"), (Names<3, 8>::kOther));
    assert_true(names.at(Names<3, 8>::kOther).empty());
}

void a_queue_of_the_broker_is_told_for_seconds(void**) {
    const auto all = statistics();
    all->broker.note_queue("lane", 7, 3, 100'000);
    all->broker.note_queue("consents", 1, 1, 50'000);
    const auto known = all->broker.queues(101'000);
    assert_int_equal(known.size(), 1);
    assert_true(known[0].name == "lane" && known[0].entries == 7 && known[0].consumers == 3);
    all->broker.note_queue("lane", 0, 0, 102'000);
    assert_int_equal(all->broker.queues(102'000).at(0).entries, 0);
    assert_true(all->broker.queues(200'000).empty());
}

void queues_of_the_broker_have_a_bound(void**) {
    const auto all = statistics();
    for (int queue = 0; queue < 200; ++queue) {
        all->broker.note_queue("lane " + std::to_string(queue), 1, 1, 1'000'000);
    }
    assert_int_equal(all->broker.queues(1'000'000).size(), 64);
}

void the_broker_s_numbers_add_up(void**) {
    const auto all = statistics();
    all->broker.count({.confirms = 2, .confirm_time = 900, .refused = 1, .unconfirmed = 0, .reconnects = 0});
    all->broker.count({.confirms = 3, .confirm_time = 100, .refused = 0, .unconfirmed = 4, .reconnects = 5});
    const auto totals = all->broker.totals();
    assert_true(totals.confirms == 5 && totals.confirm_time == 1'000 && totals.refused == 1 &&
                totals.unconfirmed == 4 && totals.reconnects == 5);
}

void a_website_is_known_by_name_and_datastream(void**) {
    const auto all = statistics();
    const std::size_t north = all->website("north.example", kNorth, true);
    assert_int_equal(all->website("north.example", kNorth, true), north);
    assert_int_not_equal(all->website("south.example", kNorth, true), north);
    assert_true(all->label_of(north).server_name == "north.example");
    assert_true(all->label_of(north).datastream_id == kNorth);
    assert_int_equal(all->website_of(kNorth), north);
    assert_int_equal(all->website_of("another"), Statistics::Websites::kOther);
    assert_true(all->label_of(Statistics::Websites::kOther).server_name == "other");
}

void datastreams_that_visitors_make_up_leave_room_for_those_of_the_configuration(void**) {
    const auto all = statistics();
    std::size_t last = 0;
    for (int each = 0; each < 1000; ++each) {
        last = all->website("shop.example", "made-up-" + std::to_string(each), false);
    }
    assert_true(all->label_of(last).server_name == "shop.example");
    assert_true(all->label_of(last).datastream_id.empty());
    const std::size_t configured = all->website("shop.example", kNorth, true);
    assert_true(all->label_of(configured).datastream_id == kNorth);
}

void types_that_visitors_make_up_leave_room_for_known_ones(void**) {
    const auto all = statistics();
    for (int each = 0; each < 1000; ++each) {
        all->type("made.up." + std::to_string(each));
    }
    const std::size_t purchases = all->type("commerce.purchases");
    assert_true(all->types.at(purchases) == "commerce.purchases");
    assert_true(all->types.at(all->type("")) == "none");
    assert_true(all->types.at(all->type("<script>")) == "other");
}

void a_tally_counts_once(void**) {
    const auto all = statistics();
    const std::size_t website = all->website("north.example", kNorth, true);
    const std::size_t line = all->workers.take(1, 1);
    const std::vector<std::string> types{"commerce.purchases", "commerce.purchases", "other.type"};
    {
        Tally tally(*all, line, website);
        tally.set_action(0);
        tally.take(types);
        assert_int_equal(all->workers.at(line).events_under_way, 3);
        tally.conclude(Outcome::queued, 200, {});
        tally.conclude(Outcome::lost, 0, {});
        tally.deliver_later(200, {});
    }
    assert_int_equal(all->workers.at(line).events_under_way, 0);
    assert_int_equal(events(*all, website, all->type("commerce.purchases"), Outcome::queued), 2);
    assert_int_equal(all->totals(website).of(Outcome::queued), 3);
    assert_int_equal(all->totals(website).of(Outcome::lost), 0);
    assert_int_equal(all->totals(website).of(Outcome::none), 3);
    assert_int_equal(all->at(website).requests.at(0).at(static_cast<std::size_t>(Outcome::queued)), 1);
    assert_int_equal(all->last_events.read().size(), 6);
}

void events_that_nobody_tells_of_are_lost(void**) {
    const auto all = statistics();
    const std::size_t website = all->website("north.example", kNorth, true);
    const std::vector<std::string> types{"commerce.purchases"};
    {
        Tally tally(*all, WorkerLines::kMost, website);
        tally.take(types);
        const Tally moved(std::move(tally));
    }
    { const Tally without_events(*all, WorkerLines::kMost, website); }
    assert_int_equal(all->totals(website).of(Outcome::lost), 1);
}

void a_killed_workers_events_are_given_up_once(void**) {
    WorkerLines lines{};
    const std::size_t line = lines.take(7, 1);
    lines.at(line).events_under_way = 5;
    assert_int_equal(lines.give_up(line, 8), 0);
    assert_int_equal(lines.give_up(line, 7), 5);
    assert_int_equal(lines.give_up(line, 7), 0);
    assert_int_equal(lines.take(9, 1), line);
}

void the_last_events_come_newest_first(void**) {
    const auto last = std::make_unique<LastEvents>();
    for (std::uint64_t time = 1; time <= 500; ++time) {
        last->add({.time = time,
                   .website = 3,
                   .type = 4,
                   .outcome = Outcome::rejected,
                   .status = 422,
                   .duration = static_cast<std::uint32_t>(time)});
    }
    const auto read = last->read();
    assert_int_equal(read.size(), LastEvents::kMost);
    assert_int_equal(read.front().time, 500);
    assert_int_equal(read.front().status, 422);
    assert_int_equal(read.front().website, 3);
    assert_int_equal(read.front().type, 4);
    assert_true(read.front().outcome == Outcome::rejected);
    assert_int_equal(read.back().time, 500 - LastEvents::kMost + 1);
}

void durations_fall_into_buckets(void**) {
    Latency latency{};
    latency.add(std::chrono::microseconds(5000));
    latency.add(std::chrono::microseconds(5001));
    latency.add(std::chrono::seconds(100));
    latency.add(std::chrono::microseconds(-1));
    const Latency::Values values = latency.read();
    assert_int_equal(values.counts.at(0), 2);
    assert_int_equal(values.counts.at(1), 1);
    assert_int_equal(values.counts.back(), 1);
    assert_int_equal(values.count(), 4);
}

void a_minute_remembers_how_things_were(void**) {
    const auto all = statistics();
    const std::size_t website = all->website("north.example", kNorth, true);
    assert_null(all->minute_at(100));
    all->keep_minute(100 * 60, 7);
    all->count_events(website, 0, Outcome::delivered, 3);
    all->keep_minute(100 * 60 + 59, 8);  // the same minute
    assert_int_equal(all->totals_at(website, all->minute_at(100)).of(Outcome::delivered), 0);
    assert_int_equal(all->minute_at(100)->queue_entries, 7);
    all->keep_minute(103 * 60, 9);
    assert_int_equal(all->totals_at(website, all->minute_at(103)).of(Outcome::delivered), 3);
    assert_int_equal(all->totals_at(website, all->minute_at(102)).of(Outcome::delivered), 0);
    assert_int_equal(all->minute_at(102)->minute, 100);
    assert_null(all->minute_at(100 + Statistics::kMinutes - 1 + 4000));
}

void dead_letters_and_documents_have_names(void**) {
    const auto all = statistics();
    all->count_dead_letter(0, 422);
    all->count_dead_letter(0, 0, 2);
    all->count_document(0, "order.placed", "accepted");
    assert_int_equal(all->at(0).dead_letters.at(all->statuses.place_of("422")), 1);
    assert_int_equal(all->at(0).dead_letters.at(all->statuses.place_of("none")), 2);
    assert_int_equal(all->at(0)
                         .documents.at(all->document_events.place_of("order.placed"))
                         .at(all->results.place_of("accepted")),
                     1);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(names_keep_their_places),
        cmocka_unit_test(names_have_a_bound),
        cmocka_unit_test(a_queue_of_the_broker_is_told_for_seconds),
        cmocka_unit_test(queues_of_the_broker_have_a_bound),
        cmocka_unit_test(the_broker_s_numbers_add_up),
        cmocka_unit_test(a_website_is_known_by_name_and_datastream),
        cmocka_unit_test(datastreams_that_visitors_make_up_leave_room_for_those_of_the_configuration),
        cmocka_unit_test(types_that_visitors_make_up_leave_room_for_known_ones),
        cmocka_unit_test(a_tally_counts_once),
        cmocka_unit_test(events_that_nobody_tells_of_are_lost),
        cmocka_unit_test(a_killed_workers_events_are_given_up_once),
        cmocka_unit_test(the_last_events_come_newest_first),
        cmocka_unit_test(durations_fall_into_buckets),
        cmocka_unit_test(a_minute_remembers_how_things_were),
        cmocka_unit_test(dead_letters_and_documents_have_names),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
