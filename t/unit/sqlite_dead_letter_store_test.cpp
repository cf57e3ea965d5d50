// Operators look after the dead letters in files that others have, who go on with them meanwhile.

#include "queue/sqlite/sqlite_dead_letter_store.hpp"

#include <atomic>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "queue/sqlite/sqlite_consent_store.hpp"
#include "queue/sqlite/sqlite_order_store.hpp"
#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;

Time fixed_clock() {
    return kNow;
}

/// A worker that has `1.db`, and an operator, who comes through another one.
struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    FileStore worker{directory.path(), *ledger, fixed_clock};
    SqliteDeadLetterStore desk{directory.path()};

    void bury_all(std::initializer_list<const char*> bodies, std::string_view lane = kLane) {
        for (const char* body : bodies) {
            bury_one(entry_of(body, lane));
        }
    }
    void bury_one(const Entry& entry, int status = 422) {
        Settlement settlement;
        settlement.id = worker.append(Entry(entry), true).value();
        settlement.result = Settlement::Result::dead;
        settlement.status = status;
        settlement.attempts = 2;
        settlement.reason = "no";
        worker.settle(settlement);
        assert_true(worker.sync());
    }
    /// What the file says itself.
    [[nodiscard]] Counts counted() const {
        sqlite::Database database(directory.file("1.db"));
        return {
            .entries = static_cast<std::uint64_t>(database.number("SELECT count(*) FROM entries")),
            .bytes = static_cast<std::uint64_t>(database.number("SELECT total(size) FROM entries")),
            .dead_letters = static_cast<std::uint64_t>(database.number("SELECT count(*) FROM dead_letters")),
            .dead_bytes = static_cast<std::uint64_t>(database.number("SELECT total(size) FROM dead_letters")),
            .oldest = database.number("SELECT coalesce(min(received), 0) FROM entries")};
    }
    /// All who count have to agree.
    void expect_right_counts(Where where = Where::here()) const {
        sqlite::Database database(directory.file("1.db"));
        const Counts sums{
            .entries = static_cast<std::uint64_t>(database.number("SELECT total(entries) FROM lanes")),
            .bytes = static_cast<std::uint64_t>(database.number("SELECT total(bytes) FROM lanes")),
            .dead_letters =
                static_cast<std::uint64_t>(database.number("SELECT total(dead_letters) FROM lanes")),
            .dead_bytes = static_cast<std::uint64_t>(database.number("SELECT total(dead_bytes) FROM lanes")),
            .oldest = counted().oldest};
        if (counted() != sums || ledger->of(1) != sums) {
            print_error("rows: %lu and %lu, sums: %lu and %lu, ledger: %lu and %lu\n", counted().entries,
                        counted().dead_letters, sums.entries, sums.dead_letters, ledger->of(1).entries,
                        ledger->of(1).dead_letters);
            _fail(where.file, where.line);
        }
    }
};

std::vector<DeadLetterSummary> list(DeadLetterStore& desk, const DeadLetterFilter& filter = {},
                                    EntryId after = {}, std::size_t most = 100) {
    std::vector<DeadLetterSummary> letters;
    DeadLetterStore::Step step{.last = after};
    while (!step.is_done && letters.size() < most) {
        step = desk.list(filter, step.last, most - letters.size(), letters);
    }
    return letters;
}

std::string texts(const std::vector<DeadLetterSummary>& letters) {
    std::string text;
    for (const DeadLetterSummary& letter : letters) {
        text += (text.empty() ? "" : " ") + text_of(letter.id);
    }
    return text;
}

void a_letter_is_told_without_its_content(void**) {
    Fixture fixture;
    Entry entry = entry_of("secret");
    entry.received = kNow - 5000;
    bury(fixture.worker, keep(fixture.worker, entry, true), std::string(299, '!') + "\xC3\xA4" + "end");
    assert_true(fixture.worker.sync());
    const auto letters = list(fixture.desk);
    assert_int_equal(letters.size(), 1);
    const DeadLetterSummary& letter = letters[0];
    expect_text(text_of(letter.id), "1-1");
    expect_text(letter.website, entry.website);
    expect_text(letter.action, "interact");
    expect_text(letter.reason, std::string(299, '!'));
    assert_int_equal(letter.status, 422);
    assert_int_equal(letter.received, kNow - 5000);
    assert_int_equal(letter.died, kNow);
    assert_int_equal(letter.bytes, entry.size());
}

