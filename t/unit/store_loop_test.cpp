// How a queue's loop keeps entries, and what it does when it cannot.

#include "store_loop_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using Result = Settlement::Result;
using Withdrawal = ConsentStore::Withdrawal;

constexpr std::int64_t kSecond = 1000;

/// An entry that counts for exactly `size` bytes.
std::shared_ptr<Entry> entry_of_size(std::size_t size, Source source = Source::storefront) {
    auto entry = entry_for(kNorth, kStart);
    entry->source = source;
    entry->body.clear();
    entry->body.assign(size - entry->size(), 'x');
    return entry;
}

void entries_that_come_together_share_a_sync_and_are_told_together(void**) {
    LoopHarness queue;
    queue.turn();
    const int tellings = queue.tellings;
    queue.turn(queue.append(1), queue.append(2, kSouth), queue.append(3));
    assert_int_equal(queue.disk.syncs, 1);
    assert_int_equal(queue.tellings, tellings + 1);
    const std::vector<Appended> kept = queue.take<Appended>();
    assert_int_equal(kept.size(), 3);
    for (std::uint64_t i = 0; i < 3; ++i) {
        assert_int_equal(kept[i].ticket, i + 1);
        assert_true(queue.disk.rows.contains(kept[i].id->number));
    }
}

void an_entry_without_a_time_of_receipt_gets_one(void**) {
    LoopHarness queue;
    queue.turn(Append{1, entry_for(kNorth, 0), false}, Append{2, entry_for(kNorth, 5), false});
    assert_int_equal(queue.disk.rows.at(1).entry.received, queue.now());
    assert_int_equal(queue.disk.rows.at(2).entry.received, 5);
}

void so_does_a_consent(void**) {
    LoopHarness queue;
    queue.turn(AppendConsent{1, "visitor", {}, entry_for(kNorth, 0)});
    assert_int_equal(queue.consents.rows.at(1).entry.received, queue.now());
    queue.turn(Want{kNorth, 1});
    assert_int_equal(queue.take_one<Work>().claims.size(), 1);  // it is not too old
}

void a_sync_that_fails_refuses_the_whole_group(void**) {
    LoopHarness queue;
    queue.disk.sync_fails = true;
    queue.turn(queue.append(1), queue.append(2));
    for (const Appended& kept : queue.take<Appended>()) {
        assert_false(kept.id.has_value());
    }
    const auto message = queue.take_one<LogLine>();
    assert_true(message.alert);
    expect_part(message.text, "could not be written");
    expect_part(message.text, "disk is full");

    queue.disk.sync_fails = false;
    queue.turn(queue.append(3));
    assert_true(queue.take_one<Appended>().id.has_value());
    expect_part(queue.take_one<LogLine>().text, "can be written again");
}

void an_append_that_fails_spoils_its_group_only(void**) {
    LoopHarness queue;
    queue.disk.append_fails = true;
    queue.turn(queue.append(1));
    assert_false(queue.take_one<Appended>().id.has_value());
    queue.disk.append_fails = false;
    queue.turn(queue.append(2));
    assert_true(queue.take_one<Appended>().id.has_value());
}

void a_failure_is_told_once_a_minute_with_what_the_store_says(void**) {
    LoopHarness queue;
    queue.turn();
    queue.disk.sync_fails = true;
    queue.disk.messages = {{true, "\"1.db\": database or disk is full"}};
    for (std::uint64_t i = 0; i < 590; ++i) {
        queue.turn(queue.append(i));
        queue.monotonic += 100;
    }
    const std::vector<LogLine> messages = queue.take<LogLine>();
    assert_int_equal(messages.size(), 2);
    expect_text(messages[0].text, "\"1.db\": database or disk is full");
    assert_true(messages[0].alert);
    queue.monotonic += 2000;
    queue.turn(queue.append(1000));
    expect_part(queue.take_one<LogLine>().text, "(590 since the last message)");
}

void a_failure_that_comes_and_goes_does_not_fill_the_log(void**) {
    LoopHarness queue;
    for (std::uint64_t i = 0; i < 100; ++i) {
        queue.disk.sync_fails = i % 2 == 0;
        queue.turn(queue.append(i));
    }
    assert_int_equal(queue.take<LogLine>().size(), 2);  // that it began, that it ended
}

