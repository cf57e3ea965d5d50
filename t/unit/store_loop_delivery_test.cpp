// What a queue's loop hands out to those who deliver.

#include <algorithm>
#include <string>

#include "store_loop_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using Result = Settlement::Result;
using Withdrawal = ConsentStore::Withdrawal;

constexpr std::int64_t kSecond = 1000;
constexpr Time kDay = 24 * 3600 * kSecond;

void entries_come_as_soon_as_they_are_there(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2});
    queue.turn(queue.append(1));
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    queue.turn(queue.append(2), queue.append(3));
    assert_int_equal(queue.take_work(kNorth).size(), 1);  // two were wanted
    queue.turn(Want{kNorth, 5});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void an_entry_is_told_as_kept_before_it_is_handed_out(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1});
    queue.events.clear();
    queue.turn(queue.append(1));
    assert_true(std::holds_alternative<Appended>(queue.events.front()));
    assert_true(std::holds_alternative<Work>(queue.events.back()));
}

void an_entry_that_a_transfer_owns_is_not_handed_out(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, queue.append(1, kNorth, true));
    assert_true(queue.take_work(kNorth).empty());
    const EntryId id = queue.take_one<Appended>().id.value();
    queue.turn(settlement(id, Result::retry, queue.now()));
    queue.turn_after(StoreLoop::kSettlementPatience);
    queue.turn_until_idle();
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void what_others_have_brought_comes_when_the_queue_tells_of_it(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2});
    queue.turn_until_idle();
    queue.stock(kNorth, 1, kStart);
    queue.turn();
    assert_true(queue.take_work(kNorth).empty());
    queue.backend->tell_news();
    assert_int_equal(queue.wakes, 1);
    queue.turn();
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void where_what_is_appended_comes_back_by_the_store_alone_it_is_claimed_there(void**) {
    LoopHarness queue;
    queue.disk.hands_out_appended = false;
    queue.turn(Want{kNorth, 1});
    const std::size_t claims = queue.disk.claims;
    queue.turn(queue.append(1));
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    assert_true(queue.disk.claims > claims);
}

void nothing_is_handed_out_that_is_not_wanted_any_more(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 3}, WantNothing{kNorth});
    queue.turn(queue.append(1));
    assert_true(queue.take_work(kNorth).empty());
}

void a_lane_that_nobody_asks_for_holds_no_other_one_up(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 500, kStart);
    queue.stock(kSouth, 3, kStart);
    queue.turn(Want{kSouth, 10});
    assert_int_equal(queue.take_work(kSouth).size(), 3);
    assert_true(queue.take_work(kNorth).empty());
}

void lanes_that_nobody_has_asked_for_are_told_once(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 2, kStart);
    queue.turn();
    expect_text(queue.take_one<NewEdge>().edge, kNorth);
    queue.turn(queue.append(1, kSouth), queue.append(2, kNorth));
    expect_text(queue.take_one<NewEdge>().edge, kSouth);
    for (int i = 0; i < 3; ++i) {
        queue.turn_after(kSecond);
    }
    queue.turn(Want{kNorth, 1}, WantNothing{kNorth}, queue.append(3));
    assert_true(queue.take<NewEdge>().empty());
}

void what_others_have_left_is_found_within_a_second(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 5});
    queue.stock(kNorth, 2, kStart);
    queue.stock(kSouth, 2, kStart);
    assert_true(queue.turn_after(500) <= 500);
    queue.turn_after(500);
    assert_int_equal(queue.take_work(kNorth).size(), 2);
    expect_text(queue.take_one<NewEdge>().edge, kSouth);
}

void an_entry_that_is_to_wait_comes_when_it_is_due(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2}, queue.append(1));
    const EntryId id = queue.take_work(kNorth).at(0).id;
    queue.turn(settlement(id, Result::retry, queue.now() + 300));
    assert_int_equal(queue.turn_after(StoreLoop::kSettlementPatience), 250);
    queue.turn_after(249);
    assert_true(queue.take_work(kNorth).empty());
    queue.turn_after(1);
    const std::vector<Claim> claims = queue.take_work(kNorth);
    assert_int_equal(claims.size(), 1);
    assert_int_equal(claims[0].entry.attempts, 1);
}

