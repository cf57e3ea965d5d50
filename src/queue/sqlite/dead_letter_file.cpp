#include "dead_letter_file.hpp"

#include <algorithm>

#include "consent_database.hpp"
#include "order_database.hpp"
#include "queue_database.hpp"

namespace aep::queue::sqlite {
namespace {

constexpr std::string_view kBegin = "BEGIN IMMEDIATE";
constexpr std::string_view kCommit = "COMMIT";
constexpr std::string_view kSummaries =
    "SELECT id, died, status, reason, lane, received, attempts, size, website, action"
    " FROM dead_letters WHERE id > ? ORDER BY id";
enum Column : int { id, died, status, reason, lane, received, attempts, size, website, action };

constexpr std::string_view kRemove = "DELETE FROM dead_letters WHERE id = ?";

constexpr std::string_view kCount =
    "INSERT INTO lanes (lane, entries, bytes, dead_letters, dead_bytes) VALUES (?1, ?2, ?3, 0, 0)"
    " ON CONFLICT (lane) DO UPDATE SET entries = entries + ?2, bytes = bytes + ?3,"
    " dead_letters = max(dead_letters - 1, 0), dead_bytes = max(dead_bytes - ?4, 0)";

// An identifier that was taken meanwhile, by hand, is nobody's to write over.
constexpr std::string_view kReviveEvent =
    " FROM dead_letters WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM entries WHERE id = ?1)";
constexpr std::string_view kReviveOrder =
    " FROM dead_letters WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM orders WHERE id = ?1)";
// Only the visitor's last decision: a file that is older than the mark for it may hold more of one identity. It gets
// another identifier, since AUTOINCREMENT never gives one twice.
constexpr std::string_view kReviveConsent =
    " FROM dead_letters WHERE id = ?1 AND identity != ''"
    " AND NOT EXISTS (SELECT 1 FROM consents WHERE consents.identity = dead_letters.identity)"
    " AND NOT EXISTS (SELECT 1 FROM dead_letters AS newer"
    " WHERE newer.identity = dead_letters.identity AND newer.id > ?1)";
constexpr std::string_view kAsNew = "max(received, ?2), 0, 0";

std::string revive(EntryId::Kind kind) {
    switch (kind) {
        case EntryId::Kind::consent:
            return with_columns_twice("INSERT INTO consents (identity, sending, sending_until, ",
                                      ") SELECT identity, 0, 0, ", kAsNew, kReviveConsent);
        case EntryId::Kind::order:
            return with_columns_twice("INSERT INTO orders (id, ", ") SELECT id, ", kAsNew, kReviveOrder);
        case EntryId::Kind::event:
        case EntryId::Kind::none:
            break;
    }
    return with_columns_twice("INSERT INTO entries (id, ", ") SELECT id, ", kAsNew, kReviveEvent);
}

Opening visit_as(Database& base, EntryId::Kind kind) {
    switch (kind) {
        case EntryId::Kind::consent:
            return visit(base, ConsentDatabase::kApplicationId, ConsentDatabase::kVersion);
        case EntryId::Kind::order:
            return visit(base, OrderDatabase::kApplicationId, OrderDatabase::kVersion);
        case EntryId::Kind::event:
        case EntryId::Kind::none:
            break;
    }
    return visit(base, QueueDatabase::kApplicationId, QueueDatabase::kVersion);
}

/// A damaged file may say anything.
std::uint64_t size_of(const Run& run) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(run.integer(size), 0));
}

}  // namespace

DeadLetterFile::DeadLetterFile(const std::string& path, EntryId::Kind kind, std::uint32_t part)
    : base_(path), kind_(kind), part_(part) {
    base_.wait_for_others(kBusyTimeout);
    opening_ = visit_as(base_, kind);
}

/// Gives each row to `take`, which is false for one that has no room any more.
template <typename Take>
DeadLetterFile::Piece DeadLetterFile::look(const DeadLetterFilter& filter, std::int64_t after, Take take) {
    Piece piece;
    piece.last = filter.id ? static_cast<std::int64_t>(filter.id->number) - 1 : after;
    Statement statement(base_, kSummaries);
    Run run = statement.run(piece.last);
    for (int looked = 0; looked < kMostLooked; ++looked) {
        if (!run.next()) {
            piece.is_last = true;
            break;
        }
        const std::int64_t row = run.integer(id);
        const bool is_it = filter.id && row == static_cast<std::int64_t>(filter.id->number);
        const bool is_meant =
            filter.id ? is_it : filter.takes(run.text(website), static_cast<int>(run.integer(status)));
        if (is_meant && !take(run)) {
            break;
        }
        piece.last = row;
        if (filter.id) {
            piece.is_last = true;
            break;
        }
    }
    return piece;
}

