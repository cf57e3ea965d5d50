// Operators ask one worker's engine for dead letters in the files of others.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "queue/engine.hpp"
#include "queue/sqlite/backend.hpp"
#include "store_harness.hpp"

namespace {

using namespace aep::queue;
using namespace aep::test;
using namespace std::chrono_literals;

/// How long a test waits for what has to come: a machine with other things to do may take its time.
constexpr std::chrono::milliseconds kPatience = 60s;

/// A worker's engine, and what it has told.
class Worker {
  public:
    Worker(const TemporaryDirectory& directory, Ledger& ledger)
        : engine(sqlite::make_backend(directory.path(), ledger, {}, 60'000), {}, ledger,
                 [this](std::vector<Event>&& events) { add(std::move(events)); }) {}

    void start() {
        std::string error;
        if (!engine.start(error)) {
            fail_msg("%s", error.c_str());
        }
    }

    /// The next event of a kind.
    template <typename Kind>
    Kind wait_for() {
        std::unique_lock lock(mutex_);
        std::optional<Kind> found;
        const auto find = [&] {
            for (auto event = events_.begin(); event != events_.end() && !found; ++event) {
                if (auto* const kind = std::get_if<Kind>(&*event)) {
                    found = std::move(*kind);
                    events_.erase(event);
                    break;
                }
            }
            return found.has_value();
        };
        if (!changed_.wait_for(lock, kPatience, find)) {
            lock.unlock();
            fail_msg("what was waited for did not come");
        }
        return std::move(found.value());
    }

    /// Makes a dead letter of an entry.
    void bury(const std::string& body) {
        engine.append(1, std::make_shared<Entry>(entry_of(body)), true);
        Settlement settlement;
        settlement.id = wait_for<Appended>().id.value();
        settlement.result = Settlement::Result::dead;
        settlement.status = 422;
        engine.settle(std::move(settlement));
    }

    /// All dead letters, as soon as there are so many.
    std::vector<DeadLetterSummary> list(std::size_t count) {
        for (;;) {
            engine.list_dead_letters(7, {}, {}, 100);
            auto found = wait_for<DeadLetters>();
            assert_true(found.ticket == 7 && !found.failed && !found.more);
            if (found.letters.size() == count) {
                return std::move(found.letters);
            }
        }
    }

  private:
    void add(std::vector<Event>&& events) {
        const std::lock_guard lock(mutex_);
        std::move(events.begin(), events.end(), std::back_inserter(events_));
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Event> events_;

  public:
    Engine engine;  ///< the last: it tells until its end
};

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
    Worker owner{directory, *ledger};
    Worker other{directory, *ledger};

    Fixture() {
        owner.start();
        other.start();
    }
};

void a_letter_is_requeued_through_any_worker(void**) {
    Fixture fixture;
    fixture.owner.bury("repaired");
    const auto letters = fixture.other.list(1);
    assert_int_equal(letters[0].status, 422);

    fixture.other.engine.read_dead_letter(8, letters[0].id);
    const auto found = fixture.other.wait_for<FoundDeadLetter>();
    assert_true(found.ticket == 8 && found.letter.has_value());
    expect_text(found.letter->entry.body, "repaired");

    fixture.other.engine.requeue_dead_letters(9, {.id = letters[0].id});
    const auto changed = fixture.other.wait_for<ChangedDeadLetters>();
    assert_true(changed.ticket == 9 && changed.count == 1 && !changed.failed);

    fixture.owner.engine.want(std::string(kLane), 1);
    const auto work = fixture.owner.wait_for<Work>();
    assert_int_equal(work.claims.size(), 1);
    expect_text(work.claims[0].entry.body, "repaired");
    assert_int_equal(work.claims[0].entry.attempts, 0);
    Settlement settlement;
    settlement.id = work.claims[0].id;
    fixture.owner.engine.settle(std::move(settlement));
    assert_true(fixture.owner.engine.stop(kPatience));
    assert_true(fixture.ledger->total() == Counts{});
}

void letters_are_discarded_through_any_worker(void**) {
    Fixture fixture;
    for (const char* body : {"a", "b", "c"}) {
        fixture.owner.bury(body);
    }
    fixture.other.list(3);
    fixture.other.engine.discard_dead_letters(9, {.id = {}, .website = {}, .status = 422});
    assert_int_equal(fixture.other.wait_for<ChangedDeadLetters>().count, 3);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (fixture.ledger->total().dead_letters != 0) {  // about a second
        assert_true(std::chrono::steady_clock::now() < end);
        std::this_thread::sleep_for(5ms);
    }
    fixture.owner.list(0);
}

void an_engine_that_does_not_run_refuses(void**) {
    const TemporaryDirectory directory;
    const auto ledger = std::make_unique<Ledger>();
    Worker worker(directory, *ledger);
    worker.engine.list_dead_letters(1, {}, {}, 10);
    assert_true(worker.wait_for<DeadLetters>().failed);
    worker.engine.read_dead_letter(2, {EntryId::Kind::event, 1, 1});
    assert_true(worker.wait_for<FoundDeadLetter>().failed);
    worker.engine.requeue_dead_letters(3, {});
    assert_true(worker.wait_for<ChangedDeadLetters>().failed);
    worker.engine.discard_dead_letters(4, {});
    const auto changed = worker.wait_for<ChangedDeadLetters>();
    assert_true(changed.failed && changed.ticket == 4);
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_is_requeued_through_any_worker),
        cmocka_unit_test(letters_are_discarded_through_any_worker),
        cmocka_unit_test(an_engine_that_does_not_run_refuses),
    };
    return cmocka_run_group_tests_name("dead letters of engines", tests, nullptr, nullptr);
}