void what_others_have_tried_comes_when_it_is_due(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 1, kStart);
    queue.disk.rows.at(1).entry.due = queue.now() + 1234;
    queue.turn(Want{kNorth, 1});
    queue.turn_after(kSecond);
    assert_int_equal(queue.turn(), 234);
    queue.turn_after(234);
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void what_is_put_back_is_handed_out_again(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, queue.append(1));
    const EntryId id = queue.take_work(kNorth).at(0).id;
    queue.turn(Release{id}, Want{kNorth, 1});
    const std::vector<Claim> again = queue.take_work(kNorth);
    assert_true(again.at(0).id == id);
    assert_int_equal(again.at(0).entry.attempts, 0);
}

void a_long_queue_is_handed_out_in_parts(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 200, kStart);
    assert_int_equal(queue.turn(Want{kNorth, 150}), 0);
    assert_int_equal(queue.take_work(kNorth).size(), StoreLoop::kMaxClaims);
    queue.turn_until_idle();
    assert_int_equal(queue.take_work(kNorth).size(), 150 - StoreLoop::kMaxClaims);
}

/// Each look is a query: an empty lane costs one a second.
void a_store_that_has_nothing_is_not_asked_again_and_again(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 8});
    queue.turn_until_idle();
    const std::size_t before = queue.disk.claims;
    for (int i = 0; i < 50; ++i) {
        queue.turn_after(10);
    }
    assert_int_equal(queue.disk.claims, before);
    queue.turn(WantNothing{kNorth}, queue.append(1), Want{kNorth, 8});
    assert_int_equal(queue.disk.claims, before + 1);
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void an_entry_that_is_wanted_already_is_not_read_again(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 4}, queue.append(0));  // a lane that was unheard of is looked at
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    queue.take<Appended>();
    const std::size_t before = queue.disk.claims;
    const int tellings = queue.tellings;
    queue.turn(queue.append(1), queue.append(2, kSouth), queue.append(3));
    assert_int_equal(queue.disk.claims, before);
    assert_int_equal(queue.tellings, tellings + 1);
    const std::vector<Claim> claims = queue.take_work(kNorth);
    assert_int_equal(claims.size(), 2);
    expect_text(claims[0].entry.target, "/ee/v1/collect");
    queue.turn(settlement(claims[0].id), settlement(claims[1].id));
    queue.turn_after(StoreLoop::kSettlementPatience);
    assert_int_equal(queue.disk.rows.size(), 2);
}

void an_entry_does_not_overtake_those_that_wait(void**) {
    LoopHarness queue;
    queue.turn(queue.append(1), queue.append(2));
    queue.turn(Want{kNorth, 1}, queue.append(3));
    queue.turn(Want{kNorth, 2}, queue.append(4));
    const std::vector<Claim> claims = queue.take_work(kNorth);
    assert_int_equal(claims.size(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
        assert_int_equal(claims[i].id.number, i + 1);
    }
}

void what_could_not_be_kept_is_not_handed_out(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1});
    queue.disk.sync_fails = true;
    queue.turn(queue.append(1));
    assert_true(queue.take_work(kNorth).empty());
    queue.disk.sync_fails = false;
    queue.turn(queue.append(2));
    assert_int_equal(queue.take_work(kNorth).size(), 1);  // still wanted
}

void what_comes_with_an_end_is_left_to_others(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2});
    queue.turn(queue.append(1), Leave{});
    assert_true(queue.take_one<Appended>().id.has_value());
    assert_true(queue.take_work(kNorth).empty());
    assert_int_equal(queue.disk.rows.size(), 1);
    assert_false(queue.disk.rows.begin()->second.claimed);
}

void an_entry_that_is_kept_for_later_comes_when_it_is_due(void**) {
    LoopHarness queue;
    const auto entry = entry_for(kNorth, queue.now());
    entry->due = queue.now() + 400;
    queue.turn(Want{kNorth, 1});
    assert_int_equal(queue.turn(Append{1, entry, false}), 400);
    assert_true(queue.take_work(kNorth).empty());
    queue.turn_after(400);
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void an_idle_queue_is_left_alone_for_a_second(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 8});
    assert_int_equal(queue.turn(), StoreLoop::kInterval);
    queue.stock(kSouth, 5, kStart);
    queue.turn_after(kSecond);
    assert_int_equal(queue.turn(), StoreLoop::kInterval);
}

