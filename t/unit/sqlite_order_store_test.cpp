#include "queue/sqlite/sqlite_order_store.hpp"

#include <array>

#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;
using Result = Settlement::Result;

Time fixed_clock() {
    return kNow;
}

constexpr std::size_t kBytes = 60'000;

/// What all workers share.
struct Shared {
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    TemporaryDirectory directory;
};

/// Two workers, of which the first delivers.
struct Fixture : Shared {
    SqliteOrderStore store{directory.path(), *ledger, fixed_clock};
    SqliteOrderStore other{directory.path(), *ledger, fixed_clock};
};

Entry order_of(std::string body, std::string_view lane = kLane) {
    Entry entry = entry_of(std::move(body), lane);
    entry.source = Source::back_office;
    entry.action = "back-office";
    entry.target.clear();
    entry.headers.clear();
    return entry;
}

std::vector<EntryId> append(OrderStore& store, const std::vector<Entry>& entries) {
    std::vector<const Entry*> pointers;
    pointers.reserve(entries.size());
    for (const Entry& entry : entries) {
        pointers.push_back(&entry);
    }
    return store.append(pointers);
}

bool append(OrderStore& store, std::string body, std::string_view lane = kLane) {
    return append(store, std::vector{order_of(std::move(body), lane)}).size() == 1;
}

std::vector<Claim> first(OrderStore& store, Time now = kNow, std::string_view lane = kLane) {
    return store.first(lane, now, 10, kBytes);
}

Settlement settlement(EntryId id, Result result = Result::delivered, Time due = 0) {
    Settlement settlement;
    settlement.id = id;
    settlement.result = result;
    settlement.attempts = 1;
    settlement.due = due;
    settlement.status = 400;
    settlement.reason = "no";
    return settlement;
}

bool settle_as(OrderStore& store, EntryId id, Result result = Result::delivered, Time due = 0) {
    return store.settle(std::array{settlement(id, result, due)});
}

std::string told_by(OrderStore& store) {
    std::string text;
    for (const LogLine& message : store.messages()) {
        text += (message.alert ? "ALERT: " : "") + message.text + "\n";
    }
    return text;
}

void what_all_workers_append_comes_in_the_order_in_which_it_came(void**) {
    Fixture fixture;
    assert_true(append(fixture.store, "placed"));
    assert_true(append(fixture.other, "invoiced"));
    assert_int_equal(append(fixture.store, std::vector{order_of("shipped"), order_of("returned")}).size(), 2);
    assert_true(append(fixture.other, "refunded"));
    const auto claims = first(fixture.store);
    expect_text(bodies(claims), "placed invoiced shipped returned refunded");
    assert_true(claims[0].entry.source == Source::back_office);
    expect_text(claims[0].entry.action, "back-office");
}

void what_is_appended_together_is_kept_together_or_not_at_all(void**) {
    Fixture fixture;
    sqlite::Database database(fixture.directory.file("orders.db"));
    assert_true(
        database.execute("CREATE TRIGGER refuse BEFORE INSERT ON orders WHEN NEW.body = 'bad'"
                         " BEGIN SELECT RAISE(ABORT, 'no'); END"));
    assert_int_equal(append(fixture.other, std::vector{order_of("a"), order_of("bad")}).size(), 0);
    assert_int_equal(first(fixture.store).size(), 0);
    assert_true(append(fixture.other, "b"));
    expect_text(bodies(first(fixture.store)), "b");
}

void what_was_kept_outlives_its_process(void**) {
    Shared shared;
    assert_true(in_child([&] {
        auto* const store =
            std::make_unique<SqliteOrderStore>(shared.directory.path(), *shared.ledger, fixed_clock)
                .release();
        return append(*store, "a") && append(*store, "b") && first(*store).size() == 2;
    }));
    SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
    expect_text(bodies(first(store)), "a b");
}

void what_a_killed_process_had_settled_is_gone_and_the_rest_keeps_its_order(void**) {
    Shared shared;
    assert_true(in_child([&] {
        auto* const store =
            std::make_unique<SqliteOrderStore>(shared.directory.path(), *shared.ledger, fixed_clock)
                .release();
        const auto ids = append(*store, std::vector{order_of("a"), order_of("b"), order_of("c")});
        return settle_as(*store, ids[0]);
    }));
    SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
    assert_true(append(store, "d"));
    expect_text(bodies(first(store)), "b c d");
}

