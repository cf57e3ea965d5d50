// Memory runs out at each allocation of the queue's thread in turn: what was acknowledged stays, each command is
// answered once, and the thread goes on.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fake_store.hpp"
#include "limited_memory.hpp"
#include "queue/sqlite/sqlite_order_store.hpp"
#include "queue/store_loop.hpp"
#include "store_harness.hpp"

#ifdef AEP_SANITIZER_OWNS_NEW

int main() {
    return aep::test::skip_without_own_memory();
}

#else

namespace {

using namespace aep::queue;
using namespace aep::queue::sqlite;
using namespace aep::test;

constexpr long kMostAllocations = 2000;  // of one turn

/// The queue's work on real files, as its thread does it.
class Queue {
  public:
    explicit Queue(const std::string& directory, bool has_orders = false)
        : loop_(
              std::make_unique<FakeBackend>(
                  [this, directory](std::string&) {
                      return std::make_unique<FileStore>(directory, *ledger_);
                  },
                  [](std::string&) { return nullptr; },
                  [this, directory, has_orders](std::string&) {
                      return has_orders ? std::make_unique<SqliteOrderStore>(directory, *ledger_) : nullptr;
                  }),
              {}, *ledger_, [this](std::vector<Event>&& events) { take(std::move(events)); }, instant()) {}

    /// A turn a second later, in which allocation number `number` fails. False: so many there were not.
    bool turn_without_memory(long number, std::vector<Command> commands = {}) {
        monotonic_ += StoreLoop::kInterval;
        has_failed = false;
        allocations_left = number;
        memory_is_limited = true;
        loop_.turn(commands, instant());
        memory_is_limited = false;
        allocations_left = -1;
        loop_.turn(commands, instant());  // what it could not even begin with
        assert_true(commands.empty());
        return has_failed;
    }

    void turn(std::vector<Command> commands = {}) { turn_without_memory(-1, std::move(commands)); }
    void close() { loop_.close(instant()); }
    [[nodiscard]] std::uint64_t entries() const { return ledger_->total().entries; }

    std::set<std::string> acknowledged;
    std::set<std::string> refused;
    std::set<std::string> handed_out;  ///< again where memory ended, as who has what is not known then
    std::vector<EntryId> claims;

    /// A command to keep a back office event, whose answer is put down above.
    Command append_order(const std::string& body) {
        names_.push_back(body);
        return AppendOrder{names_.size() - 1, std::make_shared<Entry>(entry_of(body))};
    }

    /// A command to keep an entry, whose answer is put down above.
    Command append(const std::string& body) {
        names_.push_back(body);
        return Append{names_.size() - 1, std::make_shared<Entry>(entry_of(body)), false};
    }

  private:
    [[nodiscard]] StoreLoop::Instant instant() const { return {kNow + monotonic_, monotonic_}; }

    void take(std::vector<Event>&& events) {
        memory_is_limited = false;
        for (Event& event : events) {
            if (const auto* kept = std::get_if<Appended>(&event)) {
                auto& names = kept->id ? acknowledged : refused;
                assert_true(names.insert(names_.at(kept->ticket)).second);
            } else if (const auto* work = std::get_if<Work>(&event)) {
                note(work->claims);
            } else if (const auto* batch = std::get_if<Batch>(&event)) {
                note(batch->claims);
            }
        }
        memory_is_limited = allocations_left >= 0;
    }

    void note(const std::vector<Claim>& given) {
        for (const Claim& claim : given) {
            handed_out.insert(claim.entry.body);
            claims.push_back(claim.id);
        }
    }

    std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>();
    std::int64_t monotonic_ = 1000;
    std::vector<std::string> names_;
    StoreLoop loop_;
};

/// Has a file with an entry be left by a process that is gone.
void leave_entry(const std::string& directory, const std::string& body) {
    assert_true(in_child([&] {
        Ledger ledger;
        FileStore store(directory, ledger);
        return store.append(entry_of(body), false) && store.sync();
    }));
}

void what_was_acknowledged_is_there(const std::string& directory, const Queue& queue) {
    Ledger ledger;
    FileStore store(directory, ledger);
    store.tend();
    std::set<std::string> found;
    for (const Claim& claim : claim_all(store, kNow * 2)) {
        assert_true(found.insert(claim.entry.body).second);
    }
    for (const std::string& body : queue.acknowledged) {
        assert_true(found.contains(body));
    }
}

void a_look_at_the_files_survives(void**) {
    const TemporaryDirectory directory;
    Queue queue(directory.path());
    queue.turn();
    long number = 0;
    for (; number < kMostAllocations; ++number) {
        leave_entry(directory.path(), "left " + std::to_string(number));
        // Who has no memory wants one more, and would be given what a worker that was gone has left.
        if (!queue.turn_without_memory(number, {WantNothing{std::string(kLane)}})) {
            break;
        }
    }
    assert_true(number > 3 && number < kMostAllocations);
    queue.turn();
    queue.turn({Want{std::string(kLane), 2 * kMostAllocations}});
    for (long given = 0; given <= number; given += static_cast<long>(StoreLoop::kMaxClaims)) {
        queue.turn();
    }
    // What was handed out when memory ran out is handed out again: nobody knows any more who has it.
    const std::set<std::string> found(queue.handed_out.begin(), queue.handed_out.end());
    assert_int_equal(found.size(), number + 1);
}

void a_file_that_cannot_be_used_is_survived(void**) {
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory.file("1.db-wal"));  // where the write-ahead log should be
    bool failed = true;
    long number = 0;
    for (; failed && number < kMostAllocations; ++number) {
        Queue queue(directory.path());
        failed = queue.turn_without_memory(number);
    }
    assert_true(number > 3 && number < kMostAllocations);
}