void without_memory_it_tries_again_after_a_pause(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 1, kStart);
    queue.disk.claim_has_no_memory = true;
    assert_in_range(queue.turn(Want{kNorth, 1}), 50, 1000);
    queue.disk.claim_has_no_memory = false;
    queue.turn_after(100);
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void what_cannot_be_told_for_want_of_memory_is_told_later(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 1, kStart);
    queue.cannot_be_told = true;
    assert_in_range(queue.turn(Want{kNorth, 2}, queue.append(7)), 50, 1000);
    queue.turn_after(100);
    queue.cannot_be_told = false;
    queue.turn_after(100);
    assert_int_equal(queue.take_one<Appended>().ticket, 7);
    assert_int_equal(queue.take_work(kNorth).size(), 2);
}

void entries_that_are_too_old_become_dead_letters(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 100, kStart - 8 * kDay);
    queue.stock(kNorth, 1, kStart - 6 * kDay);
    queue.disk.rows.begin()->second.entry.website = "another";
    queue.turn(Want{kNorth, 10});
    queue.turn_until_idle();
    queue.turn_after(StoreLoop::kSettlementPatience);
    queue.turn_until_idle();
    assert_int_equal(queue.take_work(kNorth).at(0).id.number, 101);
    std::uint64_t others = 0;
    std::uint64_t count = 0;
    for (const Died& died : queue.take<Died>()) {
        (died.website == "another" ? others : count) += died.count;
    }
    assert_int_equal(count, 99);
    assert_int_equal(others, 1);
    assert_int_equal(queue.disk.dead.size(), 100);
    expect_part(queue.disk.dead.front().reason, "older than the max_age");
    assert_int_equal(queue.disk.rows.size(), 1);
}

void any_max_age_can_be_configured(void**) {
    Limits limits;
    limits.max_age = std::chrono::seconds::max();
    LoopHarness queue(limits);
    queue.stock(kNorth, 1, kStart - 8 * kDay);
    queue.turn(Want{kNorth, 10});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    assert_true(queue.disk.dead.empty());
}

void a_clock_that_jumps_neither_ends_entries_nor_makes_them_wait(void**) {
    LoopHarness queue;
    queue.turn(queue.append(1, kNorth, true));
    queue.turn(settlement(1, Result::retry, queue.now() + 2 * kSecond));
    queue.turn_after(kSecond);
    queue.jump = 400 * kDay;
    queue.turn_after(kSecond);
    const auto message = queue.take_one<LogLine>();
    expect_part(message.text, "jumped by 34560000 s");
    queue.turn(Want{kNorth, 1});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    assert_true(queue.take<Died>().empty());

    queue.turn(settlement(1, Result::retry, queue.loop->now() + kSecond));
    queue.jump = -400 * kDay;
    queue.turn_after(kSecond);
    queue.turn(Want{kNorth, 1});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    queue.turn_after(kSecond);
    assert_int_equal(queue.take<LogLine>().size(), 1);
}

void consents_come_before_entries_and_are_told_apart(void**) {
    LoopHarness queue;
    queue.turn(queue.append(1), AppendConsent{2, "visitor", {}, entry_for(kNorth, queue.now())});
    queue.turn(Want{kNorth, 2});
    const std::vector<Claim> claims = queue.take_work(kNorth);
    assert_int_equal(claims.size(), 2);
    assert_true(claims[0].id.kind == EntryId::Kind::consent);
    assert_true(claims[1].id.kind == EntryId::Kind::event);
    queue.turn(settlement(claims[0].id));
    assert_true(queue.consents.rows.empty());
    assert_int_equal(queue.disk.rows.size(), 1);
}

void a_consent_that_is_wanted_already_comes_at_once(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2});
    queue.turn(AppendConsent{2, "visitor", {}, entry_for(kNorth, queue.now())});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    queue.turn(WithdrawConsent{3, "visitor"});
    assert_true(queue.take_one<ConsentTurn>().result == Withdrawal::in_flight);
}

void a_consent_that_is_put_back_has_no_more_attempts(void**) {
    LoopHarness queue;
    const auto entry = entry_for(kNorth, queue.now());
    entry->attempts = 3;
    queue.turn(Want{kNorth, 1}, AppendConsent{2, "visitor", {}, entry});
    const EntryId id = queue.take_work(kNorth).at(0).id;
    queue.turn(Release{id}, Want{kNorth, 1});
    assert_int_equal(queue.take_work(kNorth).at(0).entry.attempts, 3);
}