void a_batch_ends_where_it_would_be_too_large(void**) {
    Fixture fixture;
    for (const char digit : {'1', '2', '3', '4'}) {
        assert_true(append(fixture.store, std::string(25'000, digit)));
    }
    assert_int_equal(first(fixture.store).size(), 2);
    assert_int_equal(fixture.store.first(kLane, kNow, 1, kBytes).size(), 1);
    assert_int_equal(fixture.store.first(kLane, kNow, 10, 75'000).size(), 3);
}

void what_is_larger_than_a_batch_comes_alone(void**) {
    Fixture fixture;
    assert_true(append(fixture.store, std::string(kBytes + 1, 'x')));
    assert_true(append(fixture.store, "next"));
    assert_int_equal(first(fixture.store).size(), 1);
}

void a_batch_is_of_one_datastream(void**) {
    Fixture fixture;
    Entry another = order_of("c");
    another.website = "another";
    append(fixture.store, std::vector{order_of("a"), order_of("b"), another, order_of("d")});
    const auto claims = first(fixture.store);
    expect_text(bodies(claims), "a b");
    assert_true(fixture.store.settle(std::array{settlement(claims[0].id), settlement(claims[1].id)}));
    expect_text(bodies(first(fixture.store)), "c");
}

void a_part_of_a_batch_can_be_settled(void**) {
    Fixture fixture;
    const auto ids =
        append(fixture.store, std::vector{order_of("a"), order_of("b"), order_of("c"), order_of("d")});
    assert_true(fixture.store.settle(
        std::array{settlement(ids[0]), settlement(ids[1], Result::dead), settlement(ids[2])}));
    expect_text(bodies(first(fixture.store)), "d");
    sqlite::Database database(fixture.directory.file("orders.db"));
    expect_text(database.text("SELECT id || status || reason || body FROM dead_letters"), "2400nob");
}

void what_is_refused_becomes_a_dead_letter_and_never_a_sample(void**) {
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("a")});
    assert_true(settle_as(fixture.store, ids[0], Result::sampled));
    sqlite::Database database(fixture.directory.file("orders.db"));
    assert_int_equal(database.number("SELECT count(*) FROM dead_letters"), 1);
}

void nobody_overtakes_what_is_not_due(void**) {
    constexpr Time kHour = 3'600'000;
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("a"), order_of("b")});
    assert_true(settle_as(fixture.store, ids[0], Result::retry, kNow + 500));
    assert_int_equal(first(fixture.store, kNow + 499).size(), 0);
    const auto claims = first(fixture.store, kNow + 500);
    expect_text(bodies(claims), "a b");
    assert_int_equal(claims[0].entry.attempts, 1);
    expect_text(bodies(first(fixture.store, kNow - kHour)), "a b");  // the clock was set back
}

void lanes_are_apart(void**) {
    Fixture fixture;
    const std::string one = "https://one.example";
    const std::string two = "https://two.example a";
    append(fixture.store, "a", one);
    append(fixture.store, "b", two);
    append(fixture.store, "c", one);
    const std::vector<std::string> expected{one, two};
    assert_true(fixture.other.lanes() == expected);
    expect_text(bodies(first(fixture.store, kNow, one)), "a c");
    expect_text(bodies(first(fixture.store, kNow, two)), "b");
}

void one_process_delivers(void**) {
    Fixture fixture;
    append(fixture.other, "a");
    expect_text(bodies(first(fixture.store)), "a");
    fixture.other.tend();
    assert_int_equal(first(fixture.other).size(), 0);
    fixture.store.leave();
    assert_int_equal(first(fixture.store).size(), 0);
    fixture.other.tend();
    assert_true(append(fixture.store, "b"));
    fixture.store.tend();
    assert_int_equal(first(fixture.store).size(), 0);
    expect_text(bodies(first(fixture.other)), "a b");
}

void all_workers_know_what_the_file_holds(void**) {
    Fixture fixture;
    const auto ids = append(fixture.other, std::vector{order_of("a"), order_of("b"), order_of("c")});
    const std::uint64_t size = order_of("a").size();
    Counts expected{.entries = 3, .bytes = 3 * size, .oldest = kNow};
    assert_true(fixture.ledger->orders() == expected);
    assert_true(fixture.ledger->total() == expected);
    fixture.store.settle(std::array{settlement(ids[0]), settlement(ids[1], Result::dead)});
    expected = {.entries = 1, .bytes = size, .dead_letters = 1, .dead_bytes = size, .oldest = kNow};
    assert_true(fixture.ledger->orders() == expected);
    fixture.ledger->write_orders({});
    fixture.other.tend();
    assert_true(fixture.ledger->orders() == expected);
}

void what_is_changed_by_hand_is_counted(void**) {
    Fixture fixture;
    append(fixture.store, std::vector{order_of("a"), order_of("b")});
    assert_true(
        sqlite::Database(fixture.directory.file("orders.db")).execute("DELETE FROM orders WHERE body = 'a'"));
    fixture.store.tend();
    assert_int_equal(fixture.ledger->orders().entries, 1);
    expect_text(bodies(first(fixture.store)), "b");
}

void the_oldest_dead_letters_go_first(void**) {
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("a"), order_of("b"), order_of("c")});
    for (const EntryId& id : ids) {
        assert_true(settle_as(fixture.store, id, Result::dead));
    }
    assert_int_equal(fixture.other.discard_dead_letters(1), 0);
    assert_int_equal(fixture.store.discard_dead_letters(order_of("a").size() + 1), 2);
    sqlite::Database database(fixture.directory.file("orders.db"));
    expect_text(database.text("SELECT group_concat(body) FROM dead_letters"), "c");
    assert_int_equal(fixture.ledger->orders().dead_letters, 1);
}