void a_letter_is_read_with_its_content(void**) {
    Fixture fixture;
    const Entry entry = entry_of("body");
    fixture.bury_one(entry, 0);
    std::optional<DeadLetter> letter;
    const auto step = fixture.desk.read({EntryId::Kind::event, 1, 1}, letter);
    assert_true(step.is_done && !step.has_failed);
    assert_true(letter.has_value());
    expect_text(letter->entry.body, "body");
    expect_text(letter->entry.target, entry.target);
    expect_text(letter->reason, "no");
    assert_true(letter->entry.headers == entry.headers);
    assert_int_equal(letter->status, 0);
    assert_int_equal(letter->entry.attempts, 2);
    for (const EntryId absent : {EntryId{EntryId::Kind::event, 1, 2}, EntryId{EntryId::Kind::event, 9, 1},
                                 EntryId{EntryId::Kind::consent, 0, 1}, EntryId{}}) {
        letter.reset();
        const auto nothing = fixture.desk.read(absent, letter);
        assert_true(!letter && nothing.is_done && !nothing.has_failed);
    }
}

void letters_of_all_files_come_in_order(void**) {
    Fixture fixture;
    FileStore other(fixture.directory.path(), *fixture.ledger, fixed_clock);
    SqliteConsentStore consents(fixture.directory.path(), 1U << 30U, fixed_clock);
    SqliteOrderStore orders(fixture.directory.path(), *fixture.ledger, fixed_clock);
    assert_int_equal(list(fixture.desk).size(), 0);
    fixture.bury_all({"a", "b", "c"});
    bury(other, keep(other, entry_of("d"), true));
    assert_true(other.sync());
    consents.append("A", {}, entry_of("in"), 0);
    Settlement dead;
    dead.id = consents.claim(kLane, kNow, 1, 0).at(0).id;
    dead.result = Settlement::Result::dead;
    assert_true(consents.settle(dead));
    const Entry order = entry_of("order");
    const std::vector<const Entry*> entries{&order};
    dead.id = orders.append(entries).at(0);
    assert_true(orders.settle(std::span(&dead, 1)));
    expect_text(texts(list(fixture.desk)), "1-1 1-2 1-3 2-1 c-1 o-1");
    expect_text(texts(list(fixture.desk, {}, {EntryId::Kind::event, 1, 2}, 3)), "1-3 2-1 c-1");
    expect_text(texts(list(fixture.desk, {}, {EntryId::Kind::consent, 0, 1})), "o-1");
    expect_text(texts(list(fixture.desk, {}, {EntryId::Kind::order, 0, 1})), "");
    assert_int_equal(discard(fixture.directory), 6);
    assert_int_equal(list(fixture.desk).size(), 0);
}

void only_what_is_meant_is_changed(void**) {
    Fixture fixture;
    Entry other = entry_of("other");
    other.website = "other";
    fixture.bury_one(entry_of("a"), 422);
    fixture.bury_one(entry_of("b"), 500);
    fixture.bury_one(other, 422);
    fixture.bury_one(other, 500);
    expect_text(texts(list(fixture.desk, {.id = {}, .website = other.website, .status = {}})), "1-3 1-4");
    expect_text(texts(list(fixture.desk, {.id = {}, .website = {}, .status = 500})), "1-2 1-4");
    assert_int_equal(requeue(fixture.directory, {.id = {}, .website = other.website, .status = 422}), 1);
    assert_int_equal(discard(fixture.directory, {.id = EntryId{EntryId::Kind::event, 1, 1}, .website = "no"}),
                     1);
    expect_text(texts(list(fixture.desk)), "1-2 1-4");
    assert_int_equal(discard(fixture.directory, {.id = {}, .website = "unknown", .status = {}}), 0);
    fixture.worker.tend();
    expect_text(bodies(claim_all(fixture.worker)), "other");
    fixture.expect_right_counts();
}