void a_consent_that_is_being_sent_is_settled_by_its_transfer(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, AppendConsent{2, "visitor", {}, entry_for(kNorth, queue.now()), true});
    assert_true(queue.take_work(kNorth).empty());
    queue.turn(settlement(queue.take_one<Appended>().id.value()));
    assert_true(queue.consents.rows.empty());
}

void what_nobody_settles_before_the_end_is_put_back(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, AppendConsent{1, "one", {}, entry_for(kNorth, queue.now())},
               AppendConsent{2, "other", {}, entry_for(kNorth, queue.now()), true});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
    queue.turn(Leave{});
    queue.loop->close({queue.now(), kSecond});
    for (const auto& [id, row] : queue.consents.rows) {
        assert_false(row.claimed);
    }
    assert_int_equal(queue.consents.rows.size(), 2);
}

void settlements_of_consents_that_failed_are_given_again(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, AppendConsent{2, "visitor", {}, entry_for(kNorth, queue.now())});
    const EntryId id = queue.take_work(kNorth).at(0).id;
    queue.consents.fails = true;
    queue.turn(settlement(id));
    queue.turn_after(kSecond);
    assert_int_equal(queue.consents.rows.size(), 1);
    queue.consents.fails = false;
    queue.turn_after(kSecond);
    assert_true(queue.consents.rows.empty());
}

void who_leaves_gets_no_more_work_but_may_keep(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 9, kStart);
    queue.turn(Want{kNorth, 4});
    assert_int_equal(queue.take_work(kNorth).size(), 4);
    queue.turn(settlement(1), Want{kNorth, 3}, Leave{}, Want{kNorth, 3}, queue.append(1));
    assert_true(queue.disk.left);
    assert_true(queue.consents.left);
    assert_false(queue.disk.rows.contains(1));  // was delivered before
    assert_true(queue.take_one<Appended>().id.has_value());
    queue.turn_after(kSecond);
    assert_true(queue.take_work(kNorth).empty());
    queue.turn(settlement(2));
    queue.turn_after(StoreLoop::kSettlementPatience);
    assert_true(queue.disk.rows.contains(2));  // is another's now
}

constexpr const char* kLane = "https://north.example first";
constexpr const char* kOtherLane = "https://north.example second";

std::size_t count_of(const std::vector<Claim>& claims, const std::string& lane) {
    return static_cast<std::size_t>(
        std::ranges::count_if(claims, [&](const Claim& claim) { return claim.entry.lane == lane; }));
}

void lanes_of_an_edge_take_turns(void**) {
    LoopHarness queue;
    queue.stock(kLane, 1000, kStart);
    queue.stock(kOtherLane, 20, kStart);
    queue.turn(Want{kNorth, 10});
    const std::vector<Claim> claims = queue.take_work(kNorth);
    assert_int_equal(count_of(claims, kLane), 5);
    assert_int_equal(count_of(claims, kOtherLane), 5);
}

void lanes_take_turns_one_by_one(void**) {
    LoopHarness queue;
    queue.stock(kLane, 100, kStart);
    queue.stock(kOtherLane, 100, kStart);
    std::size_t firsts = 0;
    for (int i = 0; i < 10; ++i) {
        queue.turn(Want{kNorth, 1});
        firsts += count_of(queue.take_work(kNorth), kLane);
    }
    assert_int_equal(firsts, 5);
}

void what_one_lane_does_not_need_others_get(void**) {
    LoopHarness queue;
    queue.stock(kLane, 1, kStart);
    queue.stock(kOtherLane, 100, kStart);
    queue.turn(Want{kNorth, 10});
    assert_int_equal(queue.take_work(kNorth).size(), 10);
}

void an_edge_is_told_once_whatever_lanes_it_has(void**) {
    LoopHarness queue;
    queue.turn(queue.append(1, kLane), queue.append(2, kOtherLane), queue.append(3));
    expect_text(queue.take_one<NewEdge>().edge, kNorth);
}

void a_lane_that_rests_is_not_handed_out_while_others_are(void**) {
    LoopHarness queue;
    queue.stock(kLane, 5, kStart);
    queue.stock(kOtherLane, 5, kStart);
    queue.turn(Rest{kLane, std::chrono::milliseconds(300)}, Want{kNorth, 10});
    queue.turn(queue.append(1, kLane));
    assert_int_equal(count_of(queue.take_work(kNorth), kLane), 0);
    assert_true(queue.turn() <= 300);
    queue.turn_after(299);
    assert_int_equal(queue.take_work(kNorth).size(), 0);
    queue.turn_after(1);
    queue.turn_until_idle();
    assert_int_equal(queue.take_work(kNorth).size(), 5);
}