/// In its old place, so that nothing of an order overtakes what came before it.
void a_dead_letter_comes_back_in_its_place(void**) {
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("a"), order_of("b"), order_of("c")});
    assert_true(settle_as(fixture.store, ids[1], Result::dead));
    assert_int_equal(requeue(fixture.directory, {.id = EntryId{EntryId::Kind::order, 0, 2}}, kNow + 1), 1);
    const auto claims = first(fixture.store);
    expect_text(bodies(claims), "a b c");
    assert_int_equal(claims[1].entry.attempts, 0);
    assert_int_equal(claims[1].entry.received, kNow + 1);
    fixture.store.tend();
    assert_int_equal(fixture.ledger->orders().entries, 3);
    assert_int_equal(fixture.ledger->orders().dead_letters, 0);
}

void dead_letters_are_discarded_by_operators(void**) {
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("secret-a"), order_of("b")});
    assert_true(settle_as(fixture.store, ids[0], Result::dead));
    expect_text(text_of(dead_letters_in(fixture.directory).at(0).id), "o-1");
    assert_int_equal(discard(fixture.directory), 1);
    for (const std::string& name : fixture.directory.names()) {
        assert_true(content_of(fixture.directory.file(name)).find("secret") == std::string::npos);
    }
    fixture.other.tend();
    assert_true(fixture.ledger->orders() ==
                Counts({.entries = 1, .bytes = order_of("b").size(), .oldest = kNow}));
}

void what_was_sent_is_overwritten(void**) {
    Fixture fixture;
    const auto ids = append(fixture.store, std::vector{order_of("secret")});
    assert_true(settle_as(fixture.store, ids[0]));
    fixture.store.tend();
    for (const std::string& name : fixture.directory.names()) {
        assert_true(content_of(fixture.directory.file(name)).find("secret") == std::string::npos);
    }
}

void a_damaged_file_is_moved_aside(void**) {
    Shared shared;
    write_content(shared.directory.file("orders.db"), std::string(9000, 'x'));
    SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
    const std::string told = told_by(store);
    expect_part(told, "ALERT");
    expect_part(told, "back office events in it are not sent");
    assert_true(shared.directory.has("orders.db.damaged-20260528T202640Z"));
    assert_true(append(store, "a"));
    expect_text(bodies(first(store)), "a");
}

