#include "queue/sqlite/sqlite_consent_store.hpp"

#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;
using Withdrawal = ConsentStore::Withdrawal;

Time fixed_clock() {
    return kNow;
}

constexpr Time kClaimsEnd = kNow + ConsentStore::kClaimTime;

/// Of a system whose clock was set forward while nginx ran.
Time wrong_clock() {
    return kNow + 2 * ConsentStore::kClaimTime;
}

constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 30U;

/// Two workers.
struct Fixture {
    TemporaryDirectory directory;
    SqliteConsentStore store{directory.path(), kMaxSize, fixed_clock};
    SqliteConsentStore other{directory.path(), kMaxSize, fixed_clock};
};

constexpr std::uint32_t kAnyAttempts = std::numeric_limits<std::uint32_t>::max();

std::vector<Claim> claim(ConsentStore& store, Time now = kNow, std::uint32_t most_attempts = kAnyAttempts) {
    return store.claim(kLane, now, 10, most_attempts);
}

bool settle_as(ConsentStore& store, EntryId id, Settlement::Result result, Time due = 0) {
    Settlement settlement;
    settlement.id = id;
    settlement.result = result;
    settlement.attempts = 1;
    settlement.due = due;
    settlement.status = 400;
    settlement.reason = "no";
    return store.settle(settlement);
}

void expect_withdrawal(Withdrawal found, Withdrawal expected, Where where = Where::here()) {
    _assert_int_equal(static_cast<LargestIntegralType>(found), static_cast<LargestIntegralType>(expected),
                      where.file, where.line);
}

std::string told_by(ConsentStore& store) {
    std::string text;
    for (const LogLine& message : store.messages()) {
        text += (message.alert ? "ALERT: " : "") + message.text + "\n";
    }
    return text;
}

void the_newest_request_of_an_identity_waits(void**) {
    Fixture fixture;
    assert_true(fixture.store.append("A", {}, entry_of("in"), 0).has_value());
    assert_true(fixture.store.append("B", {}, entry_of("in-B"), 0).has_value());
    assert_true(fixture.other.append("A", {}, entry_of("out"), 0).has_value());
    const auto claims = claim(fixture.store);
    expect_text(bodies(claims), "in-B out");
    expect_text(claims[1].entry.target, entry_of("").target);
    assert_true(claims[1].entry.headers == entry_of("").headers);
    assert_int_equal(claim(fixture.store).size(), 0);
}

void what_a_newer_one_has_overtaken_is_not_kept(void**) {
    Fixture fixture;
    const auto order = std::make_unique<ConsentOrder>();
    const ConsentOrder::Turn older = order->begin(1);
    const ConsentOrder::Turn newer = order->begin(1);
    expect_withdrawal(fixture.other.withdraw("A", kNow),
                      Withdrawal::absent);  // the newer one goes to Edge at once
    assert_true(fixture.store.append("A", older, entry_of("in"), 0).has_value());
    assert_int_equal(claim(fixture.store).size(), 0);

    assert_true(fixture.other.append("A", newer, entry_of("out"), 0).has_value());
    assert_true(fixture.store.append("A", older, entry_of("in"), 0).has_value());
    expect_text(bodies(claim(fixture.store)), "out");
}