void who_has_the_file_delivers_what_is_requeued(void**) {
    Fixture fixture;
    const EntryId waiting = keep(fixture.worker, entry_of("waits"), true);
    fixture.bury_all({"a", "b"});
    keep(fixture.worker, entry_of("c"));
    expect_text(bodies(claim_all(fixture.worker)), "c");
    assert_int_equal(requeue(fixture.directory, {}, kNow + 7), 2);
    expect_text(bodies(claim_all(fixture.worker)), "");
    fixture.worker.tend();
    fixture.expect_right_counts();
    const auto claims = claim_all(fixture.worker);
    expect_text(bodies(claims), "a b");  // once, and what was claimed before not again
    assert_int_equal(claims[0].entry.attempts, 0);
    assert_int_equal(claims[0].entry.received, kNow + 7);
    expect_text(bodies(claim_all(fixture.worker)), "");
    settle(fixture.worker, waiting);
    settle(fixture.worker, claims[0].id);
    bury(fixture.worker, claims[1].id);
    assert_true(fixture.worker.sync());
    fixture.expect_right_counts();
    assert_int_equal(fixture.worker.counts().entries, 1);
    assert_int_equal(fixture.worker.counts().dead_letters, 1);
}

void a_lane_that_had_nothing_is_met(void**) {
    Fixture fixture;
    fixture.bury_all({"a"}, "https://one.example");
    assert_true(fixture.worker.lanes().empty());
    requeue(fixture.directory);
    fixture.worker.tend();
    assert_int_equal(fixture.worker.lanes().size(), 1);
    expect_text(bodies(claim_all(fixture.worker, kNow, "https://one.example")), "a");
}

/// Its next unit writes sums that it has in memory.
void who_has_the_file_writes_no_old_sums(void**) {
    Fixture fixture;
    fixture.bury_all({"a", "b", "c"});
    assert_int_equal(requeue(fixture.directory, {.id = EntryId{EntryId::Kind::event, 1, 2}}), 1);
    assert_int_equal(discard(fixture.directory, {.id = EntryId{EntryId::Kind::event, 1, 3}}), 1);
    keep(fixture.worker, entry_of("new"));
    fixture.expect_right_counts();
    assert_int_equal(fixture.worker.counts().entries, 2);
    assert_int_equal(fixture.worker.counts().dead_letters, 1);
    expect_text(bodies(claim_all(fixture.worker)), "b new");
    fixture.worker.tend();
    fixture.expect_right_counts();
    expect_text(bodies(claim_all(fixture.worker)), "");
}

void a_unit_that_is_undone_takes_nothing_back(void**) {
    Fixture fixture;
    fixture.bury_all({"a", "b"});
    assert_int_equal(discard(fixture.directory, {.id = EntryId{EntryId::Kind::event, 1, 1}}), 1);
    {
        sqlite::Database other(fixture.directory.file("1.db"));
        assert_true(other.execute("BEGIN IMMEDIATE"));
        assert_false(fixture.worker.append(entry_of("c"), false).has_value());
        assert_false(fixture.worker.sync());
    }
    fixture.worker.tend();
    fixture.expect_right_counts();
    assert_int_equal(fixture.worker.counts().dead_letters, 1);
}

void what_an_operator_took_away_is_not_discarded_again(void**) {
    Fixture fixture;
    fixture.bury_all({"a", "b", "c"});
    requeue(fixture.directory, {.id = EntryId{EntryId::Kind::event, 1, 1}});
    assert_int_equal(fixture.worker.discard_dead_letters(1), 1);
    fixture.worker.tend();
    fixture.expect_right_counts();
    expect_text(texts(list(fixture.desk)), "1-3");
    discard(fixture.directory);
    assert_int_equal(fixture.worker.discard_dead_letters(kNoLimit), 0);
    keep(fixture.worker, entry_of("d"));
    fixture.worker.tend();
    fixture.expect_right_counts();
}

/// Between its look at the oldest letter and its own unit.
void what_an_operator_takes_away_just_now_is_not_counted_twice(void**) {
    Fixture fixture;
    fixture.bury_all({"a", "b"});
    std::atomic<bool> has_begun = false;
    std::thread operating([&] {
        sqlite::Database other(fixture.directory.file("1.db"));
        const std::string size = std::to_string(entry_of("a").size());
        other.execute("BEGIN IMMEDIATE; DELETE FROM dead_letters WHERE id = 1");
        other.execute(
            ("UPDATE lanes SET dead_letters = dead_letters - 1, dead_bytes = dead_bytes - " + size).c_str());
        has_begun = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        other.execute("COMMIT");
    });
    while (!has_begun) {
        std::this_thread::yield();
    }
    fixture.worker.discard_dead_letters(1);
    operating.join();
    fixture.worker.tend();
    fixture.expect_right_counts();
}

