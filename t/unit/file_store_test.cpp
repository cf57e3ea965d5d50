#include "queue/sqlite/file_store.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <sys/stat.h>

#include "queue/sqlite/sqlite.hpp"
#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;

Time fixed_clock() {
    return kNow;
}

/// A store in a directory of its own.
struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    std::unique_ptr<FileStore> opened = open();

    [[nodiscard]] std::unique_ptr<FileStore> open() const {
        return std::make_unique<FileStore>(directory.path(), *ledger, fixed_clock);
    }
    void reopen() {
        opened.reset();
        opened = open();
    }
    [[nodiscard]] FileStore& store() const { return *opened; }
};

void an_entry_comes_back_as_it_was(void**) {
    Fixture fixture;
    Entry entry = entry_of(std::string("{\"\xC3\xA4\":\"\\n\xFF\"}\n\0.", 15));
    entry.headers = {{"User-Agent", "Mozilla/5.0: (X)"}, {"Referer", ""}, {"X-Forwarded-For", "192.0.2.1"}};
    entry.source = Source::back_office;
    entry.attempts = 3;
    entry.due = 17;
    keep(fixture.store(), entry);
    for (int turn = 0; turn < 2; ++turn) {  // from memory, from the file
        const auto claims = claim_all(fixture.store());
        assert_int_equal(claims.size(), 1);
        const Entry& found = claims[0].entry;
        expect_text(found.lane, entry.lane);
        expect_text(found.website, entry.website);
        expect_text(found.action, entry.action);
        expect_text(found.target, entry.target);
        expect_text(found.body, entry.body);
        assert_true(found.headers == entry.headers);
        assert_true(found.source == entry.source && found.attempts == entry.attempts);
        assert_true(found.received == entry.received && found.due == entry.due);
        fixture.reopen();
    }
}

void a_header_cannot_become_two(void**) {
    Fixture fixture;
    Entry entry = entry_of("x");
    entry.headers = {{"Referer", "a\r\nX-Forwarded-For: 192.0.2.1"}};
    keep(fixture.store(), entry);
    fixture.reopen();
    const auto claims = claim_all(fixture.store());
    assert_int_equal(claims[0].entry.headers.size(), 1);
    expect_text(claims[0].entry.headers[0].second, "a  X-Forwarded-For: 192.0.2.1");
}

void entries_come_oldest_first_and_once(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c", "d"}) {
        fixture.store().append(entry_of(body), false);
    }
    assert_true(fixture.store().sync());
    for (int turn = 0; turn < 2; ++turn) {
        expect_text(bodies(fixture.store().claim(kLane, kNow, 3, kNoLimit)), "a b c");
        keep(fixture.store(), entry_of("e" + std::to_string(turn)));
        expect_text(bodies(claim_all(fixture.store())), turn == 0 ? "d e0" : "d e0 e1");
        expect_text(bodies(claim_all(fixture.store())), "");
        fixture.reopen();  // which forgets the claims
    }
}

void a_claim_is_limited_in_bytes_too(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c"}) {
        keep(fixture.store(), entry_of(body));
    }
    const std::size_t size = entry_of("a").size();
    expect_text(bodies(fixture.store().claim(kLane, kNow, kNoLimit, size + 1)), "a b");
    expect_text(bodies(fixture.store().claim(kLane, kNow, kNoLimit, 1)), "c");
}

void lanes_are_apart(void**) {
    Fixture fixture;
    keep(fixture.store(), entry_of("a", "https://one.example"));
    const EntryId other = keep(fixture.store(), entry_of("b", "https://two.example"), true);
    for (int turn = 0; turn < 2; ++turn) {
        assert_int_equal(fixture.store().lanes().size(), 2);
        expect_text(bodies(claim_all(fixture.store(), kNow, "https://one.example")), "a");
        expect_text(bodies(claim_all(fixture.store(), kNow, "https://three.example")), "");
        if (turn == 0) {
            settle(fixture.store(), other, Settlement::Result::discarded);
            assert_int_equal(fixture.store().lanes().size(), 2);  // not yet durable
            fixture.store().append(entry_of("c", "https://two.example"), false);
            assert_true(fixture.store().sync());
            fixture.reopen();
        }
    }
    expect_text(bodies(claim_all(fixture.store(), kNow, "https://two.example")), "c");
}