void a_consent_that_has_failed_does_not_find_out_whether_an_edge_is_well(void**) {
    LoopHarness queue;
    queue.turn(AppendConsent{1, "visitor", {}, entry_for(kNorth, queue.now())}, Want{kNorth, 1});
    const EntryId consent = queue.take_work(kNorth).at(0).id;
    queue.turn(settlement(consent, Result::retry, queue.now()));
    queue.stock(kNorth, 1, kStart);
    queue.turn(Want{kNorth, 1, true});
    queue.turn_after(kSecond);
    const std::vector<Claim> probe = queue.take_work(kNorth);
    assert_int_equal(probe.size(), 1);
    assert_true(probe[0].id.kind == EntryId::Kind::event);
    queue.turn(Want{kNorth, 1, true});
    queue.turn_until_idle();
    assert_true(queue.take_work(kNorth).at(0).id == consent);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_as_soon_as_they_are_there),
        cmocka_unit_test(an_entry_is_told_as_kept_before_it_is_handed_out),
        cmocka_unit_test(an_entry_that_a_transfer_owns_is_not_handed_out),
        cmocka_unit_test(what_others_have_brought_comes_when_the_queue_tells_of_it),
        cmocka_unit_test(where_what_is_appended_comes_back_by_the_store_alone_it_is_claimed_there),
        cmocka_unit_test(nothing_is_handed_out_that_is_not_wanted_any_more),
        cmocka_unit_test(a_lane_that_nobody_asks_for_holds_no_other_one_up),
        cmocka_unit_test(lanes_that_nobody_has_asked_for_are_told_once),
        cmocka_unit_test(what_others_have_left_is_found_within_a_second),
        cmocka_unit_test(an_entry_that_is_to_wait_comes_when_it_is_due),
        cmocka_unit_test(what_others_have_tried_comes_when_it_is_due),
        cmocka_unit_test(what_is_put_back_is_handed_out_again),
        cmocka_unit_test(a_long_queue_is_handed_out_in_parts),
        cmocka_unit_test(a_store_that_has_nothing_is_not_asked_again_and_again),
        cmocka_unit_test(an_entry_that_is_wanted_already_is_not_read_again),
        cmocka_unit_test(an_entry_does_not_overtake_those_that_wait),
        cmocka_unit_test(what_could_not_be_kept_is_not_handed_out),
        cmocka_unit_test(what_comes_with_an_end_is_left_to_others),
        cmocka_unit_test(an_entry_that_is_kept_for_later_comes_when_it_is_due),
        cmocka_unit_test(an_idle_queue_is_left_alone_for_a_second),
        cmocka_unit_test(without_memory_it_tries_again_after_a_pause),
        cmocka_unit_test(what_cannot_be_told_for_want_of_memory_is_told_later),
        cmocka_unit_test(entries_that_are_too_old_become_dead_letters),
        cmocka_unit_test(any_max_age_can_be_configured),
        cmocka_unit_test(a_clock_that_jumps_neither_ends_entries_nor_makes_them_wait),
        cmocka_unit_test(consents_come_before_entries_and_are_told_apart),
        cmocka_unit_test(a_consent_that_is_wanted_already_comes_at_once),
        cmocka_unit_test(a_consent_that_is_put_back_has_no_more_attempts),
        cmocka_unit_test(a_consent_that_is_being_sent_is_settled_by_its_transfer),
        cmocka_unit_test(what_nobody_settles_before_the_end_is_put_back),
        cmocka_unit_test(settlements_of_consents_that_failed_are_given_again),
        cmocka_unit_test(who_leaves_gets_no_more_work_but_may_keep),
        cmocka_unit_test(lanes_of_an_edge_take_turns),
        cmocka_unit_test(lanes_take_turns_one_by_one),
        cmocka_unit_test(what_one_lane_does_not_need_others_get),
        cmocka_unit_test(an_edge_is_told_once_whatever_lanes_it_has),
        cmocka_unit_test(a_lane_that_rests_is_not_handed_out_while_others_are),
        cmocka_unit_test(a_consent_that_has_failed_does_not_find_out_whether_an_edge_is_well),
    };
    return cmocka_run_group_tests_name("store loop, delivery", tests, nullptr, nullptr);
}
