#include "queue/dead_letters.hpp"

#include <limits>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "queue/dead_letter_desk.hpp"
#include "store_loop_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using Change = ChangeDeadLetters::Change;

void an_identifier_has_a_text(void**) {
    const std::vector<std::pair<EntryId, std::string_view>> cases{
        {{EntryId::Kind::event, 3, 17}, "3-17"},
        {{EntryId::Kind::event, 512, 9'223'372'036'854'775'807}, "512-9223372036854775807"},
        {{EntryId::Kind::consent, 0, 17}, "c-17"},
        {{EntryId::Kind::order, 0, 1}, "o-1"},
    };
    for (const auto& [id, text] : cases) {
        expect_text(text_of(id), text);
        assert_true(dead_letter_of(text) == id);
    }
    expect_text(text_of({}), "");
}

void no_other_text_is_an_identifier(void**) {
    for (const char* text :
         {"",     "-",    "3",     "3-",    "-17",     "3-17 ",        " 3-17",
          "3-0",  "0-17", "03-17", "3-017", "3--17",   "3-1-7",        "3+17",
          "x-17", "c-",   "cc-17", "C-7",   "../1-17", "4294967296-1", "3-9223372036854775808",
          "3-1e3"}) {
        if (dead_letter_of(text)) {
            fail_msg("\"%s\" is taken for an identifier", text);
        }
    }
}

void a_kind_has_a_name(void**) {
    expect_text(name_of(EntryId::Kind::event), "event");
    expect_text(name_of(EntryId::Kind::consent), "consent");
    expect_text(name_of(EntryId::Kind::order), "order");
    expect_text(name_of(EntryId::Kind::none), "");
}

void a_reason_is_cut_between_characters(void**) {
    expect_text(whole_characters("abc", 3), "abc");
    expect_text(whole_characters("abc", 2), "ab");
    expect_text(whole_characters("abc", 0), "");
    expect_text(whole_characters("a\xC3\xA4z", 2), "a");
    expect_text(whole_characters("a\xC3\xA4z", 3), "a\xC3\xA4");
    expect_text(whole_characters("\xF0\x9F\x98\x80!", 3), "");
    expect_text(whole_characters("\xF0\x9F\x98\x80!", 4), "\xF0\x9F\x98\x80");
    expect_text(whole_characters("\x80\x80\x80\x80\x80\x80\x80", 6), "\x80\x80\x80\x80\x80\x80");
}

void a_filter_takes_what_it_says(void**) {
    assert_true(DeadLetterFilter{}.takes("w", 422));
    const DeadLetterFilter of_website{.id = {}, .website = "w", .status = {}};
    assert_true(of_website.takes("w", 0) && !of_website.takes("v", 0));
    const DeadLetterFilter of_both{.id = {}, .website = "w", .status = 422};
    assert_true(of_both.takes("w", 422) && !of_both.takes("w", 0) && !of_both.takes("v", 422));
}

/// A loop with so many letters of two websites.
struct Letters : LoopHarness {
    explicit Letters(std::uint64_t count = 25, Limits limits = {}) : LoopHarness(limits) {
        for (std::uint64_t number = 1; number <= count; ++number) {
            DeadLetterSummary letter;
            letter.id = event_id(number);
            letter.website = number % 5 == 0 ? "five" : "others";
            letter.status = 422;
            letters.letters.push_back(letter);
        }
    }

    void work() {
        for (int i = 0; i < 1000 && turn_after(1) < StoreLoop::kInterval / 2; ++i) {
        }
    }
};

void letters_are_listed_page_by_page(void**) {
    Letters harness;
    harness.turn(ListDeadLetters{7, {}, {}, 20});
    harness.work();
    const auto first = harness.take_one<DeadLetters>();
    assert_int_equal(first.ticket, 7);
    assert_int_equal(first.letters.size(), 20);
    assert_true(first.more && !first.failed);
    harness.turn(ListDeadLetters{8, {}, first.letters.back().id, 20});
    harness.work();
    const auto second = harness.take_one<DeadLetters>();
    assert_int_equal(second.letters.size(), 5);
    assert_true(second.letters.front().id == event_id(21) && !second.more);
}

void no_page_is_longer_than_it_may_be(void**) {
    Letters harness(DeadLetterDesk::kMostListed + 1);
    harness.turn(ListDeadLetters{7, {}, {}, 1'000'000});
    harness.work();
    const auto found = harness.take_one<DeadLetters>();
    assert_int_equal(found.letters.size(), DeadLetterDesk::kMostListed);
    assert_true(found.more);
}

void one_is_read(void**) {
    Letters harness;
    harness.turn(ReadDeadLetter{1, event_id(3)}, ReadDeadLetter{2, event_id(99)});
    harness.work();
    const auto found = harness.take<FoundDeadLetter>();
    assert_int_equal(found.size(), 2);
    assert_true(found[0].letter && found[0].letter->id == event_id(3) && !found[0].failed);
    assert_true(!found[1].letter && !found[1].failed);
}

void letters_are_changed_a_piece_in_a_turn(void**) {
    Letters harness;
    harness.turn(ChangeDeadLetters{7, Change::discard, {.id = {}, .website = "others", .status = {}}});
    assert_int_equal(harness.letters.pieces, 1);
    assert_int_equal(harness.take<ChangedDeadLetters>().size(), 0);
    harness.work();
    const auto changed = harness.take_one<ChangedDeadLetters>();
    assert_int_equal(changed.ticket, 7);
    assert_int_equal(changed.count, 20);
    assert_false(changed.failed);
    assert_int_equal(harness.letters.letters.size(), 5);
}

