// What StoreLoop does with back office events.

#include "store_loop_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using Result = Settlement::Result;

constexpr std::int64_t kSecond = 1000;

std::string bodies_of(const Batch& batch) {
    std::string text;
    for (const Claim& claim : batch.claims) {
        text += (text.empty() ? "" : " ") + claim.entry.body;
    }
    return text;
}

void settle_all(LoopHarness& queue, const Batch& batch) {
    for (const Claim& claim : batch.claims) {
        queue.commands.emplace_back(settlement(claim.id));
    }
    queue.turn();
}

Entry order_entry(const LoopHarness& queue, Time received, std::string body = "{}",
                  const std::string& lane = kNorth) {
    Entry entry = *queue.append_order(0, std::move(body), lane).entry;
    entry.received = received;
    return entry;
}

void all_that_is_appended_in_a_turn_is_one_unit(void**) {
    LoopHarness queue;
    queue.turn(queue.append_order(1, "a"), queue.append_order(2, "b"), queue.append_order(3, "c"));
    const auto appended = queue.take<Appended>();
    assert_int_equal(appended.size(), 3);
    for (std::size_t i = 0; i < appended.size(); ++i) {
        assert_int_equal(appended[i].ticket, i + 1);
        assert_true(appended[i].id == order_id(i + 1));
    }
    assert_true(queue.orders.units == std::vector<std::size_t>{3});
}

void what_cannot_be_written_is_refused_and_said_once(void**) {
    LoopHarness queue;
    queue.turn();
    queue.orders.fails = true;
    queue.turn(queue.append_order(1), queue.append_order(2));
    for (const Appended& appended : queue.take<Appended>()) {
        assert_false(appended.id.has_value());
    }
    expect_part(queue.take_one<LogLine>().text, "could not be written");
    queue.turn(queue.append_order(3));
    assert_true(queue.take<LogLine>().empty());
}

void without_their_store_they_are_refused_while_others_are_kept(void**) {
    LoopHarness queue;
    queue.can_open_orders = false;
    queue.turn(queue.append_order(1));
    assert_false(queue.take_one<Appended>().id.has_value());
    expect_part(queue.take_one<LogLine>().text, "back office events cannot be used");
    queue.turn(queue.append(2));
    assert_true(queue.take_one<Appended>().id.has_value());
    queue.can_open_orders = true;
    queue.turn_after(kSecond);
    expect_part(queue.take_one<LogLine>().text, "can be used now");
    queue.turn(queue.append_order(3));
    assert_true(queue.take_one<Appended>().id.has_value());
}

void a_lane_has_one_batch_at_a_time(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 10}, queue.append_order(1, "a"), queue.append_order(2, "b"));
    const auto batch = queue.take_one<Batch>();
    expect_text(batch.edge, kNorth);
    expect_text(bodies_of(batch), "a b");

    queue.turn(queue.append_order(3, "c"));
    queue.turn_after(kSecond);
    assert_true(queue.take<Batch>().empty());
    queue.turn(settlement(batch.claims[0].id));
    queue.turn_after(kSecond);
    assert_true(queue.take<Batch>().empty());  // b is still under way

    queue.turn(settlement(batch.claims[1].id));
    expect_text(bodies_of(queue.take_one<Batch>()), "c");
}

void lanes_do_not_wait_for_each_other(void**) {
    LoopHarness queue;
    const std::string one = std::string(kNorth) + " one";
    const std::string two = std::string(kNorth) + " two";
    queue.turn(Want{kNorth, 10}, queue.append_order(1, "a", one), queue.append_order(2, "b", two));
    assert_int_equal(queue.take<Batch>().size(), 2);
}