void a_full_file_takes_only_what_replaces_something(void**) {
    constexpr std::size_t kMost = 1000;
    const std::string large(10'000, 'x');
    const TemporaryDirectory directory;
    SqliteConsentStore store(directory.path(), std::uint64_t{1} << 20U, fixed_clock);
    std::size_t kept = 0;
    while (kept < kMost && store.append(std::to_string(kept), {}, entry_of(large), 0).has_value()) {
        ++kept;
    }
    assert_true(kept > 10 && kept < 110);
    assert_false(store.append("one more", {}, entry_of(large), 0).has_value());
    const std::string told = told_by(store);
    assert_true(told.find("cannot be kept in") != std::string::npos);
    assert_true(told.find("it may hold 1048576 bytes") == told.rfind("it may hold 1048576 bytes"));

    assert_true(store.append("0", {}, entry_of("out"), 0).has_value());
    assert_true(store.append("0", {}, entry_of(large), 0).has_value());
    expect_withdrawal(store.withdraw("1", kNow), Withdrawal::withdrawn);
    expect_withdrawal(store.withdraw("2", kNow), Withdrawal::withdrawn);
    told_by(store);
    assert_false(store.append("too large", {}, entry_of(std::string(50'000, 'x')), 0).has_value());
    assert_true(store.append("one more", {}, entry_of(large), 0).has_value());
    assert_true(told_by(store).ends_with("can be kept again\n"));
}

void what_was_kept_outlives_its_process(void**) {
    const TemporaryDirectory directory;
    assert_true(in_child([&] {
        auto* const store =
            std::make_unique<SqliteConsentStore>(directory.path(), kMaxSize, fixed_clock).release();
        return store->append("A", {}, entry_of("out"), 0).has_value();
    }));
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    expect_text(bodies(claim(store)), "out");
}

void what_waits_can_be_withdrawn(void**) {
    Fixture fixture;
    expect_withdrawal(fixture.store.withdraw("A", kNow), Withdrawal::absent);
    fixture.store.append("A", {}, entry_of("in"), 0);
    expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::withdrawn);
    expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::absent);
    assert_int_equal(claim(fixture.store).size(), 0);
}

void what_is_being_sent_cannot_be_withdrawn(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("in"), 0);
    const auto claims = claim(fixture.store);
    expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::in_flight);
    assert_true(settle_as(fixture.store, claims[0].id, Settlement::Result::delivered));
    expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::absent);
}

void a_newer_request_waits_for_the_one_that_is_being_sent(void**) {
    for (const auto result :
         {Settlement::Result::delivered, Settlement::Result::retry, Settlement::Result::dead}) {
        Fixture fixture;
        fixture.store.append("A", {}, entry_of("in"), 0);
        const auto claims = claim(fixture.store);
        assert_true(fixture.other.append("A", {}, entry_of("out"), 0).has_value());
        assert_int_equal(claim(fixture.store).size(), 0);
        expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::in_flight);
        assert_true(settle_as(fixture.store, claims[0].id, result, kNow + 500));
        const auto next = claim(fixture.store);
        expect_text(bodies(next), "out");
        assert_int_equal(next[0].entry.attempts, 0);
    }
}

void what_is_kept_while_it_is_being_sent_is_its_senders_to_settle(void**) {
    for (const auto result :
         {Settlement::Result::delivered, Settlement::Result::retry, Settlement::Result::dead}) {
        Fixture fixture;
        const EntryId id = fixture.store.append("A", {}, entry_of("in"), kNow).value();
        assert_int_equal(claim(fixture.store).size(), 0);
        expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::in_flight);
        assert_true(settle_as(fixture.store, id, result, kNow + 500));
        const bool stays = result == Settlement::Result::retry;
        expect_text(bodies(claim(fixture.store, kNow + 500)), stays ? "in" : "");
    }
}

void a_newer_request_waits_for_the_one_that_was_kept_while_it_was_being_sent(void**) {
    Fixture fixture;
    const EntryId id = fixture.store.append("A", {}, entry_of("in"), kNow).value();
    assert_true(fixture.other.append("A", {}, entry_of("out"), 0).has_value());
    assert_int_equal(claim(fixture.other).size(), 0);
    assert_true(settle_as(fixture.store, id, Settlement::Result::delivered));
    expect_text(bodies(claim(fixture.other)), "out");
}

void a_jump_of_the_systems_clock_does_not_end_a_claim(void**) {
    const TemporaryDirectory directory;
    SqliteConsentStore store(directory.path(), kMaxSize, wrong_clock);
    store.append("A", {}, entry_of("in"), 0);
    assert_int_equal(claim(store).size(), 1);
    expect_withdrawal(store.withdraw("A", kNow), Withdrawal::in_flight);
}

void one_process_delivers(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("in"), 0);
    fixture.store.append("B", {}, entry_of("out"), 0);
    assert_int_equal(fixture.store.claim(kLane, kNow, 1, kAnyAttempts).size(), 1);
    assert_int_equal(claim(fixture.other).size(), 0);
    fixture.store.leave();
    assert_int_equal(claim(fixture.store).size(), 0);
    expect_text(bodies(claim(fixture.other)), "out");
    assert_true(fixture.store.append("C", {}, entry_of("c"), 0).has_value());
    expect_text(bodies(claim(fixture.other)), "c");
}

