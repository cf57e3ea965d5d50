// Full disks, directories that nobody may write to, damaged files.

#include <algorithm>
#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>

#include "queue/sqlite/file_store.hpp"
#include "queue/sqlite/sqlite.hpp"
#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;

Time fixed_clock() {
    return kNow;
}

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();

    [[nodiscard]] std::unique_ptr<FileStore> open() const {
        return std::make_unique<FileStore>(directory.path(), *ledger, fixed_clock);
    }
    void fill(int entries) const {
        const auto store = open();
        for (int count = 0; count < entries; ++count) {
            store->append(entry_of(std::to_string(count) + std::string(2000, '.')), false);
        }
        bury(*store, store->append(entry_of("dead"), true).value());
        assert_true(store->sync());
    }
    [[nodiscard]] std::string damaged_file() const {
        for (const std::string& name : directory.names()) {
            if (name.find(".db.damaged-") != std::string::npos && !name.ends_with("-wal")) {
                return name;
            }
        }
        return {};
    }
};

void limit_file_size(rlim_t limit) {
    rlimit limits{};
    getrlimit(RLIMIT_FSIZE, &limits);
    limits.rlim_cur = limit;
    setrlimit(RLIMIT_FSIZE, &limits);
}

/// A limit of the size of files stands for a full disk, within the process.
struct FullDisk {
    explicit FullDisk(rlim_t limit) { limit_file_size(limit); }
    ~FullDisk() { limit_file_size(RLIM_INFINITY); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
};

void a_full_disk_refuses_and_loses_nothing(void**) {
    constexpr rlim_t kSize = 800'000;
    const Fixture fixture;
    const auto store = fixture.open();
    std::vector<EntryId> kept;
    {
        const FullDisk full(kSize);
        for (int count = 0; count < 100; ++count) {
            const std::optional<EntryId> id = store->append(entry_of(std::string(3000, 'a')), true);
            if (store->sync()) {
                kept.push_back(id.value());
            }
        }
        assert_in_range(kept.size(), 3, 80);
        const std::string messages = told(*store);
        expect_part(messages, "1.db");
        expect_part(messages, "new events are refused");
        assert_int_equal(std::count(messages.begin(), messages.end(), '\n'), 1);
        store->tend();
        expect_text(told(*store), "");
    }
    assert_int_equal(store->counts().entries, kept.size());
    for (const EntryId id : kept) {
        settle(*store, id);
    }
    assert_true(store->sync());
    store->tend();
    expect_part(told(*store), "1.db again");
    keep(*store, entry_of("b"));
    expect_text(bodies(claim_all(*store)), "b");
    assert_true(fixture.damaged_file().empty());
}

void settlements_on_a_full_disk_can_be_given_again(void**) {
    const Fixture fixture;
    const auto store = fixture.open();
    const EntryId one = keep(*store, entry_of("a"), true);
    const EntryId other = keep(*store, entry_of("b"), true);
    {
        const FullDisk full(4096);
        settle(*store, one);
        retry_at(*store, other, kNow + 5);
        assert_false(store->sync());
        expect_text(bodies(claim_all(*store, kNow + 5)), "");  // still claimed
    }
    assert_int_equal(store->counts().entries, 2);
    settle(*store, one);
    retry_at(*store, other, kNow + 5);
    assert_true(store->sync());
    expect_text(bodies(claim_all(*store, kNow + 4)), "");
    expect_text(bodies(claim_all(*store, kNow + 5)), "b");
    assert_int_equal(store->counts().entries, 1);
}

void a_full_disk_at_start_leaves_no_litter(void**) {
    const Fixture fixture;
    std::unique_ptr<FileStore> store;
    {
        const FullDisk full(1);
        store = fixture.open();
        assert_false(store->append(entry_of("a"), false).has_value());
        assert_false(store->sync());
        store->tend();
        assert_int_equal(fixture.directory.names().size(), 0);
        const std::string messages = told(*store);
        assert_int_equal(std::count(messages.begin(), messages.end(), '\n'), 1);
    }
    keep(*store, entry_of("a"));
    store->tend();
    expect_part(told(*store), "again");
}

void a_missing_directory_refuses_until_it_is_there(void**) {
    const Fixture fixture;
    const auto ledger = std::make_unique<Ledger>();
    FileStore store(fixture.directory.file("later"), *ledger, fixed_clock);
    assert_false(store.append(entry_of("a"), false).has_value());
    assert_false(store.append(entry_of("b"), false).has_value());
    assert_false(store.sync());
    assert_true(store.sync());  // an empty unit
    store.tend();
    const std::string messages = told(store);
    expect_part(messages, "later/1.lock cannot be opened: No such file or directory");
    assert_int_equal(std::count(messages.begin(), messages.end(), '\n'), 1);
    mkdir(fixture.directory.file("later").c_str(), 0700);
    store.tend();
    expect_part(told(store), "later again");
    keep(store, entry_of("a"));
}

void a_directory_that_may_not_be_written_to_refuses(void**) {
    constexpr uid_t kNobody = 65534;
    const Fixture fixture;
    chmod(fixture.directory.path().c_str(), 0555);
    assert_true(in_child([&] {
        if (geteuid() == 0 && setuid(kNobody) != 0) {
            return false;
        }
        FileStore store(fixture.directory.path(), *fixture.ledger, fixed_clock);
        return !store.append(entry_of("a"), false) && !store.sync() &&
               told(store).find("Permission denied") != std::string::npos;
    }));
    chmod(fixture.directory.path().c_str(), 0700);
}

void a_damaged_file_is_moved_aside(void**) {
    const Fixture fixture;
    fixture.fill(10);
    write_content(fixture.directory.file("1.db"), std::string(20'000, 'x'));
    const auto store = fixture.open();
    const std::string messages = told(*store);
    expect_part(messages, "ALERT");
    expect_part(messages, "1.db.damaged-20260528T202640Z");
    expect_text(fixture.damaged_file(), "1.db.damaged-20260528T202640Z");
    assert_int_equal(fixture.ledger->total().entries, 0);
    keep(*store, entry_of("a"));
    expect_text(bodies(claim_all(*store)), "a");
}

void damage_found_later_does_not_end_the_service(void**) {
    const Fixture fixture;
    fixture.fill(100);
    std::string content = content_of(fixture.directory.file("1.db"));
    content.resize(content.size() / 2);
    write_content(fixture.directory.file("1.db"), content);
    const auto store = fixture.open();
    const auto claims = claim_all(*store);
    for (const Claim& claim : claims) {
        settle(*store, claim.id);
    }
    store->sync();
    store->sync();
    store->tend();
    assert_false(fixture.damaged_file().empty());
    expect_part(told(*store), "ALERT");
    for (const Claim& claim : claims) {
        settle(*store, claim.id);  // of the file that is not there any more
    }
    assert_true(store->sync());
    keep(*store, entry_of("a"));
    expect_text(bodies(claim_all(*store)), "a");
}

/// Whatever is damaged: the worst is that the file is moved aside.
void use(FileStore& store, const TemporaryDirectory& directory) {
    SqliteDeadLetterStore desk(directory.path());
    for (int turn = 0; turn < 3; ++turn) {
        store.lanes();
        std::vector<DeadLetterSummary> letters;
        desk.list({}, {}, 10, letters);
        std::vector<Claim> claims = store.claim(kLane, kNow, 10, kNoLimit);
        for (std::size_t index = 0; index < claims.size(); ++index) {
            if (index % 3 == 0) {
                bury(store, claims[index].id);
            } else if (index % 3 == 1) {
                retry_at(store, claims[index].id, 0);
            } else {
                settle(store, claims[index].id);
            }
        }
        store.append(entry_of("new"), turn == 0);
        store.sync();
        desk.requeue({}, {}, 0);
        desk.discard({}, {});
        store.discard_dead_letters(1);
        store.tend();
    }
}

void damage_anywhere_harms_nobody(void**) {
    constexpr std::size_t kPages = 3;
    constexpr std::size_t kPage = 16384;
    Fixture original;
    original.fill(20);
    const std::string sound = content_of(original.directory.file("1.db"));
    std::size_t moved = 0;
    std::size_t step = 149;
    for (std::size_t offset = 0; offset < sound.size();
         offset += offset < kPages * kPage ? step : kPage - 13) {
        for (const char damage : {'\xFF', '\0'}) {
            const Fixture fixture;
            std::string content = sound;
            content.replace(offset, 7, 7, damage);
            write_content(fixture.directory.file("1.db"), content);
            const auto store = fixture.open();
            use(*store, fixture.directory);
            const std::optional<EntryId> id = store->append(entry_of("after"), true);
            if (!id || !store->sync()) {
                fail_msg("nothing can be kept with bytes %zu damaged: %s", offset, told(*store).c_str());
            }
            moved += fixture.damaged_file().empty() ? 0U : 1U;
        }
    }
    assert_in_range(moved, 10, kNoLimit);
}

void a_damaged_log_is_cut_where_the_damage_begins(void**) {
    const Fixture fixture;
    assert_true(in_child([&] {
        FileStore* const store = fixture.open().release();  // it is not closed: the log stays
        for (int count = 0; count < 5; ++count) {
            store->append(entry_of(std::to_string(count)), false);
            store->sync();
        }
        return true;
    }));
    std::string log = content_of(fixture.directory.file("1.db-wal"));
    log.resize(log.size() - 3000);
    write_content(fixture.directory.file("1.db-wal"), log);
    const auto store = fixture.open();
    expect_text(bodies(claim_all(*store)), "0 1 2 3");
    keep(*store, entry_of("a"));
}

void change_file(const TemporaryDirectory& directory, const char* sql) {
    sqlite::Database database(directory.file("1.db"));
    assert_true(database.execute(sql));
}

void a_file_of_another_format_is_left_alone(void**) {
    for (const char* sql : {"PRAGMA user_version = 2", "PRAGMA application_id = 77"}) {
        const Fixture fixture;
        fixture.fill(1);
        change_file(fixture.directory, sql);
        const std::string before = content_of(fixture.directory.file("1.db"));
        const auto store = fixture.open();
        keep(*store, entry_of("a"));
        store->tend();
        store->tend();
        const std::string messages = told(*store);
        expect_part(messages, "1.db alone");
        assert_int_equal(std::count(messages.begin(), messages.end(), '\n'), 1);
        assert_true(fixture.directory.has("2.db"));
        expect_text(bodies(claim_all(*store)), "a");
        assert_true(content_of(fixture.directory.file("1.db")) == before);
    }
}

void a_file_whose_making_was_interrupted_is_made_new(void**) {
    for (const bool half : {false, true}) {
        const Fixture fixture;
        write_content(fixture.directory.file("1.db"), "");
        if (half) {
            change_file(fixture.directory, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
            assert_true(std::filesystem::file_size(fixture.directory.file("1.db")) != 0);
        }
        const auto store = fixture.open();
        keep(*store, entry_of("a"));
        expect_text(told(*store), "");
        assert_false(fixture.directory.has("2.db"));
    }
}

void a_file_that_somebody_removes_is_noticed(void**) {
    const Fixture fixture;
    const auto store = fixture.open();
    keep(*store, entry_of("a"));
    for (const std::string& name : fixture.directory.names()) {
        std::filesystem::remove(fixture.directory.file(name));
    }
    store->tend();
    expect_part(told(*store), "removed or renamed");
    assert_int_equal(fixture.ledger->total().entries, 0);
    keep(*store, entry_of("b"));
    expect_text(bodies(claim_all(*store)), "b");
    assert_true(fixture.directory.has("1.db"));
}

void files_of_other_names_are_left_alone(void**) {
    const Fixture fixture;
    for (const char* name : {"x.db", "0.db", "513.db", "2.db.old", "-3.db", "4.database"}) {
        write_content(fixture.directory.file(name), "mine");
    }
    const auto store = fixture.open();
    store->tend();
    for (const char* name : {"x.db", "0.db", "513.db", "2.db.old", "-3.db", "4.database"}) {
        expect_text(content_of(fixture.directory.file(name)), "mine");
    }
    assert_int_equal(fixture.directory.names().size(), 6 + 4);
    expect_text(told(*store), "");
}

}  // namespace

int main() {
    std::signal(SIGXFSZ, SIG_IGN);
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_refuses_and_loses_nothing),
        cmocka_unit_test(settlements_on_a_full_disk_can_be_given_again),
        cmocka_unit_test(a_full_disk_at_start_leaves_no_litter),
        cmocka_unit_test(a_missing_directory_refuses_until_it_is_there),
        cmocka_unit_test(a_directory_that_may_not_be_written_to_refuses),
        cmocka_unit_test(a_damaged_file_is_moved_aside),
        cmocka_unit_test(damage_found_later_does_not_end_the_service),
        cmocka_unit_test(damage_anywhere_harms_nobody),
        cmocka_unit_test(a_damaged_log_is_cut_where_the_damage_begins),
        cmocka_unit_test(a_file_of_another_format_is_left_alone),
        cmocka_unit_test(a_file_whose_making_was_interrupted_is_made_new),
        cmocka_unit_test(a_file_that_somebody_removes_is_noticed),
        cmocka_unit_test(files_of_other_names_are_left_alone),
    };
    return cmocka_run_group_tests_name("file store in trouble", tests, nullptr, nullptr);
}