DeadLetterFile::Piece DeadLetterFile::list(const DeadLetterFilter& filter, std::int64_t after,
                                           std::size_t most, std::vector<DeadLetterSummary>& letters) {
    const std::size_t end = letters.size() + most;
    return look(filter, after, [&](const Run& run) {
        if (letters.size() == end) {
            return false;
        }
        DeadLetterSummary letter;
        letter.id = {kind_, part_, static_cast<std::uint64_t>(run.integer(id))};
        letter.website = run.text(website);
        letter.action = run.text(action);
        letter.status = static_cast<int>(run.integer(status));
        letter.reason = whole_characters(run.text(reason), DeadLetterSummary::kLongestReason);
        letter.received = run.integer(received);
        letter.died = run.integer(died);
        letter.bytes = size_of(run);
        letter.attempts = static_cast<std::uint32_t>(run.integer(attempts));
        letters.push_back(std::move(letter));
        return true;
    });
}

std::optional<DeadLetter> DeadLetterFile::read(std::int64_t row) {
    constexpr int kEntry = 4;
    Statement statement(base_,
                        with_columns("SELECT id, died, status, reason, ", " FROM dead_letters WHERE id = ?"));
    Run run = statement.run(row);
    if (!run.next()) {
        return std::nullopt;
    }
    return DeadLetter{.id = {kind_, part_, static_cast<std::uint64_t>(run.integer(id))},
                      .died = run.integer(died),
                      .status = static_cast<int>(run.integer(status)),
                      .reason = std::string(run.text(reason)),
                      .entry = read_entry(run, kEntry)};
}

DeadLetterFile::Piece DeadLetterFile::find(const DeadLetterFilter& filter, std::int64_t after) {
    std::vector<Piece::Letter> letters;
    std::uint64_t bytes = 0;
    Piece piece = look(filter, after, [&](const Run& run) {
        if (letters.size() == kMostChanged || bytes >= kMostBytes) {
            return false;
        }
        letters.push_back({run.integer(id), std::string(run.text(lane)), size_of(run)});
        bytes += letters.back().size;
        return true;
    });
    piece.letters = std::move(letters);
    return piece;
}

template <typename Change>
std::size_t DeadLetterFile::change(const Piece& piece, Change change) {
    Statement begin(base_, kBegin);
    Statement commit(base_, kCommit);
    remove_.emplace(base_, kRemove);
    if (kind_ == EntryId::Kind::event) {
        count_.emplace(base_, kCount);
    }
    std::size_t count = 0;
    // Who has the file may have removed it after it was opened here, so that what is beside it now is of another one.
    const bool done = begin.run().finish() && !base_.moved() &&
                      std::ranges::all_of(piece.letters,
                                          [&](const Piece::Letter& letter) {
                                              count += std::size_t{change(letter)};
                                              return !base_.failed();
                                          }) &&
                      commit.run().finish();
    if (!done) {
        base_.roll_back();
    }
    return done ? count : 0;
}

std::size_t DeadLetterFile::requeue(const Piece& piece, Time received) {
    Statement statement(base_, revive(kind_));
    return change(piece, [&](const Piece::Letter& letter) {
        // Not where somebody else was faster.
        return statement.run(letter.row, received).finish() && base_.changes() == 1 && remove(letter) &&
               count(letter, true);
    });
}

std::size_t DeadLetterFile::discard(const Piece& piece) {
    return change(piece, [&](const Piece::Letter& letter) { return remove(letter) && count(letter, false); });
}

bool DeadLetterFile::remove(const Piece::Letter& letter) {
    return remove_->run(letter.row).finish() && base_.changes() == 1;
}

/// Writes what a file of a worker holds; the others know that by themselves.
bool DeadLetterFile::count(const Piece::Letter& letter, bool is_entry_now) {
    return !count_ || count_
                          ->run(letter.lane, is_entry_now ? 1 : 0,
                                is_entry_now ? letter.size : std::uint64_t{0}, letter.size)
                          .finish();
}

void DeadLetterFile::tidy() {
    sqlite::tidy(base_);
    base_.forget_failure();  // who changes something next does it then
}

}  // namespace aep::queue::sqlite