void a_claim_ends_when_its_process_has_died(void**) {
    const TemporaryDirectory directory;
    assert_true(in_child([&] {
        SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
        return store.append("A", {}, entry_of("in"), 0).has_value() && claim(store).size() == 1;
    }));
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    assert_int_equal(claim(store, kClaimsEnd - 1).size(), 0);
    expect_withdrawal(store.withdraw("A", kNow), Withdrawal::in_flight);
    expect_text(bodies(claim(store, kClaimsEnd)), "in");
}

void a_dead_process_does_not_keep_others_from_withdrawing(void**) {
    const TemporaryDirectory directory;
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    store.append("A", {}, entry_of("in"), 0);
    claim(store);
    expect_withdrawal(store.withdraw("A", kClaimsEnd), Withdrawal::withdrawn);
}

void a_claim_lasts_as_long_as_a_transfer_may(void**) {
    const TemporaryDirectory directory;
    constexpr Time kLonger = ConsentStore::kClaimTime * 2;
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock, {.claim_time = kLonger});
    store.append("A", {}, entry_of("in"), 0);
    assert_int_equal(claim(store).size(), 1);
    assert_int_equal(claim(store, kNow + kLonger - 1).size(), 0);
    expect_withdrawal(store.withdraw("A", kClaimsEnd), Withdrawal::in_flight);
    expect_text(bodies(claim(store, kNow + kLonger)), "in");
}

void a_claim_of_a_clock_that_was_wrong_does_not_last(void**) {
    const TemporaryDirectory directory;
    {
        SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
        store.append("A", {}, entry_of("in"), 0);
        constexpr Time kNextYear = kNow + Time{1000} * 3600 * 24 * 365;
        assert_int_equal(claim(store, kNextYear).size(), 1);
    }
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    expect_text(bodies(claim(store)), "in");
    expect_withdrawal(store.withdraw("A", kNow), Withdrawal::in_flight);
}

void what_failed_waits_until_it_is_due(void**) {
    constexpr Time kHour = 3'600'000;
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("in"), 0);
    const auto first = claim(fixture.store);
    assert_true(settle_as(fixture.store, first[0].id, Settlement::Result::retry, kNow + 500));
    assert_int_equal(claim(fixture.store, kNow + 499).size(), 0);
    const auto second = claim(fixture.store, kNow + 500);
    expect_text(bodies(second), "in");
    assert_int_equal(second[0].entry.attempts, 1);
    assert_true(settle_as(fixture.store, second[0].id, Settlement::Result::retry, kNow + 500));
    expect_text(bodies(claim(fixture.store, kNow - kHour)), "in");  // the clock was set back
}

void lanes_are_apart(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("a", "https://one.example"), 0);
    fixture.store.append("B", {}, entry_of("b", "https://two.example"), 0);
    fixture.store.append("C", {}, entry_of("c", "https://two.example"), 0);
    const std::vector<std::string> expected{"https://one.example", "https://two.example"};
    assert_true(fixture.other.lanes() == expected);
    expect_text(bodies(fixture.store.claim("https://two.example", kNow, 10, kAnyAttempts)), "b c");
}

void what_edge_refuses_is_set_aside_and_told(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("in"), 0);
    const auto claims = claim(fixture.store);
    assert_true(settle_as(fixture.store, claims[0].id, Settlement::Result::dead));
    expect_part(told_by(fixture.store), "with status 400");
    sqlite::Database database(fixture.directory.file("consent.db"));
    expect_text(database.text("SELECT identity || status || reason || body FROM dead_letters"), "A400noin");
    expect_withdrawal(fixture.store.withdraw("A", kNow), Withdrawal::absent);
    expect_text(database.text("SELECT identity || status || reason || body FROM dead_letters"), "400noin");
}

/// Makes a consent a dead letter.
void refuse(Fixture& fixture, const std::string& identity, const std::string& body) {
    fixture.store.append(identity, {}, entry_of(body), 0);
    const auto claims = claim(fixture.store);
    assert_int_equal(claims.size(), 1);
    assert_true(settle_as(fixture.store, claims[0].id, Settlement::Result::dead));
}