void what_was_claimed_of_a_file_that_is_gone_settles_nothing_of_the_new_one(void**) {
    Fixture fixture;
    append(fixture.store, "lost");
    const auto claims = first(fixture.store);
    std::filesystem::rename(fixture.directory.file("orders.db"), fixture.directory.file("orders.db.damaged"));
    std::filesystem::remove(fixture.directory.file("orders.db-wal"));
    std::filesystem::remove(fixture.directory.file("orders.db-shm"));
    assert_true(append(fixture.other, "new"));
    assert_true(settle_as(fixture.store, claims[0].id));
    expect_text(bodies(first(fixture.store)), "new");
}

void a_newer_format_is_left_alone(void**) {
    Shared shared;
    { SqliteOrderStore made(shared.directory.path(), *shared.ledger, fixed_clock); }
    const std::string path = shared.directory.file("orders.db");
    assert_true(sqlite::Database(path).execute("PRAGMA user_version = 2"));
    SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
    assert_false(append(store, "a"));
    store.tend();
    assert_int_equal(first(store).size(), 0);
    assert_true(store.lanes().empty());
    expect_part(told_by(store), "version 2");
    expect_text(told_by(store), "");
}

void what_cannot_be_kept_is_refused(void**) {
    Shared shared;
    SqliteOrderStore store(shared.directory.file("later"), *shared.ledger, fixed_clock);
    assert_false(append(store, "a"));
    expect_part(told_by(store), "No such file or directory");
    std::filesystem::create_directory(shared.directory.file("later"));
    assert_true(append(store, "a"));
    expect_part(told_by(store), "again");
    store.tend();
    expect_text(bodies(first(store)), "a");
}

void workers_that_append_at_once_lose_nothing_and_keep_their_order(void**) {
    constexpr int kWorkers = 4;
    constexpr int kUnits = 25;
    Shared shared;
    std::vector<pid_t> children;
    for (int worker = 0; worker < kWorkers; ++worker) {
        const pid_t child = fork();
        if (child == 0) {
            SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
            bool good = true;
            for (int unit = 0; unit < kUnits; ++unit) {
                const std::string name(1, static_cast<char>('a' + worker));
                good = append(store, name + std::to_string(unit + 10)) && good;
            }
            _exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    SqliteOrderStore store(shared.directory.path(), *shared.ledger, fixed_clock);
    std::map<char, std::string> last;
    const auto claims = store.first(kLane, kNow, 1000, kBytes);
    assert_int_equal(claims.size(), kWorkers * kUnits);
    for (const Claim& claim : claims) {
        std::string& former = last[claim.entry.body[0]];
        assert_true(former < claim.entry.body);
        former = claim.entry.body;
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(what_all_workers_append_comes_in_the_order_in_which_it_came),
        cmocka_unit_test(what_is_appended_together_is_kept_together_or_not_at_all),
        cmocka_unit_test(what_was_kept_outlives_its_process),
        cmocka_unit_test(what_a_killed_process_had_settled_is_gone_and_the_rest_keeps_its_order),
        cmocka_unit_test(a_batch_ends_where_it_would_be_too_large),
        cmocka_unit_test(what_is_larger_than_a_batch_comes_alone),
        cmocka_unit_test(a_batch_is_of_one_datastream),
        cmocka_unit_test(a_part_of_a_batch_can_be_settled),
        cmocka_unit_test(what_is_refused_becomes_a_dead_letter_and_never_a_sample),
        cmocka_unit_test(nobody_overtakes_what_is_not_due),
        cmocka_unit_test(lanes_are_apart),
        cmocka_unit_test(one_process_delivers),
        cmocka_unit_test(all_workers_know_what_the_file_holds),
        cmocka_unit_test(what_is_changed_by_hand_is_counted),
        cmocka_unit_test(the_oldest_dead_letters_go_first),
        cmocka_unit_test(a_dead_letter_comes_back_in_its_place),
        cmocka_unit_test(dead_letters_are_discarded_by_operators),
        cmocka_unit_test(what_was_sent_is_overwritten),
        cmocka_unit_test(a_damaged_file_is_moved_aside),
        cmocka_unit_test(what_was_claimed_of_a_file_that_is_gone_settles_nothing_of_the_new_one),
        cmocka_unit_test(a_newer_format_is_left_alone),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(workers_that_append_at_once_lose_nothing_and_keep_their_order),
    };
    return cmocka_run_group_tests_name("order store", tests, nullptr, nullptr);
}
