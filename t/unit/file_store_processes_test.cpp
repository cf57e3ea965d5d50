// Several processes share the files of a directory, come and go, and are killed.

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include <sys/stat.h>

#include "queue/sqlite/file_lock.hpp"
#include "queue/sqlite/file_store.hpp"
#include "store_harness.hpp"

namespace {

using namespace std::chrono_literals;
using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();

    /// A lock belongs to who has opened its file: two stores of one process are as apart as those of two.
    [[nodiscard]] std::unique_ptr<FileStore> open() const {
        return std::make_unique<FileStore>(directory.path(), *ledger);
    }
    /// Keeps entries in a process that then is gone without any farewell.
    void leave_behind(const std::vector<std::string>& all) const {
        assert_true(in_child([&] {
            FileStore* const store = open().release();
            for (const std::string& body : all) {
                store->append(entry_of(body), true);
            }
            return store->sync();
        }));
    }
};

std::string claimed_bodies(Store& store) {
    return bodies(claim_all(store, wall_clock()));
}

void each_process_has_a_file_of_its_own(void**) {
    const Fixture fixture;
    const auto one = fixture.open();
    const auto other = fixture.open();
    keep(*one, entry_of("a"));
    keep(*other, entry_of("b"));
    one->tend();
    other->tend();
    assert_true(fixture.directory.has("1.db") && fixture.directory.has("2.db"));
    assert_false(fixture.directory.has("3.db"));
    expect_text(claimed_bodies(*one), "a");
    expect_text(claimed_bodies(*other), "b");
    assert_int_equal(one->counts().entries, 1);
    assert_int_equal(fixture.ledger->total().entries, 2);
}

void what_a_killed_process_left_is_taken_over(void**) {
    const Fixture fixture;
    const auto first = fixture.open();
    fixture.leave_behind({"a", "b"});
    assert_true(fixture.directory.has("2.db"));
    const auto store = fixture.open();  // takes 2.db as its own
    expect_text(claimed_bodies(*store), "a b");
    fixture.leave_behind({"c", "d"});
    store->tend();
    const auto claims = claim_all(*store, wall_clock());
    expect_text(bodies(claims), "c d");
    assert_int_equal(store->counts().entries, 4);
    keep(*store, entry_of("e"));
    settle(*store, claims[0].id);
    settle(*store, claims[1].id);
    assert_true(store->sync());
    assert_int_equal(fixture.ledger->total().entries, 3);
    store->tend();
    for (const char* name : {"3.db", "3.db-wal", "3.db-shm", "3.lock"}) {
        assert_false(fixture.directory.has(name));
    }
    assert_int_equal(fixture.ledger->total().entries, 3);
    expect_text(claimed_bodies(*store), "e");
}

