#include "sqlite_file.hpp"

#include <algorithm>

#include "file_lock.hpp"

namespace aep::queue::sqlite {
namespace {

constexpr std::size_t kLongestReason = 4096;
constexpr std::size_t kMostPassed = 4096;  ///< rows that one claim may read in vain
constexpr Time kPauseAfterFailure = 1000;

}  // namespace

Opening SqliteFile::open() {
    if (connect()) {
        return Opening::opened;
    }
    return foreign_.empty() ? Opening::failed : Opening::foreign;
}

bool SqliteFile::connect() {
    if (database_) {
        return true;
    }
    if (!create_file(path_)) {
        failure_ = {Fault::unusable, with_errno("it cannot be created")};
        return false;
    }
    database_ = std::make_unique<QueueDatabase>(path_);
    if (database_->opening() == Opening::opened) {
        database_->was_changed();  // until now
        load_counts();
    }
    if (database_->base().failed()) {
        return note_failure();
    }
    if (database_->opening() == Opening::foreign) {
        foreign_ = database_->foreign();
        failure_ = {Fault::unusable, foreign_};
        return false;
    }
    untidy_ = true;  // who had it before may have left something
    return true;
}

void SqliteFile::close(bool quickly) {
    if (database_ && quickly) {
        database_->base().checkpoint_on_close(false);
    }
    database_.reset();
}

bool SqliteFile::note_failure() {
    failure_ = database_->base().failure();
    return false;
}

bool SqliteFile::begin() {
    if (in_unit_) {
        return failure_.fault == Fault::none;
    }
    in_unit_ = true;
    if (!connect()) {
        return false;
    }
    if (database_->begin()) {
        take_over_changes();  // from here on nobody else writes
    }
    return !database_->base().failed() || note_failure();
}

/// The sums are written as a whole, so they have to be right before. Whether the rows agree can wait.
void SqliteFile::take_over_changes() {
    look_for_changes();
    if (are_sums_known_) {
        return;
    }
    std::vector<LaneCounts> written = database_->written_counts();
    if (!database_->base().failed()) {
        use_counts(std::move(written));
        look_at_all();
        are_sums_known_ = true;
    }
}

bool SqliteFile::append(Row row, Entry&& entry, bool claimed) {
    if (!begin()) {
        return false;
    }
    if (!database_->insert(row, entry)) {
        return note_failure();
    }
    LaneContent& lane = lane_of(entry.lane);
    const std::size_t size = entry.size();
    const std::uint32_t attempts = entry.attempts;
    ++lane.counts.entries;
    lane.counts.bytes += size;
    lane.changed = true;
    last_row_ = std::max(last_row_, row);
    if (claimed) {
        claims_.insert_or_assign(row, Claimed{&lane, size, attempts, false});
        appended_claims_.push_back(row);
    } else {
        lane.backlog.append(row, std::move(entry));
    }
    return true;
}

bool SqliteFile::settle(Row row, const Settlement& settlement, Time now) {
    const auto found = claims_.find(row);
    if (found == claims_.end() || found->second.settled) {
        return true;
    }
    if (!begin()) {
        return false;
    }
    Claimed& held = found->second;
    const Change change = apply(row, settlement, now);
    if (change == Change::failed) {
        return note_failure();
    }
    LaneCounts& counts = held.lane->counts;
    const bool stays = settlement.result == Settlement::Result::retry;
    if (change == Change::made && !stays) {
        subtract(counts.entries, 1);
        subtract(counts.bytes, held.size);
        if (settlement.result == Settlement::Result::dead) {
            ++counts.dead_letters;
            counts.dead_bytes += held.size;
        }
    }
    held.lane->changed = true;
    held.settled = true;
    settlements_.push_back({row, stays && change == Change::made, settlement.attempts, settlement.due});
    return true;
}

Change SqliteFile::apply(Row row, const Settlement& settlement, Time now) {
    switch (settlement.result) {
        case Settlement::Result::retry:
            return database_->postpone(row, settlement.attempts, settlement.due);
        case Settlement::Result::dead:
            return database_->bury(row, now, settlement.attempts, settlement.status,
                                   std::string_view(settlement.reason).substr(0, kLongestReason));
        case Settlement::Result::sampled:
            return database_->sample(row, now, settlement.attempts, settlement.status,
                                     std::string_view(settlement.reason).substr(0, kLongestReason));
        case Settlement::Result::delivered:
        case Settlement::Result::discarded:
            break;
    }
    return database_->remove(row);
}

bool SqliteFile::sync() {
    if (!in_unit_) {
        return true;
    }
    if (failure_.fault != Fault::none) {
        return false;
    }
    if (!write_counts() || !database_->commit()) {
        return note_failure();
    }
    for (auto& [name, lane] : lanes_) {
        lane.synced = lane.counts;
        lane.changed = false;
    }
    for (const Settled& settled : settlements_) {
        const auto held = claims_.find(settled.row);
        Backlog& backlog = held->second.lane->backlog;
        claims_.erase(held);
        if (settled.stays) {
            backlog.put_back(settled.row, settled.attempts, settled.due);
        }
        untidy_ = true;
    }
    const bool oldest_may_be_another = !settlements_.empty() || is_changed_;
    forget_unit();
    sum_counts(oldest_may_be_another);  // it may find damage: the unit is durable all the same
    return true;
}

void SqliteFile::undo() {
    for (const Row row : appended_claims_) {
        claims_.erase(row);
    }
    for (const Settled& settled : settlements_) {
        if (const auto held = claims_.find(settled.row); held != claims_.end()) {
            held->second.settled = false;
        }
    }
    for (auto& [name, lane] : lanes_) {
        lane.counts = lane.synced;
        lane.changed = false;
        lane.backlog.forget();
        lane.interrupted = true;
    }
    forget_unit();
    if (database_) {
        database_->base().roll_back();
        database_->base().forget_failure();
        if (failure_.fault == Fault::unusable || failure_.fault == Fault::damaged) {
            close(true);
        }
    }
    failure_ = {};
}

void SqliteFile::forget_unit() {
    appended_claims_.clear();
    settlements_.clear();
    in_unit_ = false;
}

bool SqliteFile::write_counts() {
    return std::all_of(lanes_.begin(), lanes_.end(), [this](const auto& named) {
        return !named.second.changed || database_->write_counts(named.second.counts);
    });
}

void SqliteFile::claim(std::string_view lane_name, Time now, Haul& haul) {
    const auto found = lanes_.find(lane_name);
    if (found == lanes_.end() || in_unit_ || haul.is_full() || !connect()) {
        return;
    }
    LaneContent& lane = found->second;
    lane.claimed_at = now;
    lane.interrupted = false;
    const auto may_go_on = [&] { return !haul.is_full() && failure_.fault == Fault::none; };
    const auto take = [&](auto next) {
        for (std::optional<Backlog::Known> known; may_go_on() && (known = next());) {
            claim(std::move(*known), lane, haul);
        }
    };
    take([&] { return lane.backlog.next(now, haul.order); });
    if (const std::optional<Row> cursor = lane.backlog.cursor(); cursor && may_go_on()) {
        scan(lane, *cursor, now, haul);
    }
    if (!lane.interrupted) {
        take([&] { return lane.backlog.next_tried(now); });
    }
}

void SqliteFile::claim(Backlog::Known&& known, LaneContent& lane, Haul& haul) {
    if (!known.entry) {
        claim_row(known.row, lane, haul);
        return;
    }
    claims_.insert_or_assign(known.row, Claimed{&lane, known.entry->size(), known.entry->attempts, false});
    haul.add(id_of(known.row), std::move(*known.entry));
}

void SqliteFile::claim_row(Row row, LaneContent& lane, Haul& haul) {
    Run run = database_->entry(row);
    if (run.next()) {
        claim_row(run, lane, haul);
    } else if (run.failed()) {
        note_failure();
    }
}

/// What a run stands at.
void SqliteFile::claim_row(const Run& run, LaneContent& lane, Haul& haul) {
    const Row row = run.integer(0);
    claims_.insert_or_assign(row, Claimed{&lane, read_size(run, QueueDatabase::kEntry),
                                          read_attempts(run, QueueDatabase::kEntry), false});
    haul.add(id_of(row), read_entry(run, QueueDatabase::kEntry));
}

/// Takes what has not been tried, and notes what has: it comes when nothing else is left, or when there is no room to
/// note it.
void SqliteFile::scan(LaneContent& lane, Row after, Time now, Haul& haul) {
    Run run = database_->entries(lane.counts.lane, after);
    std::size_t passed = 0;
    while (run.next()) {
        const Row row = run.integer(0);
        if (claims_.contains(row)) {
            lane.backlog.pass(row);
            continue;
        }
        const Time due = read_due(run, QueueDatabase::kEntry);
        const std::uint32_t attempts = read_attempts(run, QueueDatabase::kEntry);
        const bool is_due = Backlog::is_due(due, now);
        if (is_due && attempts == 0) {
            if (haul.is_full()) {
                return;
            }
            claim_row(run, lane, haul);
        } else if (++passed > kMostPassed) {
            lane.interrupted = true;
            return;
        } else if (!lane.backlog.wait(row, attempts, due)) {
            if (!is_due || haul.is_full()) {
                return;
            }
            claim_row(run, lane, haul);
        }
        lane.backlog.pass(row);
    }
    if (run.failed()) {
        note_failure();
    } else {
        lane.backlog.reach_end();
    }
}

void SqliteFile::release(Row row) {
    const auto held = claims_.find(row);
    if (held == claims_.end() || held->second.settled) {
        return;
    }
    Backlog& backlog = held->second.lane->backlog;
    const std::uint32_t attempts = held->second.attempts;
    claims_.erase(held);
    backlog.put_back(row, attempts, 0);
}

Time SqliteFile::next_due(std::string_view lane_name) const {
    const auto found = lanes_.find(lane_name);
    if (found == lanes_.end()) {
        return 0;
    }
    const LaneContent& lane = found->second;
    if (lane.interrupted) {
        return database_ ? std::max<Time>(lane.claimed_at, 1) : lane.claimed_at + kPauseAfterFailure;
    }
    return lane.backlog.next_due();
}

void SqliteFile::add_lanes(std::vector<std::string>& lanes) const {
    for (const auto& [name, lane] : lanes_) {
        if (lane.synced.entries != 0 && std::find(lanes.begin(), lanes.end(), name) == lanes.end()) {
            lanes.push_back(name);
        }
    }
}

}  // namespace aep::queue::sqlite