void what_is_claimed_at_once_is_given_to_nobody(void**) {
    Fixture fixture;
    keep(fixture.store(), entry_of("a"), true);
    expect_text(bodies(claim_all(fixture.store())), "");
    fixture.reopen();
    expect_text(bodies(claim_all(fixture.store())), "a");
}

void what_is_released_comes_first_again(void**) {
    Fixture fixture;
    const EntryId running = keep(fixture.store(), entry_of("a"), true);
    keep(fixture.store(), entry_of("b"));
    const auto claims = claim_all(fixture.store());
    keep(fixture.store(), entry_of("c"));
    fixture.store().release(claims[0].id);
    fixture.store().release(running);
    fixture.store().release(running);
    expect_text(bodies(claim_all(fixture.store())), "a b c");
}

void what_is_delivered_is_gone(void**) {
    Fixture fixture;
    const EntryId id = keep(fixture.store(), entry_of("a"), true);
    settle(fixture.store(), id);
    settle(fixture.store(), id);
    assert_true(fixture.store().sync());
    settle(fixture.store(), id);
    assert_true(fixture.store().sync());
    assert_true(fixture.store().counts() == Counts{});
    fixture.reopen();
    expect_text(bodies(claim_all(fixture.store())), "");
}

void what_is_not_claimed_cannot_be_settled(void**) {
    Fixture fixture;
    const EntryId id = keep(fixture.store(), entry_of("a"));
    settle(fixture.store(), id);
    settle(fixture.store(), {EntryId::Kind::event, 1, 12345});
    settle(fixture.store(), {EntryId::Kind::event, 7, 1});
    assert_true(fixture.store().sync());
    expect_text(bodies(claim_all(fixture.store())), "a");
}

void what_failed_waits_until_it_is_due(void**) {
    Fixture fixture;
    retry_at(fixture.store(), keep(fixture.store(), entry_of("a"), true), kNow + 5000);
    retry_at(fixture.store(), keep(fixture.store(), entry_of("b"), true), kNow + 2000);
    keep(fixture.store(), entry_of("c"));
    for (int turn = 0; turn < 2; ++turn) {
        expect_text(bodies(claim_all(fixture.store())), "c");
        assert_int_equal(fixture.store().next_due(kLane), kNow + 2000);
        const auto claims = claim_all(fixture.store(), kNow + 2000);
        expect_text(bodies(claims), "b");
        assert_int_equal(claims[0].entry.attempts, 1);
        assert_int_equal(fixture.store().next_due(kLane), kNow + 5000);
        expect_text(bodies(claim_all(fixture.store(), kNow + 5000)), "a");
        assert_int_equal(fixture.store().next_due(kLane), 0);
        fixture.reopen();
    }
}