void settlements_wait_a_moment_for_a_sync(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 3, kStart);
    queue.turn(Want{kNorth, 3});
    assert_int_equal(queue.turn(settlement(1)), StoreLoop::kSettlementPatience);
    queue.monotonic += 20;
    assert_int_equal(queue.turn(settlement(2)), StoreLoop::kSettlementPatience - 20);
    assert_int_equal(queue.disk.syncs, 0);
    queue.turn_after(30);
    assert_int_equal(queue.disk.syncs, 1);
    assert_int_equal(queue.disk.rows.size(), 1);

    queue.turn(settlement(3));
    queue.turn(queue.append(1));
    assert_int_equal(queue.disk.syncs, 2);
    assert_false(queue.disk.rows.contains(3));
}

void many_settlements_do_not_wait(void**) {
    LoopHarness queue;
    queue.stock(kNorth, StoreLoop::kMaxSettlements, kStart);
    queue.turn(Want{kNorth, StoreLoop::kMaxSettlements});
    for (std::uint64_t id = 1; id <= StoreLoop::kMaxSettlements; ++id) {
        queue.commands.emplace_back(settlement(id));
    }
    queue.turn();
    assert_int_equal(queue.disk.syncs, 1);
    assert_true(queue.disk.rows.empty());
}

void settlements_that_failed_are_given_again_each_second(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 8, kStart);
    queue.turn(Want{kNorth, 2});
    queue.disk.sync_fails = true;
    queue.turn(settlement(1), settlement(2));
    queue.turn_after(StoreLoop::kSettlementPatience);
    for (int i = 0; i < 10; ++i) {
        queue.turn_after(kSecond);
    }
    assert_int_equal(queue.disk.syncs, 11);
    assert_int_equal(queue.disk.rows.size(), 8);
    assert_int_equal(queue.take<LogLine>().size(), 1);

    queue.disk.sync_fails = false;
    queue.turn_after(kSecond);
    assert_int_equal(queue.disk.rows.size(), 6);
    queue.turn_after(kSecond);
    assert_int_equal(queue.disk.syncs, 12);
}

void settlements_that_fail_do_not_take_appends_with_them_for_long(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 1, kStart);
    queue.turn(Want{kNorth, 1});
    queue.disk.settlement_fails = true;
    queue.turn(settlement(1), queue.append(1));
    assert_false(queue.take_one<Appended>().id.has_value());
    for (std::uint64_t i = 2; i < 20; ++i) {
        queue.monotonic += 10;
        queue.turn(queue.append(i));
        assert_true(queue.take_one<Appended>().id.has_value());
    }
}

/// Otherwise what was delivered would pile up in memory, and be delivered again after a crash.
void nothing_is_handed_out_while_settlements_fail(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 8, kStart);
    queue.turn(Want{kNorth, 1});
    queue.take_work(kNorth);
    queue.disk.sync_fails = true;
    queue.turn(settlement(1));
    queue.turn_after(StoreLoop::kSettlementPatience);
    assert_true(queue.turn(Want{kNorth, 5}) > 0);
    assert_true(queue.take_work(kNorth).empty());
    queue.disk.sync_fails = false;
    queue.turn_after(kSecond);
    assert_int_equal(queue.take_work(kNorth).size(), 5);
}

void the_storefront_may_fill_nine_tenths_and_the_back_office_all(void**) {
    Limits limits;
    limits.max_size = 10'000;
    LoopHarness queue(limits);
    queue.turn(Append{1, entry_of_size(8999), false});
    assert_true(queue.take_one<Appended>().id.has_value());
    queue.turn(Append{2, entry_of_size(1000), false});
    assert_false(queue.take_one<Appended>().id.has_value());
    const auto message = queue.take_one<LogLine>();
    assert_true(message.alert);
    expect_part(message.text, "8999 bytes");
    expect_part(message.text, "may hold 9000");
    expect_part(message.text, "max_size");
    queue.turn(Append{3, entry_of_size(1001, Source::back_office), false});
    assert_true(queue.take_one<Appended>().id.has_value());
    queue.turn(Append{4, entry_of_size(1001, Source::back_office), false});
    assert_false(queue.take_one<Appended>().id.has_value());
}

void the_entries_of_one_group_count_together(void**) {
    Limits limits;
    limits.max_size = 10'000;
    LoopHarness queue(limits);
    queue.turn(Append{1, entry_of_size(4500), false}, Append{2, entry_of_size(4500), false},
               Append{3, entry_of_size(4500), false});
    std::size_t refused = 0;
    for (const Appended& kept : queue.take<Appended>()) {
        refused += kept.id ? 0U : 1U;
    }
    assert_int_equal(refused, 1);
}

