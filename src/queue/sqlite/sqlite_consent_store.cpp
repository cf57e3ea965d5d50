#include "sqlite_consent_store.hpp"

#include <algorithm>
#include <limits>

#include "backlog.hpp"
#include "file_names.hpp"

namespace aep::queue::sqlite {
namespace {

constexpr std::size_t kLongestReason = 4096;
constexpr Time kForever = std::numeric_limits<Time>::max();

}  // namespace

SqliteConsentStore::SqliteConsentStore(const std::string& directory, std::uint64_t max_size, Clock clock,
                                       Options options)
    : file_(directory, kConsentFile, "set-consent requests", clock), max_size_(max_size), options_(options) {
    file_.connect();
}

std::optional<EntryId> SqliteConsentStore::append(std::string_view identity, const ConsentOrder::Turn& turn,
                                                  const Entry& entry, Time sent) {
    EntryId id;
    const bool done = file_.change([&](ConsentDatabase& file) {
        if (turn.is_overtaken()) {
            return true;
        }
        if (!file.overtake_dead.run(identity).finish()) {
            return false;
        }
        const std::optional<ConsentDatabase::Sending> older = file.sending(identity);
        const ConsentDatabase::Sending sending = older.value_or(ConsentDatabase::Sending{});
        const bool inserted = !file.base.failed() && (older || has_room(file, entry)) &&
                              file.remove_identity.run(identity).finish() &&
                              write_entry(file.insert, entry, identity, sending.id, sending.until);
        const std::int64_t row = file.base.last_row();
        id = ConsentDatabase::id_of(row);
        // While an older one is being sent as well, the claim on that one stands for both.
        return inserted && (!options_.is_spool || file.note_unpublished.run(row).finish()) &&
               (sent == 0 || sending.until > sent || file.take.run(sent + options_.claim_time, row).finish());
    });
    if (!done) {
        return std::nullopt;
    }
    file_.works();
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
    if (!options_.has_shares || used < max_size_ / 2) {
        return true;
    }
    const Time now = file_.now();
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
    const bool done = file_.change([&](ConsentDatabase& file) {
        // What Edge has refused is not the visitor's last word any more either.
        if (!file.overtake_dead.run(identity).finish()) {
            return false;
        }
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
    if (!file_.delivers()) {
        return claims;
    }
    const bool done = file_.change([&](ConsentDatabase& file) {
        // What is due in more than an hour was written by a clock that was wrong.
        return file.read_due(lane, 0, now, now, most_attempts, most, claims) &&
               file.read_due(lane, now + Backlog::kLongestWait + 1, kForever, now, most_attempts, most,
                             claims) &&
               std::all_of(claims.begin(), claims.end(), [&](const Claim& claim) {
                   return file.take.run(now + options_.claim_time, claim.id.number).finish();
               });
    });
    if (!done) {
        claims.clear();
    } else if (claims.empty() && untidy_) {
        file_.tables().base.checkpoint();  // overwrites what was deleted
        untidy_ = false;
    }
    return claims;
}

bool SqliteConsentStore::settle(const Settlement& settlement) {
    bool buried = false;
    const bool done = file_.change([&](ConsentDatabase& file) {
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
                              .run(file_.now(), settlement.status, reason.substr(0, kLongestReason),
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
        file_.say({false, "Edge has refused a set-consent request that had waited, with status " +
                              std::to_string(settlement.status) + "; it is kept in the dead letters of " +
                              file_.path()});
    }
    return done;
}

bool SqliteConsentStore::has(std::string_view identity) {
    if (!file_.connect()) {
        return false;
    }
    const bool found = file_.tables().has(identity);
    return file_.tables().base.failed() ? file_.recover() : found;
}

std::vector<UnpublishedConsent> SqliteConsentStore::unpublished(std::string_view lane, Time now,
                                                                std::size_t most) {
    if (!file_.delivers() || !file_.connect()) {
        return {};
    }
    std::vector<UnpublishedConsent> decisions = file_.tables().read_unpublished(lane, now, most);
    if (file_.tables().base.failed()) {
        file_.recover();
        return {};
    }
    return decisions;
}

bool SqliteConsentStore::settle_unpublished(std::span<const EntryId> ids) {
    untidy_ = true;
    return file_.change([&](ConsentDatabase& file) {
        return std::ranges::all_of(ids, [&](const EntryId& id) {
            return file.forget_unpublished.run(id.number).finish() && file.remove.run(id.number).finish();
        });
    });
}

}  // namespace aep::queue::sqlite