void a_dead_consent_can_be_tried_again(void**) {
    Fixture fixture;
    refuse(fixture, "A", "in-A");
    refuse(fixture, "B", "in-B");
    const std::vector<DeadLetter> letters = dead_letters_in(fixture.directory);
    assert_int_equal(letters.size(), 2);
    expect_text(text_of(letters[1].id), "c-2");
    assert_int_equal(requeue(fixture.directory, {.id = letters[1].id}, kNow + 1), 1);
    const auto claims = claim(fixture.store);
    expect_text(bodies(claims), "in-B");
    assert_int_equal(claims[0].entry.attempts, 0);
    assert_int_equal(claims[0].entry.received, kNow + 1);
    expect_withdrawal(fixture.other.withdraw("B", kNow), Withdrawal::in_flight);
    assert_int_equal(discard(fixture.directory), 1);
    assert_int_equal(dead_letters_in(fixture.directory).size(), 0);
}

/// An old "in" must never undo an "out".
void what_a_visitor_has_decided_anew_stays_dead(void**) {
    Fixture fixture;
    for (const char* identity : {"A", "B", "C"}) {
        refuse(fixture, identity, "in");
    }
    expect_withdrawal(fixture.other.withdraw("A", kNow), Withdrawal::absent);  // a live one goes to Edge now
    fixture.other.append("B", {}, entry_of("out"), 0);
    assert_int_equal(requeue(fixture.directory), 1);
    assert_int_equal(dead_letters_in(fixture.directory).size(), 2);
    assert_int_equal(fixture.store.claim(kLane, kNow, 10, kAnyAttempts).size(), 2);
    // Also after the newer one has been refused, too.
    refuse(fixture, "A", "out-A");
    assert_int_equal(requeue(fixture.directory), 1);
    expect_text(bodies(claim(fixture.store)), "out-A");
}

/// By a module that did not mark them.
void of_one_identity_the_newest_counts(void**) {
    Fixture fixture;
    refuse(fixture, "A", "in");
    refuse(fixture, "A", "out");
    sqlite::Database database(fixture.directory.file("consent.db"));
    assert_true(database.execute("UPDATE dead_letters SET identity = 'A'"));
    assert_int_equal(requeue(fixture.directory), 1);
    expect_text(bodies(claim(fixture.store)), "out");
}

void what_was_sent_is_overwritten(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("secret"), 0);
    const auto claims = claim(fixture.store);
    assert_true(settle_as(fixture.store, claims[0].id, Settlement::Result::delivered));
    claim(fixture.store);
    for (const std::string& name : fixture.directory.names()) {
        assert_true(content_of(fixture.directory.file(name)).find("secret") == std::string::npos);
    }
}

void a_damaged_file_is_moved_aside(void**) {
    const TemporaryDirectory directory;
    write_content(directory.file("consent.db"), std::string(9000, 'x'));
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    expect_part(told_by(store), "ALERT");
    assert_true(directory.has("consent.db.damaged-20260528T202640Z"));
    assert_true(store.append("A", {}, entry_of("in"), 0).has_value());
    expect_text(bodies(claim(store)), "in");
}

void all_workers_go_on_with_the_new_file(void**) {
    Fixture fixture;
    fixture.other.append("A", {}, entry_of("in"), 0);
    std::filesystem::rename(fixture.directory.file("consent.db"),
                            fixture.directory.file("consent.db.damaged"));
    std::filesystem::remove(fixture.directory.file("consent.db-wal"));
    std::filesystem::remove(fixture.directory.file("consent.db-shm"));
    assert_true(fixture.store.append("B", {}, entry_of("out"), 0).has_value());
    assert_true(fixture.other.append("C", {}, entry_of("c"), 0).has_value());
    expect_text(bodies(claim(fixture.store)), "out c");
}

void a_newer_format_is_left_alone(void**) {
    const TemporaryDirectory directory;
    { SqliteConsentStore made(directory.path(), kMaxSize, fixed_clock); }
    assert_true(sqlite::Database(directory.file("consent.db")).execute("PRAGMA user_version = 2"));
    SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
    assert_false(store.append("A", {}, entry_of("in"), 0).has_value());
    expect_withdrawal(store.withdraw("A", kNow), Withdrawal::failed);
    assert_int_equal(claim(store).size(), 0);
    expect_part(told_by(store), "version 2");
    expect_text(told_by(store), "");
}