void what_other_workers_hold_counts(void**) {
    Limits limits;
    limits.max_size = 10'000;
    LoopHarness queue(limits);
    Counts others;
    others.bytes = 5000;
    others.dead_bytes = 2400;
    queue.ledger->write(7, others);
    queue.turn(Append{1, entry_of_size(1601), false});
    assert_false(queue.take_one<Appended>().id.has_value());
    queue.turn(Append{2, entry_of_size(1600), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void the_last_of_the_disk_is_left_for_deliveries(void**) {
    LoopHarness queue;
    queue.turn(queue.append(1), Want{kNorth, 1});
    const std::vector<Claim> claims = queue.take_work(kNorth);
    queue.take<Appended>();
    queue.disk.free_space = StoreLoop::kSpareDisk + 1500;
    queue.turn(Append{2, entry_of_size(1000), false}, Append{3, entry_of_size(1000), false},
               AppendConsent{4, "visitor", {}, entry_of_size(1000)}, settlement(claims.at(0).id));
    expect_part(queue.take_one<LogLine>().text, "disk of the queue is nearly full");
    std::map<std::uint64_t, bool> kept;
    for (const Appended& each : queue.take<Appended>()) {
        kept[each.ticket] = each.id.has_value();
    }
    assert_true((kept == std::map<std::uint64_t, bool>{{2, true}, {3, false}, {4, false}}));
    assert_int_equal(queue.disk.rows.size(), 1);
    queue.disk.free_space = StoreLoop::kSpareDisk + 1000;
    queue.turn(Append{5, entry_of_size(1000), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void a_full_queue_takes_consents(void**) {
    Limits limits;
    limits.max_size = 10'000;
    LoopHarness queue(limits);
    queue.turn(Append{1, entry_of_size(9000), false});
    queue.take<Appended>();
    queue.turn(AppendConsent{2, "visitor", {}, entry_of_size(500)});
    assert_true(queue.take_one<Appended>().id.has_value());
}

std::shared_ptr<Entry> entry_in_lane(const std::string& lane, std::size_t size) {
    auto entry = entry_for(lane, kStart);
    entry->body.append(size - entry->size(), 'x');
    return entry;
}

void no_website_holds_more_than_what_is_left_for_the_others(void**) {
    const std::string flooded = std::string(kNorth) + " flooded";
    const std::string other = std::string(kNorth) + " other";
    Limits limits;
    limits.max_size = 10'000;
    limits.websites = 2;
    LoopHarness queue(limits);
    std::size_t kept = 0;
    for (std::uint64_t ticket = 1; ticket <= 20; ++ticket) {
        queue.turn(Append{ticket, entry_in_lane(flooded, 1000), false});
        kept += queue.take_one<Appended>().id ? 1U : 0U;
    }
    assert_int_equal(kept, 4);
    expect_part(queue.take_one<LogLine>().text, "no more events for datastream \"flooded\"");
    queue.turn(Append{30, entry_in_lane(other, 1000), false}, Append{31, entry_in_lane(other, 1000), false},
               Append{32, entry_in_lane(other, 1000), false});
    for (const Appended& each : queue.take<Appended>()) {
        assert_int_equal(each.id.has_value(), each.ticket != 32);
    }
}

void a_website_that_is_alone_may_have_everything(void**) {
    Limits limits;
    limits.max_size = 10'000;
    LoopHarness queue(limits);
    for (std::uint64_t ticket = 1; ticket <= 9; ++ticket) {
        queue.turn(Append{ticket, entry_in_lane(kNorth, 1000), false});
        assert_true(queue.take_one<Appended>().id.has_value());
    }
}

void what_other_workers_hold_of_a_website_counts(void**) {
    Limits limits;
    limits.max_size = 10'000;
    limits.websites = 2;
    LoopHarness queue(limits);
    Counts others;
    others.bytes = 4000;
    Ledger::Shares shares{};
    shares[queue.ledger->share_of(kNorth)] = 4000;
    queue.ledger->write(7, others, shares);
    queue.turn(Append{1, entry_in_lane(kNorth, 1000), false});
    assert_false(queue.take_one<Appended>().id.has_value());
    queue.turn(Append{2, entry_in_lane(kSouth, 1000), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void the_back_office_has_room_whatever_visitors_send(void**) {
    Limits limits;
    limits.max_size = 10'000;
    limits.websites = 2;
    LoopHarness queue(limits);
    queue.turn(Append{1, entry_in_lane(kNorth, 4000), false}, Append{2, entry_in_lane(kSouth, 2000), false});
    queue.take<Appended>();
    auto entry = entry_in_lane(kNorth, 3000);
    entry->source = Source::back_office;
    queue.turn(Append{3, std::move(entry), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void a_part_of_the_disk_is_left_to_others(void**) {
    constexpr std::uint64_t kDisk = std::uint64_t{100} << 30U;
    LoopHarness queue;
    queue.disk.size = kDisk;
    queue.disk.free_space = kDisk / 100 * 5 + 999;
    queue.turn(Append{1, entry_of_size(1000), false});
    assert_false(queue.take_one<Appended>().id.has_value());
    expect_part(queue.take_one<LogLine>().text, "min_free of aep_queue");
    queue.disk.free_space += 1;
    queue.turn(Append{2, entry_of_size(1000), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void what_is_left_of_the_disk_can_be_named_in_bytes(void**) {
    Limits limits;
    limits.min_free = std::uint64_t{1} << 30U;
    limits.min_free_percent = 0;
    LoopHarness queue(limits);
    queue.disk.size = std::uint64_t{100} << 30U;
    queue.disk.free_space = limits.min_free + 999;
    queue.turn(Append{1, entry_of_size(1000), false});
    assert_false(queue.take_one<Appended>().id.has_value());
    queue.disk.free_space = limits.min_free + 1000;
    queue.turn(Append{2, entry_of_size(1000), false});
    assert_true(queue.take_one<Appended>().id.has_value());
}

void refusals_for_lack_of_room_are_told_once_a_minute(void**) {
    Limits limits;
    limits.max_size = 600;
    LoopHarness queue(limits);
    for (std::uint64_t i = 0; i < 100; ++i) {
        queue.turn(Append{i, entry_of_size(700), false});
    }
    assert_int_equal(queue.take<Appended>().size(), 100);
    assert_int_equal(queue.take<LogLine>().size(), 1);
    queue.monotonic += Trouble::kInterval;
    queue.turn(Append{100, entry_of_size(700), false});
    expect_part(queue.take_one<LogLine>().text, "100 refused");
}

void dead_letters_beyond_a_quarter_are_discarded_the_oldest_first(void**) {
    Limits limits;
    limits.max_size = 20'000;
    LoopHarness queue(limits);
    for (std::uint64_t i = 1; i <= 6; ++i) {
        queue.commands.emplace_back(Append{i, entry_of_size(1000), true});
    }
    queue.turn();
    for (std::uint64_t id = 1; id <= 6; ++id) {
        queue.commands.emplace_back(settlement(id, Result::dead));
    }
    queue.turn();
    queue.turn_after(StoreLoop::kSettlementPatience);
    assert_int_equal(queue.take_one<Discarded>().dead_letters, 1);
    assert_int_equal(queue.disk.dead.size(), 5);
    assert_int_equal(queue.disk.dead.front().id.number, 2);
    const auto message = queue.take_one<LogLine>();
    assert_true(message.alert);
    expect_part(message.text, "1 dead letters");
    expect_part(message.text, "5000 bytes");
}

void a_worker_discards_its_share_of_the_dead_letters_only(void**) {
    Limits limits;
    limits.max_size = 40'000;
    LoopHarness queue(limits);
    Counts others;
    others.dead_bytes = 15'000;
    queue.ledger->write(2, others);
    for (int i = 0; i < 5; ++i) {
        queue.disk.dead.push_back({event_id(static_cast<std::uint64_t>(i)), 0, 0, "", *entry_of_size(1000)});
    }
    queue.turn();  // 20000 in all, 10000 too many, a quarter of which are ours
    assert_int_equal(queue.take_one<Discarded>().dead_letters, 3);
}

void a_store_that_does_not_open_is_tried_again_each_second(void**) {
    LoopHarness queue;
    queue.can_open = false;
    queue.turn(queue.append(1));
    assert_false(queue.take_one<Appended>().id.has_value());
    const auto message = queue.take_one<LogLine>();
    assert_true(message.alert);
    expect_part(message.text, "\"/var/queue\" cannot be written");
    for (int i = 0; i < 10; ++i) {
        queue.turn_after(kSecond);
    }
    assert_int_equal(queue.opens, 11);
    assert_true(queue.take<LogLine>().empty());

    queue.can_open = true;
    queue.turn_after(kSecond);
    const auto good = queue.take_one<LogLine>();
    assert_false(good.alert);
    expect_part(good.text, "can be used now");
    queue.turn(queue.append(2));
    assert_true(queue.take_one<Appended>().id.has_value());
}

void without_a_store_of_consents_entries_are_kept(void**) {
    LoopHarness queue;
    queue.can_open_consents = false;
    queue.turn(queue.append(1), AppendConsent{2, "visitor", {}, entry_for(kNorth, kStart)},
               WithdrawConsent{3, "visitor"});
    expect_part(queue.take_one<LogLine>().text, "queue of consents cannot be used");
    const std::vector<Appended> kept = queue.take<Appended>();
    assert_int_equal(kept.size(), 2);
    assert_int_equal(kept[0].ticket, 2);
    assert_false(kept[0].id.has_value());
    assert_true(kept[1].id.has_value());
    assert_true(queue.take_one<ConsentTurn>().result == Withdrawal::failed);
}

void a_consent_is_kept_and_withdrawn(void**) {
    LoopHarness queue;
    queue.turn(AppendConsent{1, "visitor", {}, entry_for(kNorth, kStart)});
    const auto kept = queue.take_one<Appended>();
    assert_int_equal(kept.ticket, 1);
    assert_true(kept.id == consent_id(1));
    queue.turn(WithdrawConsent{2, "visitor"}, WithdrawConsent{3, "visitor"});
    const std::vector<ConsentTurn> turns = queue.take<ConsentTurn>();
    assert_int_equal(turns[0].ticket, 2);
    assert_true(turns[0].result == Withdrawal::withdrawn);
    assert_true(turns[1].result == Withdrawal::absent);
}

void a_consent_is_as_old_as_its_keeping(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, AppendConsent{1, "visitor", {}, entry_for(kNorth, 0)});
    assert_true(queue.take_one<Work>().claims.at(0).entry.received == queue.now());
}

void a_consent_that_cannot_be_written_is_refused(void**) {
    LoopHarness queue;
    queue.consents.fails = true;
    queue.turn(AppendConsent{1, "visitor", {}, entry_for(kNorth, kStart)});
    assert_false(queue.take_one<Appended>().id.has_value());
    expect_part(queue.take_one<LogLine>().text, "consent could not be written");
}

void what_waits_is_made_durable_at_the_end(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 1, kStart);
    queue.turn(Want{kNorth, 1});
    queue.turn(settlement(1));
    assert_int_equal(queue.disk.rows.size(), 1);
    queue.loop->close(queue.instant());
    assert_true(queue.disk.rows.empty());
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(entries_that_come_together_share_a_sync_and_are_told_together),
        cmocka_unit_test(an_entry_without_a_time_of_receipt_gets_one),
        cmocka_unit_test(so_does_a_consent),
        cmocka_unit_test(a_sync_that_fails_refuses_the_whole_group),
        cmocka_unit_test(an_append_that_fails_spoils_its_group_only),
        cmocka_unit_test(a_failure_is_told_once_a_minute_with_what_the_store_says),
        cmocka_unit_test(a_failure_that_comes_and_goes_does_not_fill_the_log),
        cmocka_unit_test(settlements_wait_a_moment_for_a_sync),
        cmocka_unit_test(many_settlements_do_not_wait),
        cmocka_unit_test(settlements_that_failed_are_given_again_each_second),
        cmocka_unit_test(settlements_that_fail_do_not_take_appends_with_them_for_long),
        cmocka_unit_test(nothing_is_handed_out_while_settlements_fail),
        cmocka_unit_test(the_storefront_may_fill_nine_tenths_and_the_back_office_all),
        cmocka_unit_test(the_entries_of_one_group_count_together),
        cmocka_unit_test(what_other_workers_hold_counts),
        cmocka_unit_test(the_last_of_the_disk_is_left_for_deliveries),
        cmocka_unit_test(a_full_queue_takes_consents),
        cmocka_unit_test(no_website_holds_more_than_what_is_left_for_the_others),
        cmocka_unit_test(a_website_that_is_alone_may_have_everything),
        cmocka_unit_test(what_other_workers_hold_of_a_website_counts),
        cmocka_unit_test(the_back_office_has_room_whatever_visitors_send),
        cmocka_unit_test(a_part_of_the_disk_is_left_to_others),
        cmocka_unit_test(what_is_left_of_the_disk_can_be_named_in_bytes),
        cmocka_unit_test(refusals_for_lack_of_room_are_told_once_a_minute),
        cmocka_unit_test(dead_letters_beyond_a_quarter_are_discarded_the_oldest_first),
        cmocka_unit_test(a_worker_discards_its_share_of_the_dead_letters_only),
        cmocka_unit_test(a_store_that_does_not_open_is_tried_again_each_second),
        cmocka_unit_test(without_a_store_of_consents_entries_are_kept),
        cmocka_unit_test(a_consent_is_kept_and_withdrawn),
        cmocka_unit_test(a_consent_is_as_old_as_its_keeping),
        cmocka_unit_test(a_consent_that_cannot_be_written_is_refused),
        cmocka_unit_test(what_waits_is_made_durable_at_the_end),
    };
    return cmocka_run_group_tests_name("store loop", tests, nullptr, nullptr);
}
