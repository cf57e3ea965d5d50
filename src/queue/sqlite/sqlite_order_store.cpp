#include "sqlite_order_store.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "backlog.hpp"
#include "file_names.hpp"

namespace aep::queue::sqlite {
namespace {

constexpr std::size_t kLongestReason = 4096;

}  // namespace

SqliteOrderStore::SqliteOrderStore(const std::string& directory, Ledger& ledger, Clock clock)
    : file_(directory, kOrderFile, "back office events", clock), ledger_(ledger) {
    tend();
}

std::vector<EntryId> SqliteOrderStore::append(std::span<const Entry* const> entries) {
    std::vector<EntryId> ids;
    ids.reserve(entries.size());
    const bool done = file_.change([&](OrderDatabase& tables) {
        return std::ranges::all_of(entries, [&](const Entry* entry) {
            if (!write_entry(tables.insert, *entry)) {
                return false;
            }
            ids.push_back({EntryId::Kind::order, file_.generation(),
                           static_cast<std::uint64_t>(tables.base.last_row())});
            return true;
        });
    });
    if (!done) {
        return {};
    }
    file_.works();
    publish();
    return ids;
}

std::vector<Claim> SqliteOrderStore::first(std::string_view lane, Time now, std::size_t most,
                                           std::size_t most_bytes) {
    std::vector<Claim> claims;
    if (!delivers_ || !file_.connect()) {
        return claims;
    }
    {
        Run run = file_.tables().first.run(lane, most);
        for (std::size_t bytes = 0; run.next();) {
            Entry entry = read_entry(run, 1);
            bytes += entry.body.size();
            const bool fits = claims.empty()
                                  ? Backlog::is_due(entry.due, now)
                                  : bytes <= most_bytes && entry.website == claims.front().entry.website;
            if (!fits) {
                break;
            }
            claims.push_back(
                {{EntryId::Kind::order, file_.generation(), static_cast<std::uint64_t>(run.integer(0))},
                 std::move(entry)});
        }
    }
    if (file_.tables().base.failed()) {
        file_.recover();
        claims.clear();
    }
    return claims;
}

bool SqliteOrderStore::settle(std::span<const Settlement> settlements) {
    const bool done = file_.change([&](OrderDatabase& tables) {
        return std::ranges::all_of(settlements, [&](const Settlement& settlement) {
            // What was in a file that has been moved aside is not in this one: its number names another.
            return settlement.id.part != file_.generation() || apply(tables, settlement);
        });
    });
    if (done) {
        untidy_ = true;
        publish();
    }
    return done;
}

bool SqliteOrderStore::apply(OrderDatabase& tables, const Settlement& settlement) {
    using Result = Settlement::Result;
    const std::uint64_t id = settlement.id.number;
    if (settlement.result == Result::retry) {
        return tables.postpone.run(settlement.attempts, settlement.due, id).finish();
    }
    if (settlement.result == Result::dead || settlement.result == Result::sampled) {
        const std::string_view reason(settlement.reason);
        const bool buried = tables.bury
                                .run(file_.now(), settlement.status, reason.substr(0, kLongestReason),
                                     settlement.attempts, id)
                                .finish();
        return buried && tables.remove.run(id).finish();
    }
    return tables.remove.run(id).finish();
}

std::size_t SqliteOrderStore::discard_dead_letters(std::size_t bytes) {
    std::size_t count = 0;
    if (!delivers_) {
        return count;
    }
    const bool done = file_.change([&](OrderDatabase& tables) {
        std::int64_t last = 0;
        {
            Run run = tables.oldest_dead.run();
            for (std::size_t gone = 0; gone < bytes && run.next(); ++count) {
                last = run.integer(0);
                gone += static_cast<std::size_t>(std::max<std::int64_t>(run.integer(1), 0));
            }
            if (run.failed()) {
                return false;
            }
        }
        return count == 0 || tables.remove_dead.run(last).finish();
    });
    if (!done) {
        return 0;
    }
    publish();
    return count;
}

void SqliteOrderStore::tend() {
    delivers_ = file_.delivers();
    if (!file_.connect()) {
        return;
    }
    publish();
    if (delivers_ && untidy_ && file_.is_open()) {
        untidy_ = tidy(file_.tables().base);
        if (file_.tables().base.failed()) {
            file_.recover();
        }
    }
}

void SqliteOrderStore::leave() {
    delivers_ = false;
    file_.leave();
}

/// All processes tell the same.
void SqliteOrderStore::publish() {
    if (const std::optional<Counts> counts = file_.tables().counts()) {
        ledger_.write_orders(*counts);
    } else {
        file_.recover();
    }
}

}  // namespace aep::queue::sqlite