void what_cannot_be_kept_is_refused(void**) {
    const TemporaryDirectory directory;
    SqliteConsentStore store(directory.file("later"), kMaxSize, fixed_clock);
    assert_false(store.append("A", {}, entry_of("in"), 0).has_value());
    expect_part(told_by(store), "No such file or directory");
    std::filesystem::create_directory(directory.file("later"));
    assert_true(store.append("A", {}, entry_of("in"), 0).has_value());
    expect_part(told_by(store), "again");
}

void workers_that_start_at_once_make_one_file(void**) {
    for (int turn = 0; turn < 10; ++turn) {
        const TemporaryDirectory directory;
        std::vector<pid_t> children;
        for (int worker = 0; worker < 4; ++worker) {
            const pid_t child = fork();
            if (child == 0) {
                SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
                _exit(store.append(std::to_string(worker), {}, entry_of("x"), 0) && told_by(store).empty()
                          ? 0
                          : 1);
            }
            children.push_back(child);
        }
        for (const pid_t child : children) {
            int status = 0;
            waitpid(child, &status, 0);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        SqliteConsentStore store(directory.path(), kMaxSize, fixed_clock);
        assert_int_equal(claim(store).size(), 4);
    }
}

void those_that_have_failed_can_be_left_for_later(void**) {
    Fixture fixture;
    fixture.store.append("A", {}, entry_of("in"), 0);
    assert_true(settle_as(fixture.store, claim(fixture.store)[0].id, Settlement::Result::retry, kNow));
    fixture.store.append("B", {}, entry_of("out"), 0);
    expect_text(bodies(claim(fixture.store, kNow, 0)), "out");
    expect_text(bodies(claim(fixture.store)), "in");
}

void no_website_takes_the_room_of_all_decisions(void**) {
    constexpr std::uint64_t kSmall = std::uint64_t{1} << 20U;
    TemporaryDirectory directory;
    SqliteConsentStore store(directory.path(), kSmall, fixed_clock, {.has_shares = true});
    const std::string flooded = std::string(kLane) + " flooded";
    const std::string other = std::string(kLane) + " other";
    const std::string body(4000, 'x');
    int kept = 0;
    while (store.append("flood" + std::to_string(kept), {}, entry_of(body, flooded), 0)) {
        ++kept;
        assert_true(kept < 300);
    }
    assert_true(kept > 60);
    expect_part(told_by(store), "as much room as is left for all others");
    for (int i = 0; i < 20; ++i) {
        assert_true(store.append("other" + std::to_string(i), {}, entry_of(body, other), 0).has_value());
    }
    // A decision that replaces an older one of the same visitor needs no room.
    assert_true(store.append("flood1", {}, entry_of(body, flooded), 0).has_value());
}

/// Two workers of a node whose broker is away.
struct Spools {
    static constexpr SqliteConsentStore::Options kSpool{.is_spool = true};

    TemporaryDirectory directory;
    SqliteConsentStore store{directory.path(), kMaxSize, fixed_clock, kSpool};
    SqliteConsentStore other{directory.path(), kMaxSize, fixed_clock, kSpool};
};

std::string unpublished_in(ConsentSpool& spool, Time now = kNow) {
    std::string text;
    for (const UnpublishedConsent& decision : spool.unpublished(kLane, now, 10)) {
        text += decision.identity + ":" + decision.entry.body + " ";
    }
    return text;
}

void a_spool_knows_what_is_unpublished_when_it_was_delivered(void**) {
    Spools spools;
    assert_true(spools.other.append("A", {}, entry_of("in"), 0).has_value());
    assert_true(spools.store.append("B", {}, entry_of("in"), 0).has_value());
    for (const Claim& claimed : claim(spools.store)) {
        assert_true(settle_as(spools.store, claimed.id, Settlement::Result::delivered));
    }
    expect_text(bodies(claim(spools.store)), "");
    expect_text(unpublished_in(spools.store), "A:in B:in ");
    expect_text(unpublished_in(spools.other), "");  // it does not deliver
    assert_true(spools.other.has("A"));
    assert_false(spools.store.has("C"));
}

void what_is_published_is_not_delivered_from_here(void**) {
    Spools spools;
    assert_true(spools.store.append("A", {}, entry_of("in"), 0).has_value());
    const EntryId published = spools.store.unpublished(kLane, kNow, 1).front().id;
    assert_true(spools.store.settle_unpublished(std::span(&published, 1)));
    expect_text(unpublished_in(spools.store), "");
    expect_text(bodies(claim(spools.store)), "");
    assert_false(spools.store.has("A"));
}

void what_is_newer_than_what_was_published_stays(void**) {
    Spools spools;
    assert_true(spools.store.append("A", {}, entry_of("in"), 0).has_value());
    const EntryId published = spools.store.unpublished(kLane, kNow, 1).front().id;
    assert_true(spools.other.append("A", {}, entry_of("out"), 0).has_value());
    assert_true(spools.store.settle_unpublished(std::span(&published, 1)));
    expect_text(unpublished_in(spools.store), "A:out ");
    expect_text(bodies(claim(spools.store)), "out");
}

void a_decision_is_not_published_while_one_of_its_visitor_is_being_sent(void**) {
    Spools spools;
    assert_true(spools.store.append("A", {}, entry_of("in"), 0).has_value());
    const auto claims = claim(spools.store);
    assert_true(spools.store.append("A", {}, entry_of("out"), 0).has_value());
    expect_text(unpublished_in(spools.store), "");
    expect_text(unpublished_in(spools.store, kClaimsEnd), "A:out ");  // should it never be settled
    assert_true(settle_as(spools.store, claims[0].id, Settlement::Result::delivered));
    expect_text(unpublished_in(spools.store), "A:out ");
}

void a_store_of_one_node_publishes_nothing(void**) {
    Fixture fixture;
    assert_true(fixture.store.append("A", {}, entry_of("in"), 0).has_value());
    expect_text(unpublished_in(fixture.store), "");
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_request_of_an_identity_waits),
        cmocka_unit_test(what_a_newer_one_has_overtaken_is_not_kept),
        cmocka_unit_test(a_full_file_takes_only_what_replaces_something),
        cmocka_unit_test(what_was_kept_outlives_its_process),
        cmocka_unit_test(what_waits_can_be_withdrawn),
        cmocka_unit_test(what_is_being_sent_cannot_be_withdrawn),
        cmocka_unit_test(a_newer_request_waits_for_the_one_that_is_being_sent),
        cmocka_unit_test(what_is_kept_while_it_is_being_sent_is_its_senders_to_settle),
        cmocka_unit_test(a_newer_request_waits_for_the_one_that_was_kept_while_it_was_being_sent),
        cmocka_unit_test(a_jump_of_the_systems_clock_does_not_end_a_claim),
        cmocka_unit_test(one_process_delivers),
        cmocka_unit_test(a_claim_ends_when_its_process_has_died),
        cmocka_unit_test(a_dead_process_does_not_keep_others_from_withdrawing),
        cmocka_unit_test(a_claim_lasts_as_long_as_a_transfer_may),
        cmocka_unit_test(a_claim_of_a_clock_that_was_wrong_does_not_last),
        cmocka_unit_test(what_failed_waits_until_it_is_due),
        cmocka_unit_test(lanes_are_apart),
        cmocka_unit_test(what_edge_refuses_is_set_aside_and_told),
        cmocka_unit_test(a_dead_consent_can_be_tried_again),
        cmocka_unit_test(what_a_visitor_has_decided_anew_stays_dead),
        cmocka_unit_test(of_one_identity_the_newest_counts),
        cmocka_unit_test(what_was_sent_is_overwritten),
        cmocka_unit_test(a_damaged_file_is_moved_aside),
        cmocka_unit_test(all_workers_go_on_with_the_new_file),
        cmocka_unit_test(a_newer_format_is_left_alone),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(workers_that_start_at_once_make_one_file),
        cmocka_unit_test(those_that_have_failed_can_be_left_for_later),
        cmocka_unit_test(no_website_takes_the_room_of_all_decisions),
        cmocka_unit_test(a_spool_knows_what_is_unpublished_when_it_was_delivered),
        cmocka_unit_test(what_is_published_is_not_delivered_from_here),
        cmocka_unit_test(what_is_newer_than_what_was_published_stays),
        cmocka_unit_test(a_decision_is_not_published_while_one_of_its_visitor_is_being_sent),
        cmocka_unit_test(a_store_of_one_node_publishes_nothing),
    };
    return cmocka_run_group_tests_name("consent store", tests, nullptr, nullptr);
}
