#include "sqlite_consent_store.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "backlog.hpp"
#include "consent_database.hpp"
#include "damage.hpp"

namespace aep::queue::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestReason = 4096;
constexpr Time kForever = std::numeric_limits<Time>::max();

}  // namespace

SqliteConsentStore::SqliteConsentStore(const std::string& directory, std::uint64_t max_size, Clock clock,
                                       Time claim_time, bool has_shares)
    : path_(directory + "/consent.db"),
      lock_path_(directory + "/consent"),
      max_size_(max_size),
      clock_(clock),
      claim_time_(claim_time),
      has_shares_(has_shares) {
    connect();
}

SqliteConsentStore::~SqliteConsentStore() = default;

bool SqliteConsentStore::connect() {
    if (file_ && !file_->base.moved()) {
        return true;
    }
    if (file_) {  // another process has found it damaged
        file_->base.checkpoint_on_close(false);
        file_.reset();
    }
    if (foreign_) {
        return false;
    }
    const std::optional<FileLock> turn = wait_for_turn();
    // A damaged one was moved aside: then there is a second try.
    return turn && (open() || (trouble_.empty() && !foreign_ && open()));
}

/// One process at a time opens the file, so that it is made once, and moved aside once.
std::optional<FileLock> SqliteConsentStore::wait_for_turn() {
    constexpr auto kPause = 10ms;
    for (auto waited = 0ms; waited < std::chrono::milliseconds(Database::kBusyTimeout); waited += kPause) {
        std::string error;
        if (std::optional<FileLock> turn = FileLock::take(lock_path_ + ".open.lock", error)) {
            return turn;
        }
        if (!error.empty()) {
            report(error);
            return std::nullopt;
        }
        std::this_thread::sleep_for(kPause);
    }
    report("another worker does not finish opening it");
    return std::nullopt;
}

bool SqliteConsentStore::open() {
    if (!create_file(path_)) {
        report(with_errno("it cannot be created"));
        return false;
    }
    file_ = std::make_unique<ConsentDatabase>(path_);
    if (file_->opening == Opening::opened && !file_->base.failed()) {
        works();
        return true;
    }
    if (file_->opening == Opening::foreign) {
        foreign_ = true;
        report(file_->foreign);
    } else if (const Failure failure = file_->base.failure(); failure.fault == Fault::damaged) {
        move_aside(failure.text);
    } else {
        report(failure.text);
    }
    file_.reset();
    return false;
}

bool SqliteConsentStore::recover() {
    const Failure failure = file_->base.failure();
    file_->base.roll_back();
    file_->base.forget_failure();
    if (failure.fault == Fault::damaged) {
        const std::optional<FileLock> turn = wait_for_turn();
        if (turn && !file_->base.moved()) {
            move_aside(failure.text);
        }
        file_->base.checkpoint_on_close(false);
        file_.reset();
        return false;
    }
    report(failure.text);
    if (failure.fault == Fault::unusable) {
        file_->base.checkpoint_on_close(false);
        file_.reset();
    }
    return false;
}

void SqliteConsentStore::move_aside(const std::string& why) {
    const std::string target = move_damaged(path_, clock_());
    if (target.empty()) {
        report(with_errno("it is damaged (" + why + ") and cannot be renamed"));
        return;
    }
    trouble_.clear();
    messages_.push_back(
        {true, "the queue's file " + path_ + " is damaged (" + why + "): it was renamed to " + target +
                   ", and the set-consent requests in it are not sent; what can be read of it is shown by " +
                   "\"sqlite3 " + target + " .recover\""});
}

void SqliteConsentStore::report(const std::string& text) {
    if (trouble_ != text) {
        trouble_ = text;
        messages_.push_back({false, "set-consent requests cannot be kept in " + path_ + ": " + text});
    }
}

void SqliteConsentStore::works() {
    if (!trouble_.empty()) {
        trouble_.clear();
        messages_.push_back({false, "set-consent requests can be kept again"});
    }
}

template <typename Work>
bool SqliteConsentStore::change(Work work) {
    if (!connect()) {
        return false;
    }
    if (file_->begin.run().finish() && work(*file_) && file_->commit.run().finish()) {
        return true;
    }
    return recover();
}

std::optional<EntryId> SqliteConsentStore::append(std::string_view identity, const ConsentOrder::Turn& turn,
                                                  const Entry& entry, Time sent) {
    EntryId id;
    const bool done = change([&](ConsentDatabase& file) {
        if (turn.is_overtaken()) {
            return true;
        }
        const std::optional<ConsentDatabase::Sending> older = file.sending(identity);
        const ConsentDatabase::Sending sending = older.value_or(ConsentDatabase::Sending{});
        const bool inserted = !file.base.failed() && (older || has_room(file, entry)) &&
                              file.remove_identity.run(identity).finish() &&
                              write_entry(file.insert, entry, identity, sending.id, sending.until);
        const std::int64_t row = file.base.last_row();
        id = ConsentDatabase::id_of(row);
        // While an older one is being sent as well, the claim on that one stands for both.
        return inserted &&
               (sent == 0 || sending.until > sent || file.take.run(sent + claim_time_, row).finish());
    });
    if (!done) {
        return std::nullopt;
    }
    works();
    return id;
}