/// As after a reload that names another directory: the ledger stays, and who used it before may still write to it.
void lines_of_another_directory_count_for_nothing(void**) {
    const Fixture fixture;
    const auto store = fixture.open();
    keep(*store, entry_of("a"));
    const Counts full{900, 900'000, 1, 1000, wall_clock()};
    for (const std::uint32_t number : {1U, 7U}) {
        fixture.ledger->write(number, full);
    }
    store->tend();
    assert_true(fixture.ledger->total() == store->counts());
}

void what_another_directory_holds_is_told_once(void**) {
    const Fixture fixture;
    for (const std::uint32_t number : {1U, 7U}) {
        fixture.ledger->write(number, {900, 900'000, 1, 1000, wall_clock()});
    }
    const auto store = fixture.open();
    store->tend();
    const std::vector<LogLine> messages = store->messages();
    assert_int_equal(messages.size(), 1);
    assert_true(messages[0].text.find("held 1800 requests and 2 dead letters in files that are not in " +
                                      fixture.directory.path()) != std::string::npos);
    store->tend();
    assert_true(store->messages().empty());
}

void who_comes_to_a_queue_that_is_used_misses_nothing(void**) {
    const Fixture fixture;
    fixture.leave_behind({"a", "b"});
    const auto store = fixture.open();
    const auto other = fixture.open();
    keep(*store, entry_of("c"));
    store->tend();
    other->tend();
    assert_true(store->messages().empty() && other->messages().empty());
}

void a_file_with_dead_letters_is_not_removed(void**) {
    const Fixture fixture;
    const auto store = fixture.open();
    fixture.leave_behind({"a", "b"});
    store->tend();
    for (const Claim& claim : claim_all(*store, wall_clock())) {
        bury(*store, claim.id);
    }
    bury(*store, keep(*store, entry_of("c"), true));
    assert_true(store->sync());
    store->tend();
    const auto letters = dead_letters_in(fixture.directory);
    assert_int_equal(letters.size(), 3);
    expect_text(letters[0].entry.body, "c");  // of the first file
    assert_int_equal(requeue(fixture.directory, {.id = letters[1].id}), 1);
    store->tend();
    const auto claims = claim_all(*store, wall_clock());
    expect_text(bodies(claims), "a");
    settle(*store, claims[0].id);
    assert_true(store->sync());
    assert_int_equal(store->discard_dead_letters(kNoLimit), 2);
    store->tend();
    assert_false(fixture.directory.has("2.db"));
}

/// What docs/outages-and-queue.md tells an operator to do, who has nothing but SQL.
constexpr std::string_view kRequeueAll =
    "INSERT INTO entries SELECT id, lane, received, due, 0, source, size, website, action, target, headers, "
    "body"
    " FROM dead_letters; DELETE FROM dead_letters";

void dead_letters_that_somebody_requeues_by_hand_are_delivered(void**) {
    const Fixture fixture;
    fixture.leave_behind({"a", "b"});
    {
        const auto store = fixture.open();
        for (const Claim& claim : claim_all(*store, wall_clock())) {
            bury(*store, claim.id);
        }
        assert_true(store->sync());
        store->leave();
    }
    assert_true(sqlite::Database(fixture.directory.file("1.db")).execute(std::string(kRequeueAll).c_str()));
    const auto first = fixture.open();
    const Counts counts = first->counts();
    assert_int_equal(counts.entries, 2);
    assert_int_equal(counts.bytes, entry_of("a").size() + entry_of("b").size());
    assert_int_equal(counts.dead_letters, 0);
    const std::vector<std::string> expected{std::string(kLane)};
    assert_true(first->lanes() == expected);
    expect_text(claimed_bodies(*first), "a b");
}

void a_file_with_rows_that_somebody_has_put_in_is_not_removed(void**) {
    const Fixture fixture;
    const auto first = fixture.open();
    fixture.leave_behind({"a"});
    first->tend();  // it has 2.db, too
    const auto claims = claim_all(*first, wall_clock());
    sqlite::Database shell(fixture.directory.file("2.db"));
    assert_true(
        shell.execute("INSERT INTO entries SELECT id + 1, lane, received, due, 0, source, size, website,"
                      " action, target, headers, 'b' FROM entries"));
    settle(*first, claims.at(0).id);
    assert_true(first->sync());
    first->tend();
    assert_true(fixture.directory.has("2.db"));
    expect_text(claimed_bodies(*first), "b");
}

void a_long_backlog_of_one_file_does_not_hold_up_another(void**) {
    const Fixture fixture;
    const auto store = fixture.open();
    fixture.leave_behind({"a", "a", "a", "a"});
    store->tend();
    keep(*store, entry_of("b"));
    std::string both = bodies(store->claim(kLane, wall_clock(), 1, kNoLimit));
    both += bodies(store->claim(kLane, wall_clock(), 1, kNoLimit));
    assert_true(both.find('a') != std::string::npos && both.find('b') != std::string::npos);
}

void who_leaves_hands_over_at_once(void**) {
    const Fixture fixture;
    const auto old = fixture.open();
    const auto young = fixture.open();
    keep(*old, entry_of("a"));
    const auto claims = claim_all(*old, wall_clock());
    expect_text(bodies(claims), "a");
    young->tend();
    expect_text(claimed_bodies(*young), "");
    old->leave();
    young->tend();
    expect_text(claimed_bodies(*young), "a");
    settle(*old, claims[0].id);  // not its any more
    assert_true(old->sync());
    old->tend();
    assert_int_equal(young->counts().entries, 1);
    expect_text(claimed_bodies(*old), "");
}

void who_has_left_can_still_keep(void**) {
    const Fixture fixture;
    const auto old = fixture.open();
    const auto young = fixture.open();
    old->leave();
    for (const char* body : {"a", "b"}) {
        keep(*old, entry_of(body), true);
        young->tend();
        expect_text(claimed_bodies(*young), body);
    }
    expect_text(told(*old) + told(*young), "");
}

void a_lock_on_a_removed_file_is_none(void**) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("1.lock");
    std::string error;
    auto first = FileLock::take(path, error);
    assert_true(first.has_value());
    assert_false(FileLock::take(path, error).has_value());
    first->remove();
    const auto second = FileLock::take(path, error);  // of another file of that name
    assert_true(second.has_value());
    assert_false(FileLock::take(path, error).has_value());
    expect_text(error, "");
}

/// Who has the lock removes its file before giving it up, while others open it.
void one_process_at_a_time_has_a_lock_that_is_removed(void**) {
    constexpr int kTurns = 3000;
    const TemporaryDirectory directory;
    std::array<pid_t, 3> children{};
    for (pid_t& child : children) {
        child = fork();
        if (child == 0) {
            std::string error;
            for (int count = 0; count < kTurns; ++count) {
                auto lock = FileLock::take(directory.file("1.lock"), error);
                if (!lock) {
                    continue;
                }
                if (mkdir(directory.file("alone").c_str(), 0700) != 0) {
                    _exit(1);
                }
                rmdir(directory.file("alone").c_str());
                lock->remove();
            }
            _exit(error.empty() ? 0 : 1);
        }
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/// Appends units of three, and tells the number of each after its sync; settles the oldest unit but one, and tells
/// that with a minus.
[[noreturn]] void work_until_killed(const Fixture& fixture, int pipe_end) {
    FileStore store(fixture.directory.path(), *fixture.ledger);
    std::vector<std::array<EntryId, 3>> units;
    for (int number = 1;; ++number) {
        std::array<EntryId, 3> ids{};
        for (EntryId& id : ids) {
            id = store.append(entry_of(std::to_string(number) + std::string(3000, '.')), true).value();
        }
        units.push_back(ids);
        const int settled = number % 2 == 0 ? number / 2 : 0;
        if (settled != 0) {
            for (const EntryId id : units[static_cast<std::size_t>(settled) - 1]) {
                settle(store, id);
            }
        }
        if (!store.sync()) {
            _exit(1);
        }
        const std::array<int, 2> line{number, settled};
        if (write(pipe_end, line.data(), sizeof line) != sizeof line) {
            _exit(1);
        }
    }
}

void nothing_that_was_synced_is_lost_when_a_process_is_killed(void**) {
    for (int turn = 0; turn < 25; ++turn) {
        const Fixture fixture;
        std::array<int, 2> ends{};
        assert_int_equal(pipe(ends.data()), 0);
        const pid_t child = fork();
        if (child == 0) {
            work_until_killed(fixture, ends[1]);
        }
        close(ends[1]);
        std::this_thread::sleep_for(5ms + turn * 3ms);
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        int appended = 0;
        int settled = 0;
        std::array<int, 2> line{};
        while (read(ends[0], line.data(), sizeof line) == sizeof line) {
            appended = line[0];
            settled = std::max(settled, line[1]);
        }
        close(ends[0]);
        const auto store = fixture.open();
        std::vector<int> found(static_cast<std::size_t>(appended) + 2);
        for (const Claim& claim : claim_all(*store, wall_clock())) {
            ++found.at(std::strtoul(claim.entry.body.c_str(), nullptr, 10));
        }
        for (int number = 1; number <= appended + 1; ++number) {
            const int count = found[static_cast<std::size_t>(number)];
            const bool last = number == appended + 1;  // it may have been killed before it could tell
            const bool maybe_settled = number == settled + 1;
            const int expected = number <= settled ? 0 : 3;
            if (count != expected && !((last || maybe_settled) && count == 3 - expected)) {
                fail_msg("%d entries of unit %d: %d were appended, %d settled", count, number, appended,
                         settled);
            }
        }
        expect_text(told(*store), "");
    }
}

/// What one process keeps, another delivers while a third one comes and goes.
void many_processes_deliver_each_entry_once(void**) {
    constexpr int kWorkers = 3;
    constexpr int kEach = 200;
    const Fixture fixture;
    std::array<int, 2> ends{};
    assert_int_equal(pipe(ends.data()), 0);
    const auto deliver = [&](Store& store) {
        for (const Claim& claim : store.claim(kLane, wall_clock(), 7, kNoLimit)) {
            const auto number =
                static_cast<std::uint16_t>(std::strtoul(claim.entry.body.c_str(), nullptr, 10));
            if (write(ends[1], &number, sizeof number) != sizeof number) {
                _exit(1);
            }
            settle(store, claim.id);
        }
        return store.sync();
    };
    std::array<pid_t, kWorkers> children{};
    for (int worker = 0; worker < kWorkers; ++worker) {
        children.at(static_cast<std::size_t>(worker)) = fork();
        if (children.at(static_cast<std::size_t>(worker)) == 0) {
            FileStore store(fixture.directory.path(), *fixture.ledger);
            for (int count = 0; count < kEach; ++count) {
                store.append(entry_of(std::to_string(worker * kEach + count)), false);
                if (!store.sync() || (count % 3 == 0 && !deliver(store))) {
                    _exit(1);
                }
                store.tend();
            }
            store.leave();
            _exit(told(store).empty() ? 0 : 1);
        }
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    const auto last = fixture.open();
    last->tend();
    while (last->counts().entries != 0) {
        assert_true(deliver(*last));
    }
    close(ends[1]);
    std::vector<int> found(kWorkers * kEach);
    std::uint16_t number = 0;
    while (read(ends[0], &number, sizeof number) == sizeof number) {
        ++found.at(number);
    }
    close(ends[0]);
    assert_true(std::all_of(found.begin(), found.end(), [](int count) { return count == 1; }));
    assert_true(fixture.ledger->total().entries == 0 || last->counts().entries == 0);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_process_has_a_file_of_its_own),
        cmocka_unit_test(what_a_killed_process_left_is_taken_over),
        cmocka_unit_test(lines_of_another_directory_count_for_nothing),
        cmocka_unit_test(what_another_directory_holds_is_told_once),
        cmocka_unit_test(who_comes_to_a_queue_that_is_used_misses_nothing),
        cmocka_unit_test(a_file_with_dead_letters_is_not_removed),
        cmocka_unit_test(dead_letters_that_somebody_requeues_by_hand_are_delivered),
        cmocka_unit_test(a_file_with_rows_that_somebody_has_put_in_is_not_removed),
        cmocka_unit_test(a_long_backlog_of_one_file_does_not_hold_up_another),
        cmocka_unit_test(who_leaves_hands_over_at_once),
        cmocka_unit_test(who_has_left_can_still_keep),
        cmocka_unit_test(a_lock_on_a_removed_file_is_none),
        cmocka_unit_test(one_process_at_a_time_has_a_lock_that_is_removed),
        cmocka_unit_test(nothing_that_was_synced_is_lost_when_a_process_is_killed),
        cmocka_unit_test(many_processes_deliver_each_entry_once),
    };
    return cmocka_run_group_tests_name("file store, several processes", tests, nullptr, nullptr);
}