/// What operators ask for waits, not what visitors send.
void others_are_served_meanwhile(void**) {
    Letters harness(1000);
    harness.turn(ChangeDeadLetters{7, Change::discard, {}});
    harness.turn(harness.append(8));
    harness.take_one<Appended>();
    harness.turn_after(DeadLetterDesk::kPause);
    harness.turn(ReadDeadLetter{9, event_id(999)});
    assert_true(harness.take_one<FoundDeadLetter>().letter.has_value());
    harness.work();
    assert_int_equal(harness.take_one<ChangedDeadLetters>().count, 1000);
}

/// Half of max_age is left to it.
void what_is_requeued_is_not_too_old_at_once(void**) {
    Letters harness(1, {.max_age = std::chrono::seconds(1000)});
    harness.turn(ChangeDeadLetters{7, Change::requeue, {}});
    assert_int_equal(harness.letters.received, harness.now() - 500'000);
    Letters forever(1, {.max_age = std::chrono::seconds::max()});
    forever.turn(ChangeDeadLetters{7, Change::requeue, {}});
    assert_int_equal(forever.letters.received, 0);
}

void it_waits_for_who_is_writing(void**) {
    Letters harness;
    harness.letters.busy = 5;
    harness.turn(ChangeDeadLetters{7, Change::discard, {}});
    assert_int_equal(harness.turn(), DeadLetterDesk::kPauseWhenBusy);
    harness.work();
    const auto changed = harness.take_one<ChangedDeadLetters>();
    assert_int_equal(changed.count, 25);
    assert_false(changed.failed);
}

void it_does_not_wait_for_ever(void**) {
    Letters harness;
    harness.letters.busy = std::numeric_limits<int>::max();
    harness.turn(ChangeDeadLetters{7, Change::discard, {}});
    harness.turn_after(DeadLetterDesk::kPatience - 1);
    assert_int_equal(harness.take<ChangedDeadLetters>().size(), 0);
    harness.turn_after(DeadLetterDesk::kPauseWhenBusy);
    const auto changed = harness.take_one<ChangedDeadLetters>();
    assert_true(changed.failed && changed.count == 0);
}

void a_file_that_fails_is_told(void**) {
    Letters harness;
    harness.letters.fails = true;
    harness.turn(ListDeadLetters{1, {}, {}, 20}, ReadDeadLetter{2, event_id(99)},
                 ChangeDeadLetters{3, Change::requeue, {}});
    harness.work();
    assert_true(harness.take_one<DeadLetters>().failed);
    assert_true(harness.take_one<FoundDeadLetter>().failed);
    assert_true(harness.take_one<ChangedDeadLetters>().failed);
}

void who_cannot_be_served_is_answered(void**) {
    Letters harness;
    harness.can_open_letters = false;
    harness.turn(ListDeadLetters{1, {}, {}, 20}, ReadDeadLetter{2, event_id(1)},
                 ChangeDeadLetters{3, Change::requeue, {}});
    assert_true(harness.take_one<DeadLetters>().failed);
    assert_true(harness.take_one<FoundDeadLetter>().failed);
    assert_true(harness.take_one<ChangedDeadLetters>().failed);
    harness.can_open_letters = true;
    harness.letters.has_no_memory = true;
    harness.turn(ListDeadLetters{1, {}, {}, 20});
    harness.work();
    assert_true(harness.take_one<DeadLetters>().failed);
}

void too_many_at_a_time_are_refused(void**) {
    Letters harness(1000);
    for (std::uint64_t ticket = 1; ticket <= DeadLetterDesk::kMostJobs + 1; ++ticket) {
        harness.commands.emplace_back(ChangeDeadLetters{ticket, Change::discard, {}});
    }
    harness.turn();
    const auto changed = harness.take_one<ChangedDeadLetters>();
    assert_int_equal(changed.ticket, DeadLetterDesk::kMostJobs + 1);
    assert_true(changed.failed);
}

void who_still_waits_at_the_end_is_answered(void**) {
    Letters harness(1000);
    harness.turn(ChangeDeadLetters{7, Change::discard, {}});
    harness.loop->close(harness.instant());
    const auto changed = harness.take_one<ChangedDeadLetters>();
    assert_true(changed.failed);
    assert_int_equal(changed.count, 10);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_identifier_has_a_text),
        cmocka_unit_test(no_other_text_is_an_identifier),
        cmocka_unit_test(a_kind_has_a_name),
        cmocka_unit_test(a_reason_is_cut_between_characters),
        cmocka_unit_test(a_filter_takes_what_it_says),
        cmocka_unit_test(letters_are_listed_page_by_page),
        cmocka_unit_test(no_page_is_longer_than_it_may_be),
        cmocka_unit_test(one_is_read),
        cmocka_unit_test(letters_are_changed_a_piece_in_a_turn),
        cmocka_unit_test(others_are_served_meanwhile),
        cmocka_unit_test(what_is_requeued_is_not_too_old_at_once),
        cmocka_unit_test(it_waits_for_who_is_writing),
        cmocka_unit_test(it_does_not_wait_for_ever),
        cmocka_unit_test(a_file_that_fails_is_told),
        cmocka_unit_test(who_cannot_be_served_is_answered),
        cmocka_unit_test(too_many_at_a_time_are_refused),
        cmocka_unit_test(who_still_waits_at_the_end_is_answered),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