/// False after a failure, which the file then knows of.
bool SqliteConsentStore::has_room(ConsentDatabase& file, const Entry& entry) {
    Run run = file.used.run();
    if (!run.next()) {
        return false;
    }
    const auto used = static_cast<std::uint64_t>(run.integer(0));
    if (used + entry.size() <= max_size_) {
        return has_share(file, entry, used);
    }
    file.base.note_failure(Fault::full, "it may hold " + std::to_string(max_size_) +
                                            " bytes, which max_size of aep_queue sets; see that Edge can "
                                            "be reached, or give aep_queue a larger max_size");
    return false;
}

/// As a flood of ever new visitors of one website must not keep those of others from deciding. What a lane holds is
/// summed up only when it may be too much.
bool SqliteConsentStore::has_share(ConsentDatabase& file, const Entry& entry, std::uint64_t used) {
    constexpr Time kPause = 1000;
    if (!has_shares_ || used < max_size_ / 2) {
        return true;
    }
    const Time now = clock_();
    Time& full_until = full_until_[entry.lane];
    bool is_full = now < full_until && full_until <= now + kPause;
    if (!is_full) {
        Run run = file.size_of_lane.run(entry.lane);
        if (!run.next()) {
            return false;
        }
        const auto held = static_cast<std::uint64_t>(run.integer(0));
        is_full = held + entry.size() > max_size_ - used;
        full_until = is_full ? now + kPause : 0;
    }
    if (is_full) {
        file.base.note_failure(
            Fault::full,
            "those of one website take as much room as is left for all others; see that Edge "
            "can be reached, or give aep_queue a larger max_size");
    }
    return !is_full;
}

ConsentStore::Withdrawal SqliteConsentStore::withdraw(std::string_view identity, Time now) {
    Withdrawal result = Withdrawal::failed;
    const bool done = change([&](ConsentDatabase& file) {
        const std::optional<ConsentDatabase::Sending> found = file.sending(identity);
        if (!found) {
            result = Withdrawal::absent;
            return !file.base.failed();
        }
        if (found->until > now && found->until <= now + kLongestClaim) {
            result = Withdrawal::in_flight;
            return true;
        }
        result = Withdrawal::withdrawn;
        untidy_ = true;
        return file.remove_identity.run(identity).finish();
    });
    return done ? result : Withdrawal::failed;
}

std::vector<Claim> SqliteConsentStore::claim(std::string_view lane, Time now, std::size_t most,
                                             std::uint32_t most_attempts) {
    std::vector<Claim> claims;
    std::string error;
    if (!left_ && !delivering_) {
        if (std::optional<FileLock> lock = FileLock::take(lock_path_ + ".lock", error)) {
            delivering_.emplace(std::move(*lock));
        }
    }
    if (!delivering_) {
        return claims;
    }
    const bool done = change([&](ConsentDatabase& file) {
        // What is due in more than an hour was written by a clock that was wrong.
        return file.read_due(lane, 0, now, now, most_attempts, most, claims) &&
               file.read_due(lane, now + Backlog::kLongestWait + 1, kForever, now, most_attempts, most,
                             claims) &&
               std::all_of(claims.begin(), claims.end(), [&](const Claim& claim) {
                   return file.take.run(now + claim_time_, claim.id.number).finish();
               });
    });
    if (!done) {
        claims.clear();
    } else if (claims.empty() && untidy_) {
        file_->base.checkpoint();  // overwrites what was deleted
        untidy_ = false;
    }
    return claims;
}

bool SqliteConsentStore::settle(const Settlement& settlement) {
    bool buried = false;
    const bool done = change([&](ConsentDatabase& file) {
        const std::uint64_t id = settlement.id.number;
        bool applied = true;
        if (settlement.result == Settlement::Result::retry) {
            applied = file.postpone.run(settlement.attempts, settlement.due, id).finish();
        } else {
            // A decision is kept, whoever's fault it is: the newest of them, as few are made.
            if (settlement.result == Settlement::Result::dead ||
                settlement.result == Settlement::Result::sampled) {
                const std::string_view reason(settlement.reason);
                applied = file.bury
                              .run(clock_(), settlement.status, reason.substr(0, kLongestReason),
                                   settlement.attempts, id)
                              .finish();
                buried = applied && file.base.changes() != 0;
                applied = applied && file.forget_dead.run().finish();
            }
            applied = applied && file.remove.run(id).finish();
            untidy_ = true;
        }
        return applied && file.sent.run(id).finish();
    });
    if (done && buried) {
        messages_.push_back({false, "Edge has refused a set-consent request that had waited, with status " +
                                        std::to_string(settlement.status) +
                                        "; it is kept in the dead letters of " + path_});
    }
    return done;
}

std::vector<std::string> SqliteConsentStore::lanes() {
    std::vector<std::string> lanes;
    if (!connect()) {
        return lanes;
    }
    std::string last;
    for (;;) {
        {
            Run run = file_->next_lane.run(last);
            std::string next = run.next() ? std::string(run.text(0)) : std::string();
            if (next.empty()) {
                break;
            }
            lanes.push_back(next);
            // (the run holds a view of `last` until it ends)
        }
        last = lanes.back();
    }
    if (file_->base.failed()) {
        recover();
    }
    return lanes;
}

void SqliteConsentStore::leave() {
    left_ = true;
    delivering_.reset();
    if (file_) {
        file_->base.checkpoint_on_close(false);
        file_.reset();
    }
}

}  // namespace aep::queue::sqlite