/// A file that nobody has, as its worker was killed.
void a_file_that_nobody_has_is_looked_after(void**) {
    Fixture fixture;
    assert_true(in_child([&] {
        auto* const store = new FileStore(fixture.directory.path(), *fixture.ledger, fixed_clock);
        for (const char* body : {"a", "b"}) {
            bury(*store, keep(*store, entry_of(body), true));
        }
        return store->sync();
    }));
    expect_text(texts(list(fixture.desk)), "2-1 2-2");
    assert_int_equal(requeue(fixture.directory, {.id = EntryId{EntryId::Kind::event, 2, 2}}), 1);
    fixture.worker.tend();
    const auto claims = claim_all(fixture.worker);
    expect_text(bodies(claims), "b");
    settle(fixture.worker, claims[0].id);
    assert_true(fixture.worker.sync());
    fixture.worker.tend();
    assert_true(fixture.directory.has("2.db"));
    assert_int_equal(discard(fixture.directory), 1);
    fixture.worker.tend();
    assert_false(fixture.directory.has("2.db"));  // it was kept for its dead letters only
}

void what_an_operator_discards_is_overwritten(void**) {
    Fixture fixture;
    fixture.bury_one(entry_of("secret" + std::string(50'000, '.') + "secret"));
    discard(fixture.directory);
    fixture.worker.tend();
    for (const std::string& name : fixture.directory.names()) {
        assert_true(content_of(fixture.directory.file(name)).find("secret") == std::string::npos);
    }
}

void foreign_files_are_left_alone(void**) {
    Fixture fixture;
    fixture.bury_all({"a"});
    {
        sqlite::Database newer(fixture.directory.file("1.db"));
        assert_true(newer.execute("PRAGMA user_version = 2"));
    }
    write_content(fixture.directory.file("7.db"), "");
    write_content(fixture.directory.file("12.db.damaged-20260528T202640Z"), "x");
    const std::size_t names = fixture.directory.names().size();
    assert_int_equal(list(fixture.desk).size(), 0);
    assert_int_equal(requeue(fixture.directory), 0);
    assert_int_equal(discard(fixture.directory), 0);
    assert_int_equal(fixture.directory.names().size(), names);  // nothing is made either
    assert_int_equal(fixture.counted().dead_letters, 1);
}

void a_damaged_file_hides_no_other(void**) {
    Fixture fixture;
    FileStore other(fixture.directory.path(), *fixture.ledger, fixed_clock);
    bury(other, keep(other, entry_of("b"), true));
    assert_true(other.sync());
    fixture.worker.leave();
    for (const char* name : {"1.db-wal", "1.db-shm"}) {
        std::filesystem::remove(fixture.directory.file(name));
    }
    write_content(fixture.directory.file("1.db"), std::string(20'000, 'x'));
    std::vector<DeadLetterSummary> letters;
    const auto step = to_the_end([&](EntryId after) { return fixture.desk.list({}, after, 10, letters); });
    assert_true(step.has_failed);
    expect_text(texts(letters), "2-1");
    const auto changed = to_the_end([&](EntryId after) { return fixture.desk.discard({}, after); });
    assert_true(changed.has_failed);
    assert_int_equal(changed.count, 1);
    expect_text(content_of(fixture.directory.file("1.db")).substr(0, 5), "xxxxx");
}

void a_file_that_somebody_writes_to_is_changed_later(void**) {
    Fixture fixture;
    fixture.bury_all({"a"});
    fixture.worker.append(entry_of("b"), false);  // its unit goes on
    const auto step = fixture.desk.discard({}, {});
    assert_true(step.is_busy && !step.has_failed && step.count == 0);
    assert_true(step.last > EntryId({EntryId::Kind::event, 1, 99}));  // so it can be left out
    assert_int_equal(list(fixture.desk).size(), 1);
    assert_true(fixture.worker.sync());
    assert_int_equal(fixture.desk.discard({}, {}).count, 1);
}

/// Each of its pieces is short, so that who has the file never waits for long.
void a_piece_of_work_is_bounded(void**) {
    Fixture fixture;
    for (int i = 0; i < 450; ++i) {
        Settlement settlement;
        settlement.id = fixture.worker.append(entry_of("x"), true).value();
        settlement.result = Settlement::Result::dead;
        fixture.worker.settle(settlement);
    }
    assert_true(fixture.worker.sync());
    auto step = fixture.desk.requeue({}, {}, 0);
    assert_int_equal(step.count, DeadLetterFile::kMostChanged);
    assert_false(step.is_done);
    step = fixture.desk.requeue({}, step.last, 0);
    assert_int_equal(step.count, DeadLetterFile::kMostChanged);
    step = fixture.desk.requeue({}, step.last, 0);
    assert_int_equal(step.count, 50);
    fixture.worker.tend();
    fixture.expect_right_counts();
    assert_int_equal(claim_all(fixture.worker).size(), 450);
}

/// A worker and operators who change one file in any order, and what has to come of it.
struct Turns {
    Fixture fixture;
    std::mt19937 random{7};                    // NOLINT(cert-msc51-cpp): the same each time
    std::map<std::string, std::string> state;  ///< of each entry, by its body
    std::map<EntryId, std::string> claimed;
    int number = 0;

    void append() {
        const std::string body = std::to_string(number++);
        const bool at_once = random() % 2 == 0;
        const EntryId id = fixture.worker.append(entry_of(body), at_once).value();
        state[body] = at_once ? "claimed" : "waits";
        if (at_once) {
            claimed.emplace(id, body);
        }
        assert_true(fixture.worker.sync());
    }

    void settle_one() {
        const auto [id, body] = *claimed.begin();
        claimed.erase(claimed.begin());
        if (random() % 4 == 0) {
            settle(fixture.worker, id);
            state.erase(body);
        } else {
            bury(fixture.worker, id);
            state[body] = "dead";
        }
        assert_true(fixture.worker.sync());
    }

    void claim() {
        for (const Claim& claim : fixture.worker.claim(kLane, kNow, 3, kNoLimit)) {
            expect_text(state[claim.entry.body], "waits");
            state[claim.entry.body] = "claimed";
            assert_true(claimed.emplace(claim.id, claim.entry.body).second);
        }
    }

    void operate(bool may_discard) {
        const auto letters = dead_letters_in(fixture.directory);
        if (letters.empty()) {
            return;
        }
        const DeadLetter& letter = letters[random() % letters.size()];
        expect_text(state[letter.entry.body], "dead");
        if (may_discard && random() % 4 == 0) {
            assert_int_equal(discard(fixture.directory, {.id = letter.id}), 1);
            state.erase(letter.entry.body);
        } else {
            assert_int_equal(requeue(fixture.directory, {.id = letter.id}), 1);
            state[letter.entry.body] = "waits";
        }
    }

    void take_one() {
        const unsigned choice = random() % 8;
        if (choice < 3) {
            append();
        } else if (choice == 3 && !claimed.empty()) {
            settle_one();
        } else if (choice == 4) {
            claim();
        } else if (choice == 5) {
            fixture.worker.tend();
            fixture.expect_right_counts();
        } else {
            operate(choice == 6);
        }
    }
};

/// All kinds of changes in any order: nothing is lost, given twice or counted wrongly.
void both_change_a_file_in_turn(void**) {
    Turns turns;
    for (int turn = 0; turn < 400; ++turn) {
        turns.take_one();
    }
    turns.fixture.worker.tend();
    turns.fixture.expect_right_counts();
    for (const Claim& claim : claim_all(turns.fixture.worker)) {
        expect_text(turns.state[claim.entry.body], "waits");
        turns.state.erase(claim.entry.body);
    }
    std::erase_if(turns.state, [](const auto& named) { return named.second != "waits"; });
    assert_true(turns.state.empty());
    assert_true(told(turns.fixture.worker).empty());
}

void many_are_discarded_while_events_come(void**) {
    constexpr std::uint64_t kLetters = 5000;
    Fixture fixture;
    for (std::uint64_t i = 0; i < kLetters; ++i) {
        bury(fixture.worker, fixture.worker.append(entry_of(std::string(500, 'x')), true).value());
    }
    assert_true(fixture.worker.sync());
    std::atomic<bool> done = false;
    std::size_t discarded = 0;
    std::thread operating([&] {
        EntryId after;
        for (DeadLetterStore::Step step; !step.is_done || step.is_busy;) {
            step = fixture.desk.discard({}, after);
            if (!step.is_busy) {
                after = step.last;
                discarded += step.count;
            }
        }
        done = true;
    });
    std::uint64_t appended = 0;
    std::size_t beyond_limit = 0;
    while (!done) {
        keep(fixture.worker, entry_of("event"));  // never fails
        ++appended;
        beyond_limit += fixture.worker.discard_dead_letters(1);  // the same letters
    }
    operating.join();
    assert_int_equal(discarded + beyond_limit, kLetters);
    assert_in_range(appended, 5, kNoLimit);
    fixture.worker.tend();
    fixture.expect_right_counts();
    assert_int_equal(fixture.worker.counts().dead_letters, 0);
    assert_int_equal(claim_all(fixture.worker).size(), appended);
}

/// Starts an operator's process, which requeues everything once it is told so. Before anybody opens a file: SQLite's
/// connections must not be inherited.
pid_t start_operator(const TemporaryDirectory& directory) {
    const pid_t child = fork();
    if (child == 0) {
        while (!directory.has("go")) {
            usleep(100);
        }
        SqliteDeadLetterStore desk(directory.path());
        EntryId after;
        for (DeadLetterStore::Step step; !step.is_done || step.is_busy;) {
            step = desk.requeue({}, after, 0);
            after = step.is_busy ? after : step.last;
        }
        _exit(0);
    }
    return child;
}

/// At any time: each letter is an entry, or still a letter.
void an_operators_process_may_be_killed(void**) {
    constexpr std::uint64_t kLetters = 1000;
    for (const unsigned microseconds : {500U, 2000U, 5000U, 10'000U, 30'000U}) {
        const TemporaryDirectory directory;
        const pid_t child = start_operator(directory);
        const auto ledger = std::make_unique<Ledger>();
        FileStore worker(directory.path(), *ledger, fixed_clock);
        for (std::uint64_t i = 0; i < kLetters; ++i) {
            bury(worker, worker.append(entry_of("x"), true).value());
        }
        assert_true(worker.sync());
        write_content(directory.file("go"), "");
        usleep(microseconds);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        keep(worker, entry_of("new"), true);
        worker.tend();
        assert_int_equal(worker.counts().dead_letters, dead_letters_in(directory).size());
        assert_int_equal(worker.counts().entries, claim_all(worker).size() + 1);
        assert_int_equal(worker.counts().entries + worker.counts().dead_letters, kLetters + 1);
    }
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_told_without_its_content),
        cmocka_unit_test(a_letter_is_read_with_its_content),
        cmocka_unit_test(letters_of_all_files_come_in_order),
        cmocka_unit_test(only_what_is_meant_is_changed),
        cmocka_unit_test(who_has_the_file_delivers_what_is_requeued),
        cmocka_unit_test(a_lane_that_had_nothing_is_met),
        cmocka_unit_test(who_has_the_file_writes_no_old_sums),
        cmocka_unit_test(a_unit_that_is_undone_takes_nothing_back),
        cmocka_unit_test(what_an_operator_took_away_is_not_discarded_again),
        cmocka_unit_test(what_an_operator_takes_away_just_now_is_not_counted_twice),
        cmocka_unit_test(a_file_that_nobody_has_is_looked_after),
        cmocka_unit_test(what_an_operator_discards_is_overwritten),
        cmocka_unit_test(foreign_files_are_left_alone),
        cmocka_unit_test(a_damaged_file_hides_no_other),
        cmocka_unit_test(a_file_that_somebody_writes_to_is_changed_later),
        cmocka_unit_test(a_piece_of_work_is_bounded),
        cmocka_unit_test(both_change_a_file_in_turn),
        cmocka_unit_test(many_are_discarded_while_events_come),
        cmocka_unit_test(an_operators_process_may_be_killed),
    };
    return cmocka_run_group_tests_name("dead letters", tests, nullptr, nullptr);
}