void lanes_take_turns(void**) {
    LoopHarness queue;
    const std::string one = std::string(kNorth) + " one";
    const std::string two = std::string(kNorth) + " two";
    for (int i = 0; i < 3; ++i) {
        queue.turn(queue.append_order(1, std::string(50'000, 'a'), one),
                   queue.append_order(2, std::string(50'000, 'b'), two));
    }
    std::string order;
    for (int i = 0; i < 4; ++i) {
        queue.turn(Want{kNorth, 1});
        const auto batch = queue.take_one<Batch>();
        order += batch.claims[0].entry.body[0];
        settle_all(queue, batch);
    }
    expect_text(order, "abab");
}

void a_batch_counts_for_one(void**) {
    LoopHarness queue;
    const std::string other = std::string(kNorth) + " other";
    queue.turn(Want{kNorth, 1}, queue.append_order(1, "a"), queue.append_order(2, "b"),
               queue.append_order(3, "c", other));
    queue.take_one<Batch>();
    queue.turn(Want{kNorth, 1});
    queue.take_one<Batch>();
}

void batches_and_entries_take_turns(void**) {
    LoopHarness queue;
    queue.stock(kNorth, 3, kStart);
    for (int i = 0; i < 3; ++i) {
        queue.turn(queue.append_order(1, std::string(50'000, 'a')));
    }
    std::string order;
    for (int i = 0; i < 4; ++i) {
        queue.turn(Want{kNorth, 1});
        const std::vector<Claim> claims = queue.take_work(kNorth);
        order += claims.empty() ? "b" : "e";
        for (const Batch& batch : queue.take<Batch>()) {
            settle_all(queue, batch);
        }
    }
    expect_text(order, "bebe");
}

void a_batch_is_not_overtaken_by_fresh_entries_for_ever(void**) {
    LoopHarness queue;
    queue.turn(queue.append_order(1));
    queue.turn(Want{kNorth, 1}, queue.append(2));
    assert_int_equal(queue.take<Batch>().size(), 1);
    queue.turn(Want{kNorth, 1});
    assert_int_equal(queue.take_work(kNorth).size(), 1);
}

void what_is_put_back_comes_again_first_and_not_at_once(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, queue.append_order(1, "a"), queue.append_order(2, "b"));
    const auto batch = queue.take_one<Batch>();
    queue.turn(Release{batch.claims[0].id}, Release{batch.claims[1].id}, Want{kNorth, 1},
               queue.append_order(3, "c", kSouth));
    assert_true(queue.take<Batch>().empty());
    assert_true(queue.turn() > 0);
    queue.turn_after(kSecond);
    expect_text(bodies_of(queue.take_one<Batch>()), "a b");
}

void what_failed_keeps_its_lane_waiting_until_it_is_due(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, queue.append_order(1, "a"), queue.append_order(2, "b"));
    const auto batch = queue.take_one<Batch>();
    queue.turn(settlement(batch.claims[0].id, Result::retry, queue.now() + 3 * kSecond),
               Release{batch.claims[1].id}, Want{kNorth, 1});
    queue.turn_after(kSecond);
    queue.turn_after(kSecond);
    assert_true(queue.take<Batch>().empty());
    queue.turn_after(kSecond);
    const auto again = queue.take_one<Batch>();
    expect_text(bodies_of(again), "a b");
    assert_int_equal(again.claims[0].entry.attempts, 1);
}

void settlements_that_failed_are_given_again(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 2}, queue.append_order(1, "a"));
    const auto batch = queue.take_one<Batch>();
    queue.orders.fails = true;
    queue.turn(settlement(batch.claims[0].id));
    assert_true(queue.turn() > 0);
    queue.turn_after(kSecond);
    queue.turn();
    assert_int_equal(queue.orders.rows.size(), 1);
    assert_true(queue.take<Batch>().empty());
    queue.orders.fails = false;
    queue.turn_after(kSecond);
    queue.turn();
    assert_true(queue.orders.rows.empty());
}

void what_others_have_appended_is_found(void**) {
    LoopHarness queue;
    queue.turn();
    queue.orders.add(7, order_entry(queue, queue.now(), "a"));
    queue.turn_after(kSecond);
    expect_text(queue.take_one<NewEdge>().edge, kNorth);
    queue.turn(Want{kNorth, 2});
    const auto batch = queue.take_one<Batch>();
    expect_text(bodies_of(batch), "a");
    settle_all(queue, batch);
    queue.orders.add(8, order_entry(queue, queue.now(), "b"));
    queue.turn_after(kSecond);
    expect_text(bodies_of(queue.take_one<Batch>()), "b");
}

void what_is_too_old_becomes_a_dead_letter(void**) {
    LoopHarness queue;
    queue.orders.add(1, order_entry(queue, kStart - 8 * 24 * 3600 * kSecond, "old"));
    queue.orders.add(2, order_entry(queue, kStart, "young"));
    queue.turn(Want{kNorth, 1});
    expect_text(bodies_of(queue.take_one<Batch>()), "young");
    assert_int_equal(queue.take_one<Died>().count, 1);
    queue.turn();
    assert_int_equal(queue.orders.dead.size(), 1);
    expect_part(queue.orders.dead[0].reason, "max_age");
}

constexpr std::uint64_t kSmall = 1'000'000;

LoopHarness small_queue() {
    Limits limits;
    limits.max_size = kSmall;
    return LoopHarness(limits);
}

std::size_t count_of_kept(LoopHarness& queue, Source source) {
    std::size_t kept = 0;
    for (int i = 0; i < 2000; ++i) {
        if (source == Source::back_office) {
            queue.turn(queue.append_order(1, std::string(1000, 'x')));
        } else {
            queue.turn(Append{1, entry_for(kNorth, queue.now(), std::string(1000, 'x'))});
        }
        kept += queue.take_one<Appended>().id ? std::size_t{1} : 0;
    }
    return kept * entry_for(kNorth, 0, std::string(1000, 'x'))->size();
}

void they_may_use_all_that_is_free(void**) {
    LoopHarness queue = small_queue();
    assert_in_range(count_of_kept(queue, Source::back_office), kSmall - 2000, kSmall);
    expect_part(queue.take_one<LogLine>().text, "the queue is full");
    queue.turn(queue.append(1));
    assert_false(queue.take_one<Appended>().id.has_value());
}

void a_tenth_is_reserved_for_them(void**) {
    LoopHarness queue = small_queue();
    assert_in_range(count_of_kept(queue, Source::storefront), kSmall * 9 / 10 - 2000, kSmall * 9 / 10);
    assert_in_range(count_of_kept(queue, Source::back_office), kSmall / 10 - 2000, kSmall / 10 + 2000);
}

void a_queue_that_others_have_filled_leaves_them_their_tenth(void**) {
    LoopHarness queue = small_queue();
    queue.turn();
    queue.ledger->write(2, {.entries = 1, .bytes = kSmall});
    assert_in_range(count_of_kept(queue, Source::back_office), kSmall / 10 - 2000, kSmall / 10);
}

void a_disk_that_is_nearly_full_takes_none(void**) {
    LoopHarness queue;
    queue.turn();
    queue.disk.free_space = StoreLoop::kSpareDisk;
    queue.turn(queue.append_order(1));
    assert_false(queue.take_one<Appended>().id.has_value());
    expect_part(queue.take_one<LogLine>().text, "nearly full");
}

void dead_letters_beyond_their_limit_are_discarded(void**) {
    LoopHarness queue = small_queue();
    for (int i = 0; i < 40; ++i) {
        queue.orders.dead.push_back({order_id(static_cast<std::uint64_t>(i)), 0, 400, "no",
                                     order_entry(queue, kStart, std::string(10'000, 'x'))});
    }
    queue.turn();
    queue.turn_after(kSecond);
    assert_in_range(queue.orders.dead.size(), 20, 25);
    assert_in_range(queue.take_one<Discarded>().dead_letters, 15, 20);
}

void who_leaves_gets_none_but_may_keep(void**) {
    LoopHarness queue;
    queue.turn(Want{kNorth, 1}, queue.append_order(1, "a"));
    const auto batch = queue.take_one<Batch>();
    queue.turn(settlement(batch.claims[0].id), Leave{}, queue.append_order(2, "b"));
    assert_true(queue.orders.left);
    assert_int_equal(queue.orders.rows.size(), 1);
    queue.turn_after(kSecond);
    assert_true(queue.take<Batch>().empty());
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_appended_in_a_turn_is_one_unit),
        cmocka_unit_test(what_cannot_be_written_is_refused_and_said_once),
        cmocka_unit_test(without_their_store_they_are_refused_while_others_are_kept),
        cmocka_unit_test(a_lane_has_one_batch_at_a_time),
        cmocka_unit_test(lanes_do_not_wait_for_each_other),
        cmocka_unit_test(lanes_take_turns),
        cmocka_unit_test(a_batch_counts_for_one),
        cmocka_unit_test(batches_and_entries_take_turns),
        cmocka_unit_test(a_batch_is_not_overtaken_by_fresh_entries_for_ever),
        cmocka_unit_test(what_is_put_back_comes_again_first_and_not_at_once),
        cmocka_unit_test(what_failed_keeps_its_lane_waiting_until_it_is_due),
        cmocka_unit_test(settlements_that_failed_are_given_again),
        cmocka_unit_test(what_others_have_appended_is_found),
        cmocka_unit_test(what_is_too_old_becomes_a_dead_letter),
        cmocka_unit_test(they_may_use_all_that_is_free),
        cmocka_unit_test(a_tenth_is_reserved_for_them),
        cmocka_unit_test(a_queue_that_others_have_filled_leaves_them_their_tenth),
        cmocka_unit_test(a_disk_that_is_nearly_full_takes_none),
        cmocka_unit_test(dead_letters_beyond_their_limit_are_discarded),
        cmocka_unit_test(who_leaves_gets_none_but_may_keep),
    };
    return cmocka_run_group_tests_name("store loop: back office events", tests, nullptr, nullptr);
}
