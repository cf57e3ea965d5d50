#include "status/sentences.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "expect.hpp"
#include "status_models.hpp"

namespace {

using namespace aep::status;
using aep::test::expect_part;
using aep::test::expect_text;

constexpr double kNow = 1764437951;

/// A model with one website without events, in which a test changes what it is about.
Model quiet(const std::function<void(Model&)>& change) {
    Model model = aep::test::empty(kNow);
    change(model);
    return aep::test::told(model);
}

/// What is said of the only website after those events of the last five minutes.
Sentence after(
    const LastFiveMinutes& last, const std::function<void(Model&)>& change = [](Model&) {}) {
    return quiet([&](Model& model) {
               model.websites[0].last_5_minutes = last;
               model.websites[0].last_event = kNow - 3;
               change(model);
           })
        .sentences.at(0);
}

void expect_state(State found, State expected) {
    assert_int_equal(static_cast<int>(found), static_cast<int>(expected));
}

/// Whether a sentence that is about no website says that.
const Sentence& said(const Model& model, std::string_view part) {
    const auto found = std::ranges::find_if(model.sentences, [&](const Sentence& sentence) {
        return sentence.website.empty() && sentence.text.find(part) != std::string::npos;
    });
    if (found == model.sentences.end()) {
        print_error("nothing says: %.*s\n", static_cast<int>(part.size()), part.data());
        fail();
    }
    return *found;
}

void events_that_are_all_delivered_are_good(void**) {
    const Sentence many = after({.delivered = 412});
    expect_text(many.text, "412 events in the last 5 minutes, all delivered.");
    expect_state(many.state, State::ok);
    expect_text(after({.delivered = 1}).text, "1 event in the last 5 minutes, delivered.");
}

void events_that_wait_are_told_with_the_reason(void**) {
    const auto away = [](Model& model) {
        model.queue.entries = 12;
        model.hosts = {aep::test::host()};
        model.hosts[0].up = false;
    };
    const Sentence sentence = after({.delivered = 400, .queued = 12}, away);
    expect_text(sentence.text,
                "12 of 412 events in the last 5 minutes wait in the queue, because Edge is away.");
    expect_state(sentence.state, State::warning);
    expect_part(sentence.remedy, "Nothing is lost");
    const auto slow = [](Model& model) {
        model.queue.entries = 1;
        model.queue.oldest_age = 60;
    };
    expect_part(after({.delivered = 4, .queued = 1}, slow).text,
                "1 of 5 events in the last 5 minutes waits in the queue, because Edge could not take it.");
}

void what_passes_through_the_queue_is_no_fault(void**) {
    const Sentence sentence =
        after({.delivered = 4, .queued = 1}, [](Model& model) { model.queue.entries = 1; });
    expect_text(sentence.text, "5 events in the last 5 minutes: 4 delivered, 1 in the queue just now.");
    expect_state(sentence.state, State::ok);
    expect_text(after({.delivered_later = 7}).text,
                "No new events in the last 5 minutes; the queue has delivered 7 that waited.");
}

void events_that_the_queue_has_delivered_wait_no_more(void**) {
    expect_text(after({.delivered = 400, .queued = 12, .delivered_later = 12}).text,
                "412 events in the last 5 minutes, all delivered.");
    expect_text(after({.delivered = 400, .queued = 12}, [](Model& model) { model.queue.entries = 0; }).text,
                "412 events in the last 5 minutes, all delivered.");
}

void events_that_became_dead_letters_are_not_called_delivered(void**) {
    const auto letters = [](Model& model) {
        model.websites[0].dead_letters = {{"422", 3}};
        model.queue.dead_letters = 3;
    };
    const Sentence all = after({.queued = 3}, letters);
    expect_text(all.text,
                "All 3 events in the last 5 minutes were refused by Edge, and became dead letters.");
    expect_part(all.remedy, "at the end of this page");
    expect_state(all.state, State::error);
    expect_state(after({.delivered = 9, .queued = 3}, letters).state, State::warning);
    expect_text(after({.delivered = 400, .queued = 3}, letters).text,
                "403 events in the last 5 minutes: 400 delivered, 3 refused.");
    expect_text(after({.delivered = 400, .queued = 3, .delivered_later = 3}, letters).text,
                "403 events in the last 5 minutes, all delivered.");
    const Sentence gone = after({.queued = 3}, [](Model& model) {
        model.websites[0].dead_letters = {{"422", 3}};
    });
    expect_state(gone.state, State::idle);
}

void a_datastream_without_events_is_passed_over_where_another_of_the_website_has_some(void**) {
    const Model model = quiet([](Model& changed) {
        changed.websites[0].pages = {{"injected", 40}};
        changed.websites.push_back(changed.websites[0]);
        changed.websites[1].datastream = aep::test::datastream(2);
        changed.websites[1].last_event = kNow - 3;
        changed.websites[1].last_5_minutes = {.delivered = 2};
    });
    expect_text(model.sentences.at(0).text, "2 events in the last 5 minutes, all delivered.");
    assert_true(model.sentences.size() < 2 || model.sentences[1].website.empty());
}

void refusals_have_the_most_frequent_status_and_what_helps(void**) {
    const auto last = [](Model& model) {
        for (const std::uint32_t status : {400U, 403U, 403U}) {
            model.last_events.push_back(
                {kNow, "shop.example", aep::test::datastream(1), "", "rejected", status, 5});
        }
        model.last_events.push_back(
            {kNow, "other.example", aep::test::datastream(2), "", "rejected", 404, 5});
    };
    const Sentence all = after({.rejected = 3}, last);
    expect_text(all.text, "All 3 events in the last 5 minutes were refused, most often with status 403.");
    expect_part(all.remedy, "aep_organization_id");
    expect_state(all.state, State::error);
    expect_state(after({.delivered = 27, .rejected = 3}, last).state, State::warning);
}

void a_few_refusals_are_no_fault(void**) {
    const Sentence sentence = after({.delivered = 100, .consent = 2, .rejected = 3, .duplicate = 1});
    expect_text(sentence.text,
                "106 events in the last 5 minutes: 100 delivered, 2 not sent for want of consent, 1 a "
                "repeat of another, 3 refused.");
    expect_state(sentence.state, State::ok);
}

void events_that_nobody_took_are_an_error(void**) {
    const Sentence off =
        after({.delivered = 5, .unavailable = 1}, [](Model& model) { model.queue.on = false; });
    expect_text(off.text,
                "1 of 6 events in the last 5 minutes was refused with 503: neither Edge nor the queue could "
                "take it.");
    expect_part(off.remedy, "Turn the queue on");
    expect_state(off.state, State::error);
    expect_part(after({.unavailable = 2}).remedy, "Look at the queue below");
}

void consent_alone_is_quiet(void**) {
    const Sentence sentence = after({.consent = 7});
    expect_state(sentence.state, State::idle);
    expect_part(sentence.remedy, "aep_default_consent");
}

void a_website_without_events_says_when_there_were_some(void**) {
    const Sentence sentence = after({}, [](Model& model) { model.websites[0].last_event = kNow - 7300; });
    expect_text(sentence.text, "No events in the last 5 minutes; the last one came 2 hours ago.");
    expect_state(sentence.state, State::idle);
}

void pages_without_a_tag_have_the_most_frequent_reason(void**) {
    const auto pages = [](std::vector<Count> counts) {
        return quiet([&](Model& model) { model.websites[0].pages = counts; }).sentences.at(0);
    };
    const Sentence policy = pages({{"not_html", 900}, {"policy", 1200}, {"no_head", 3}});
    expect_text(policy.text,
                "No events, as no page has the tag: 1,200 pages have none because their "
                "Content-Security-Policy would block it.");
    expect_part(policy.remedy, "script-src 'self'");
    expect_state(policy.state, State::warning);
    expect_part(pages({{"no_head", 1}}).text, "1 page has none because no place");
    expect_part(pages({{"encoded", 1}}).remedy, "Accept-Encoding");
    expect_part(pages({{"not_html", 900}}).text, "900 answers have passed, none of them an HTML page.");
    expect_part(pages({}).text, "No pages and no events yet.");
    expect_state(pages({{"injected", 3}, {"policy", 50}}).state, State::idle);
    expect_state(pages({{"injected", 300}}).state, State::warning);
}

void a_website_that_is_no_longer_configured_has_no_sentence(void**) {
    const Model model = quiet([](Model& all) { all.websites[0].configured = false; });
    expect_text(model.sentences.at(0).text, "No website has a datastream.");
}

void a_host_that_is_away_is_told_with_its_most_frequent_failure(void**) {
    const auto away = [](Model& model) {
        model.hosts = {aep::test::host()};
        model.hosts[0].up = false;
        model.hosts[0].responses = {{"200", 900}, {"resolve", 7}, {"503", 2}};
    };
    const Sentence sentence = said(quiet(away), "edge.adobedc.net is away");
    expect_state(sentence.state, State::error);
    expect_part(sentence.remedy, "resolv.conf");
}

void the_queue_is_told_of_when_it_fills_grows_or_ages(void**) {
    const auto queue = [](const std::function<void(Model&)>& change) {
        return quiet([&](Model& model) {
            model.queue.entries = 20;
            change(model);
        });
    };
    expect_state(
        said(queue([](Model& model) { model.queue.oldest_age = 8; }), "20 entries wait in the queue").state,
        State::ok);
    expect_state(said(queue([](Model& model) { model.queue.oldest_age = 700; }), "for 11 minutes").state,
                 State::warning);
    expect_state(said(queue([](Model& model) { model.queue.oldest_age = 90000; }), "for 25 hours").state,
                 State::error);
    expect_state(said(queue([](Model& model) { model.history.minutes.back().queue_entries = 20; }),
                      "It has grown by 20 in the last 10 minutes")
                     .state,
                 State::warning);
    expect_state(
        said(queue([](Model& model) { model.queue.bytes = 900U << 20U; }), "has filled 87 % of its 1 GB")
            .state,
        State::error);
    expect_state(said(queue([](Model& model) { model.queue.disk_free_bytes = std::uint64_t{7} << 30U; }),
                      "disk is nearly full: 7 GB, 7 %")
                     .state,
                 State::warning);
    expect_state(
        said(queue([](Model& model) { model.queue.disk_free_bytes = 1; }), "disk is nearly full").state,
        State::error);
    expect_state(said(queue([](Model& model) { model.queue.on = false; }), "The queue is off").state,
                 State::warning);
}

void the_broker_is_told_of(void**) {
    const auto fleet = [](const std::function<void(Model&)>& change) {
        return quiet([&](Model& model) {
            model.queue.directory = "/spool";
            model.broker = aep::test::in_a_fleet(0).broker;
            change(model);
        });
    };
    const auto nothing = [](Model& /*model*/) {};
    const Sentence away = said(fleet(nothing), "1 worker of 2 cannot use the broker of the fleet");
    expect_state(away.state, State::warning);
    expect_part(away.text, "kept on this node");
    expect_part(away.remedy, "rabbit1.example, rabbit2.example");
    const Sentence refused = said(fleet([](Model& model) { model.queue.directory.clear(); }), "cannot use");
    expect_state(refused.state, State::error);
    expect_part(refused.text, "refused with 503");
    expect_state(said(fleet(nothing), "42 entries wait in the broker.").state, State::ok);
    expect_state(said(fleet(nothing), "2 dead letters wait in the broker").state, State::warning);
    const Model well = fleet([](Model& model) {
        model.broker->workers_connected = 2;
        model.broker->queues.clear();
    });
    for (const Sentence& sentence : well.sentences) {
        assert_true(sentence.text.find("broker") == std::string::npos);
    }
}

void dead_letters_wait_for_the_operator(void**) {
    const auto letters = [](Model& model) {
        model.queue.dead_letters = 3;
        model.websites[0].dead_letters = {{"500", 1}, {"422", 2}};
        model.token = true;
    };
    const Sentence sentence = said(quiet(letters), "3 dead letters wait for you");
    expect_part(sentence.text, "Most have the status 422.");
    expect_part(sentence.remedy, "Then requeue them, at the end of this page.");
    expect_part(said(quiet([](Model& model) { model.queue.dead_letters = 1; }), "1 dead letter waits").remedy,
                "when \"aep_status_token\" is set");
}

void workers_that_do_not_work_are_errors(void**) {
    expect_state(said(quiet([](Model& model) {
                          model.workers[0].state = WorkerState::stuck;
                          model.workers[0].last_seen = 12;
                      }),
                      "Worker 4711 is stuck: it has not moved for 12 seconds")
                     .state,
                 State::error);
    said(quiet([](Model& model) { model.workers[1].edge.alive = false; }), "Worker 4712 cannot send");
    said(quiet([](Model& model) { model.workers[1].queue.alive = false; }), "Worker 4712 cannot keep events");
    expect_state(said(quiet([](Model& model) { model.workers[1].state = WorkerState::gone; }),
                      "Worker 4712 was killed or crashed; 1 event on the way")
                     .state,
                 State::warning);
}

void the_state_is_the_worst_and_the_headline_says_whether_data_flows(void**) {
    const auto headline_of = [](Model model) {
        return std::string(headline(aep::test::told(std::move(model))));
    };
    expect_text(headline_of(aep::test::flowing(kNow)), "Data flows.");
    expect_text(headline_of(aep::test::outage(kNow)), "No data flows to Edge: something is wrong.");
    expect_text(headline_of(aep::test::with_dead_letters(kNow)),
                "Data flows only in part: something is wrong.");
    expect_text(headline_of(aep::test::empty(kNow)),
                "Nothing is wrong, but no events came in the last 5 minutes.");
    expect_state(aep::test::told(aep::test::outage(kNow)).state, State::error);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(events_that_are_all_delivered_are_good),
        cmocka_unit_test(events_that_wait_are_told_with_the_reason),
        cmocka_unit_test(what_passes_through_the_queue_is_no_fault),
        cmocka_unit_test(events_that_the_queue_has_delivered_wait_no_more),
        cmocka_unit_test(events_that_became_dead_letters_are_not_called_delivered),
        cmocka_unit_test(a_datastream_without_events_is_passed_over_where_another_of_the_website_has_some),
        cmocka_unit_test(refusals_have_the_most_frequent_status_and_what_helps),
        cmocka_unit_test(a_few_refusals_are_no_fault),
        cmocka_unit_test(events_that_nobody_took_are_an_error),
        cmocka_unit_test(consent_alone_is_quiet),
        cmocka_unit_test(a_website_without_events_says_when_there_were_some),
        cmocka_unit_test(pages_without_a_tag_have_the_most_frequent_reason),
        cmocka_unit_test(a_website_that_is_no_longer_configured_has_no_sentence),
        cmocka_unit_test(a_host_that_is_away_is_told_with_its_most_frequent_failure),
        cmocka_unit_test(the_queue_is_told_of_when_it_fills_grows_or_ages),
        cmocka_unit_test(the_broker_is_told_of),
        cmocka_unit_test(dead_letters_wait_for_the_operator),
        cmocka_unit_test(workers_that_do_not_work_are_errors),
        cmocka_unit_test(the_state_is_the_worst_and_the_headline_says_whether_data_flows),
    };
    return cmocka_run_group_tests_name("status sentences", tests, nullptr, nullptr);
}