void an_entry_is_kept_or_refused(void**) {
    const TemporaryDirectory directory;
    Queue queue(directory.path());
    queue.turn();
    long number = 0;
    for (; number < kMostAllocations; ++number) {
        if (!queue.turn_without_memory(number, {queue.append("entry " + std::to_string(number))})) {
            break;
        }
    }
    assert_true(number > 3 && number < kMostAllocations);
    assert_int_equal(queue.acknowledged.size() + queue.refused.size(), number + 1);
    assert_true(queue.refused.size() < static_cast<std::size_t>(number));
    queue.close();
    what_was_acknowledged_is_there(directory.path(), queue);
}

/// Settles what was handed out, allocation number `number` failing, and what is handed out again for that.
void settle_all(Queue& queue, long number) {
    while (!queue.claims.empty()) {
        for (const EntryId id : std::exchange(queue.claims, {})) {
            Settlement settlement;
            settlement.id = id;
            queue.turn_without_memory(std::exchange(number, -1), {settlement});
        }
        queue.turn();
        queue.turn();
    }
}

void an_entry_is_handed_out_until_it_is_settled(void**) {
    const TemporaryDirectory directory;
    Queue queue(directory.path());
    queue.turn();
    long number = 0;
    for (bool failed = true; failed && number < kMostAllocations; ++number) {
        const std::string body = "entry " + std::to_string(number);
        queue.turn({queue.append(body)});
        failed = queue.turn_without_memory(number, {Want{std::string(kLane), 1}});
        queue.turn();
        assert_true(queue.handed_out.contains(body));
        settle_all(queue, number);
        queue.turn({WantNothing{std::string(kLane)}});
        assert_int_equal(queue.entries(), 0);
    }
    assert_true(number > 3 && number < kMostAllocations);
}

void a_back_office_event_is_kept_or_refused(void**) {
    const TemporaryDirectory directory;
    Queue queue(directory.path(), true);
    queue.turn();
    long number = 0;
    for (; number < kMostAllocations; ++number) {
        if (!queue.turn_without_memory(number, {queue.append_order("order " + std::to_string(number))})) {
            break;
        }
    }
    assert_true(number > 3 && number < kMostAllocations);
    assert_int_equal(queue.acknowledged.size() + queue.refused.size(), number + 1);
    assert_true(queue.refused.size() < static_cast<std::size_t>(number));
    queue.close();
    Ledger ledger;
    SqliteOrderStore store(directory.path(), ledger);
    std::set<std::string> found;
    for (const Claim& claim : store.first(kLane, kNow, kNoLimit >> 1U, kNoLimit)) {
        found.insert(claim.entry.body);
    }
    for (const std::string& body : queue.acknowledged) {
        assert_true(found.contains(body));
    }
}

void a_back_office_event_is_handed_out_until_it_is_settled(void**) {
    const TemporaryDirectory directory;
    Queue queue(directory.path(), true);
    queue.turn();
    long number = 0;
    for (bool failed = true; failed && number < kMostAllocations; ++number) {
        const std::string body = "order " + std::to_string(number);
        queue.turn({queue.append_order(body)});
        failed = queue.turn_without_memory(number, {Want{std::string(kLane), 1}});
        queue.turn();
        assert_true(queue.handed_out.contains(body));
        settle_all(queue, number);
        queue.turn({WantNothing{std::string(kLane)}});
        assert_int_equal(queue.entries(), 0);
    }
    assert_true(number > 3 && number < kMostAllocations);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_look_at_the_files_survives),
        cmocka_unit_test(a_file_that_cannot_be_used_is_survived),
        cmocka_unit_test(an_entry_is_kept_or_refused),
        cmocka_unit_test(an_entry_is_handed_out_until_it_is_settled),
        cmocka_unit_test(a_back_office_event_is_kept_or_refused),
        cmocka_unit_test(a_back_office_event_is_handed_out_until_it_is_settled),
    };
    return cmocka_run_group_tests_name("queue memory", tests, nullptr, nullptr);
}

#endif