void a_clock_that_was_set_back_makes_nobody_wait(void**) {
    constexpr Time kHour = 3'600'000;
    Fixture fixture;
    retry_at(fixture.store(), keep(fixture.store(), entry_of("a"), true), kNow + 30'000);
    assert_true(fixture.store().sync());
    for (int turn = 0; turn < 2; ++turn) {
        expect_text(bodies(claim_all(fixture.store(), kNow - kHour + 30'000)), "");
        expect_text(bodies(claim_all(fixture.store(), kNow - 2 * kHour)), "a");
        fixture.reopen();
    }
}

void a_unit_without_its_sync_never_was(void**) {
    Fixture fixture;
    const EntryId kept = keep(fixture.store(), entry_of("a"), true);
    settle(fixture.store(), kept);
    fixture.store().append(entry_of("b"), false);
    fixture.reopen();
    expect_text(bodies(claim_all(fixture.store())), "a");
    assert_int_equal(fixture.store().counts().entries, 1);
}

void counts_tell_what_is_there(void**) {
    Fixture fixture;
    Entry entry = entry_of("a");
    entry.received = kNow - 1000;
    const EntryId first = keep(fixture.store(), entry, true);
    const EntryId second = keep(fixture.store(), entry_of("bcd"), true);
    const std::uint64_t size = entry_of("a").size();
    const Counts two{2, 2 * size + 2, 0, 0, kNow - 1000};
    assert_true(fixture.store().counts() == two);
    assert_true(fixture.ledger->total() == two);
    bury(fixture.store(), first);
    retry_at(fixture.store(), second, kNow);
    assert_true(fixture.ledger->total() == two);
    assert_true(fixture.store().sync());
    const Counts one{1, size + 2, 1, size, kNow};
    assert_true(fixture.store().counts() == one);
    assert_true(fixture.ledger->total() == one);
    fixture.reopen();
    assert_true(fixture.store().counts() == one);
}

void a_dead_letter_tells_why(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c"}) {
        bury(fixture.store(), keep(fixture.store(), entry_of(body), true), body + std::string(9000, '!'));
    }
    assert_true(fixture.store().sync());
    fixture.reopen();
    expect_text(bodies(claim_all(fixture.store())), "");
    const auto letters = dead_letters_in(fixture.directory);
    assert_int_equal(letters.size(), 3);
    expect_text(letters[1].entry.body, "b");
    expect_text(letters[1].reason, "b" + std::string(4095, '!'));
    assert_int_equal(letters[1].status, 422);
    assert_int_equal(letters[1].died, kNow);
}

void a_dead_letter_can_be_tried_again(void**) {
    Fixture fixture;
    Entry entry = entry_of("a");
    entry.received = kNow - 1'000'000;
    bury(fixture.store(), keep(fixture.store(), entry, true));
    assert_true(fixture.store().sync());
    for (int turn = 0; turn < 2; ++turn) {
        const EntryId id = dead_letters_in(fixture.directory).at(0).id;
        assert_int_equal(requeue(fixture.directory, {.id = id}, kNow), 1);
        assert_int_equal(requeue(fixture.directory, {.id = id}, kNow), 0);
        assert_int_equal(dead_letters_in(fixture.directory).size(), 0);
        if (turn == 1) {
            fixture.reopen();
        } else {
            fixture.store().tend();
        }
        const auto claims = claim_all(fixture.store());
        expect_text(bodies(claims), "a");
        assert_int_equal(claims[0].entry.attempts, 0);
        assert_int_equal(claims[0].entry.received, kNow);  // else it would be too old at once
        assert_int_equal(fixture.store().counts().entries, 1);
        assert_int_equal(fixture.store().counts().dead_letters, 0);
        bury(fixture.store(), claims[0].id);
        assert_true(fixture.store().sync());
    }
}

void the_oldest_dead_letters_are_discarded(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c"}) {
        bury(fixture.store(), keep(fixture.store(), entry_of(body), true));
    }
    assert_true(fixture.store().sync());
    assert_int_equal(fixture.store().discard_dead_letters(0), 0);
    assert_int_equal(fixture.store().discard_dead_letters(entry_of("a").size() + 1), 2);
    fixture.reopen();
    const auto letters = dead_letters_in(fixture.directory);
    assert_int_equal(letters.size(), 1);
    expect_text(letters[0].entry.body, "c");
    assert_int_equal(fixture.store().counts().dead_letters, 1);
    assert_int_equal(fixture.store().discard_dead_letters(kNoLimit), 1);
    assert_true(fixture.ledger->total() == Counts{});
}

/// More than what is held in memory, with claims in between.
void no_entry_is_left_out_or_given_twice(void**) {
    Fixture fixture;
    std::mt19937 random(4);  // NOLINT(cert-msc51-cpp): the same each time
    std::map<EntryId, std::string> claimed;
    std::set<std::string> waiting;
    int number = 0;
    for (int turn = 0; turn < 300; ++turn) {
        for (unsigned count = random() % 8; count > 0; --count) {
            const std::string body = std::to_string(number++) + std::string(random() % 60'000, '.');
            const bool at_once = random() % 4 == 0;
            const EntryId id = fixture.store().append(entry_of(body), at_once).value();
            at_once ? static_cast<void>(claimed.emplace(id, body)) : static_cast<void>(waiting.insert(body));
        }
        for (auto position = claimed.begin(); position != claimed.end();) {
            const unsigned choice = random() % 8;
            if (choice < 3) {
                settle(fixture.store(), position->first);
            } else if (choice == 3) {
                retry_at(fixture.store(), position->first, random() % 2 == 0 ? 0 : kNow + turn + 2);
                waiting.insert(position->second);
            }
            position = choice <= 3 ? claimed.erase(position) : std::next(position);
        }
        assert_true(fixture.store().sync());
        if (!claimed.empty() && random() % 3 == 0) {
            fixture.store().release(claimed.begin()->first);
            waiting.insert(claimed.begin()->second);
            claimed.erase(claimed.begin());
        }
        for (Claim& claim : fixture.store().claim(kLane, kNow + turn, random() % 8, kNoLimit)) {
            assert_int_equal(waiting.erase(claim.entry.body), 1);
            assert_true(claimed.emplace(claim.id, std::move(claim.entry.body)).second);
        }
        assert_int_equal(fixture.store().counts().entries, waiting.size() + claimed.size());
        if (turn % 100 == 99) {
            fixture.reopen();
            for (auto& [id, body] : claimed) {
                waiting.insert(body);
            }
            claimed.clear();
        }
    }
    for (Claim& claim : claim_all(fixture.store(), kNow + 1000)) {
        assert_int_equal(waiting.erase(claim.entry.body), 1);
    }
    assert_true(waiting.empty());
}

long resident_kilobytes() {
    const std::string status = content_of("/proc/self/status");
    const std::size_t position = status.find("VmRSS:");
    return position == std::string::npos ? 0 : std::strtol(status.c_str() + position + 6, nullptr, 10);
}

void many_entries_need_little_memory(void**) {
    constexpr std::size_t kEntries = 100'000;
    Fixture fixture;
    const std::string body(600, '.');
    const long before = resident_kilobytes();
    for (std::size_t count = 1; count <= kEntries; ++count) {
        fixture.store().append(entry_of(std::to_string(count) + body), false);
        if (count % 1000 == 0) {
            assert_true(fixture.store().sync());
        }
    }
    fixture.reopen();
    assert_int_equal(fixture.store().counts().entries, kEntries);
    std::size_t next = 1;
    for (;;) {
        const auto claims = fixture.store().claim(kLane, kNow, 500, kNoLimit);
        if (claims.empty()) {
            break;
        }
        for (const Claim& claim : claims) {
            assert_int_equal(std::strtoul(claim.entry.body.c_str(), nullptr, 10), next++);
            settle(fixture.store(), claim.id);
        }
        assert_true(fixture.store().sync());
    }
    assert_int_equal(next, kEntries + 1);
#if defined(__SANITIZE_ADDRESS__)
    constexpr long kMostKilobytes = 512 * 1024;  // freed memory is kept for a while
#else
    constexpr long kMostKilobytes = 32 * 1024;
#endif
    assert_in_range(std::max(resident_kilobytes() - before, 0L), 0, kMostKilobytes);
}

void a_file_shrinks_after_an_outage(void**) {
    constexpr std::uintmax_t kSmall = std::uintmax_t{5} << 20U;
    Fixture fixture;
    const std::string body(40'000, '.');
    for (int count = 0; count < 1000; ++count) {
        fixture.store().append(entry_of(body), true);
    }
    assert_true(fixture.store().sync());
    fixture.reopen();
    assert_true(std::filesystem::file_size(fixture.directory.file("1.db")) > 8 * kSmall - kSmall);
    for (const Claim& claim : claim_all(fixture.store())) {
        settle(fixture.store(), claim.id);
    }
    assert_true(fixture.store().sync());
    for (int second = 0; second < 10; ++second) {
        fixture.store().tend();
    }
    assert_true(std::filesystem::file_size(fixture.directory.file("1.db")) < kSmall);
}

void expect_in_no_file(const TemporaryDirectory& directory, std::string_view text) {
    for (const std::string& name : directory.names()) {
        if (content_of(directory.file(name)).find(text) != std::string::npos) {
            fail_msg("%s still holds '%.*s'", name.c_str(), static_cast<int>(text.size()), text.data());
        }
    }
}

void what_was_deleted_is_overwritten(void**) {
    Fixture fixture;
    const std::string padding(9000, '.');
    const EntryId first = keep(fixture.store(), entry_of("secret-1" + padding), true);
    const EntryId second = keep(fixture.store(), entry_of("secret-2"), true);
    keep(fixture.store(), entry_of("stays"));
    settle(fixture.store(), first);
    bury(fixture.store(), second, "secret-3");
    assert_true(fixture.store().sync());
    assert_int_equal(fixture.store().discard_dead_letters(1), 1);
    fixture.store().tend();
    expect_in_no_file(fixture.directory, "secret");
    assert_true(content_of(fixture.directory.file("1.db")).find("stays") != std::string::npos);
}

void files_are_private(void**) {
    Fixture fixture;
    keep(fixture.store(), entry_of("a"));
    assert_int_equal(fixture.directory.names().size(), 4);  // with the lock, the log and its index
    for (const std::string& name : fixture.directory.names()) {
        struct stat status {};
        assert_int_equal(stat(fixture.directory.file(name).c_str(), &status), 0);
        assert_int_equal(status.st_mode & 0777U, 0600);
    }
}

void operators_can_read_a_file_that_is_in_use(void**) {
    Fixture fixture;
    keep(fixture.store(), entry_of("a"));
    sqlite::Database database(fixture.directory.file("1.db"));
    expect_text(database.text("SELECT lane || ' ' || action || ' ' || headers || body FROM entries"),
                "https://edge.adobedc.net interact User-Agent: Mozilla/5.0\na");
    sqlite::Statement statement(database, "SELECT body FROM entries");
    sqlite::Run reading = statement.run();
    assert_true(reading.next());
    keep(fixture.store(), entry_of("b"));  // while somebody reads
    fixture.store().tend();
    expect_text(told(fixture.store()), "");
}

void what_has_failed_comes_behind_what_has_not_been_tried(void**) {
    Fixture fixture;
    const auto fails = [&](std::string body, std::uint32_t attempts) {
        const EntryId id = keep(fixture.store(), entry_of(std::move(body)), true);
        Settlement settlement;
        settlement.id = id;
        settlement.result = Settlement::Result::retry;
        settlement.attempts = attempts;
        settlement.due = kNow + 1;
        fixture.store().settle(settlement);
        assert_true(fixture.store().sync());
    };
    fails("twice", 2);
    fails("once", 1);
    keep(fixture.store(), entry_of("new"));
    const std::vector<Claim> first = fixture.store().claim(kLane, kNow + 1, 1, kNoLimit);
    expect_text(bodies(first), "new");
    fixture.store().release(first[0].id);
    keep(fixture.store(), entry_of("newer"));
    expect_text(bodies(claim_all(fixture.store(), kNow + 1)), "new newer once twice");
}

void the_newest_can_be_asked_for(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c"}) {
        keep(fixture.store(), entry_of(body));
    }
    const auto newest = [&] {
        return fixture.store().claim(kLane, kNow, 1, kNoLimit, Store::Order::newest_first);
    };
    const std::vector<Claim> claims = newest();
    expect_text(bodies(claims), "c");
    fixture.store().release(claims[0].id);
    expect_text(bodies(newest()), "c");
    expect_text(bodies(newest()), "b");
    expect_text(bodies(claim_all(fixture.store())), "a");
}

/// The next process knows no more than what is in the file.
void what_has_failed_comes_last_after_a_restart(void**) {
    Fixture fixture;
    retry_at(fixture.store(), keep(fixture.store(), entry_of("failed"), true), kNow);
    assert_true(fixture.store().sync());
    keep(fixture.store(), entry_of("new"));
    fixture.reopen();
    expect_text(bodies(fixture.store().claim(kLane, kNow, 1, kNoLimit)), "new");
    expect_text(bodies(claim_all(fixture.store())), "failed");
}

void sample(Store& store, EntryId id) {
    Settlement settlement;
    settlement.id = id;
    settlement.result = Settlement::Result::sampled;
    settlement.status = 400;
    settlement.reason = "no";
    store.settle(settlement);
    assert_true(store.sync());
}

std::int64_t samples_in(const Fixture& fixture, const std::string& condition = "1") {
    Database file(fixture.directory.file("1.db"));
    return file.number("SELECT count(*) FROM samples WHERE " + condition);
}

void of_what_visitors_send_the_last_can_be_looked_at(void**) {
    Fixture fixture;
    for (int i = 0; i < 25; ++i) {
        sample(fixture.store(), keep(fixture.store(), entry_of(std::to_string(i)), true));
    }
    sample(fixture.store(), keep(fixture.store(), entry_of("x", "https://other.example"), true));
    assert_int_equal(samples_in(fixture), 21);
    assert_int_equal(samples_in(fixture, "CAST(body AS TEXT) = '4'"), 0);
    assert_int_equal(samples_in(fixture, "CAST(body AS TEXT) = '5' AND status = 400 AND reason = 'no'"), 1);
    assert_true(fixture.store().counts() == Counts{});
}

void samples_of_a_file_have_an_end(void**) {
    Fixture fixture;
    for (int i = 0; i < 230; ++i) {
        const std::string lane = std::string(kLane) + " " + std::to_string(i);
        sample(fixture.store(), keep(fixture.store(), entry_of("x", lane), true));
    }
    assert_int_equal(samples_in(fixture), 200);
}

/// As it was made before there were samples.
void an_older_file_gets_the_table_of_samples(void**) {
    Fixture fixture;
    keep(fixture.store(), entry_of("a"));
    fixture.opened.reset();
    {
        Database file(fixture.directory.file("1.db"));
        assert_true(file.execute("DROP TABLE samples"));
    }
    fixture.opened = fixture.open();
    sample(fixture.store(), claim_all(fixture.store()).at(0).id);
    assert_int_equal(samples_in(fixture), 1);
}

/// Whoever makes many of them pushes out nobody else's.
void dead_letters_of_who_has_the_most_go_first(void**) {
    Fixture fixture;
    const std::string other = std::string(kLane) + " other";
    bury(fixture.store(), keep(fixture.store(), entry_of("others", other), true));
    for (int i = 0; i < 10; ++i) {
        bury(fixture.store(), keep(fixture.store(), entry_of("junk"), true));
    }
    assert_true(fixture.store().sync());
    const std::uint64_t size = entry_of("junk").size();
    assert_int_equal(fixture.store().discard_dead_letters(static_cast<std::size_t>(5 * size)), 5);
    const std::vector<DeadLetter> letters = dead_letters_in(fixture.directory);
    assert_int_equal(letters.size(), 6);
    expect_text(letters.at(0).entry.body, "others");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_comes_back_as_it_was),
        cmocka_unit_test(a_header_cannot_become_two),
        cmocka_unit_test(entries_come_oldest_first_and_once),
        cmocka_unit_test(a_claim_is_limited_in_bytes_too),
        cmocka_unit_test(lanes_are_apart),
        cmocka_unit_test(what_is_claimed_at_once_is_given_to_nobody),
        cmocka_unit_test(what_is_released_comes_first_again),
        cmocka_unit_test(what_is_delivered_is_gone),
        cmocka_unit_test(what_is_not_claimed_cannot_be_settled),
        cmocka_unit_test(what_failed_waits_until_it_is_due),
        cmocka_unit_test(a_clock_that_was_set_back_makes_nobody_wait),
        cmocka_unit_test(a_unit_without_its_sync_never_was),
        cmocka_unit_test(counts_tell_what_is_there),
        cmocka_unit_test(a_dead_letter_tells_why),
        cmocka_unit_test(a_dead_letter_can_be_tried_again),
        cmocka_unit_test(the_oldest_dead_letters_are_discarded),
        cmocka_unit_test(no_entry_is_left_out_or_given_twice),
        cmocka_unit_test(many_entries_need_little_memory),
        cmocka_unit_test(a_file_shrinks_after_an_outage),
        cmocka_unit_test(what_was_deleted_is_overwritten),
        cmocka_unit_test(files_are_private),
        cmocka_unit_test(operators_can_read_a_file_that_is_in_use),
        cmocka_unit_test(what_has_failed_comes_behind_what_has_not_been_tried),
        cmocka_unit_test(the_newest_can_be_asked_for),
        cmocka_unit_test(what_has_failed_comes_last_after_a_restart),
        cmocka_unit_test(of_what_visitors_send_the_last_can_be_looked_at),
        cmocka_unit_test(samples_of_a_file_have_an_end),
        cmocka_unit_test(an_older_file_gets_the_table_of_samples),
        cmocka_unit_test(dead_letters_of_who_has_the_most_go_first),
    };
    return cmocka_run_group_tests_name("file store", tests, nullptr, nullptr);
}
