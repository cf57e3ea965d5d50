#include <algorithm>

#include "sqlite_file.hpp"

// What a file counts, its dead letters, and its size.

namespace aep::queue::sqlite {

SqliteFile::LaneContent& SqliteFile::lane_of(const std::string& name) {
    const auto [position, added] = lanes_.try_emplace(name);
    if (added) {
        position->second.counts.lane = name;
        position->second.synced.lane = name;
        position->second.backlog.reach_end();
    }
    return position->second;
}

void SqliteFile::load_counts() {
    use_counts(database_->read_counts());
    last_row_ = std::max(last_row_, database_->last_row());
    sum_counts(true);
}

void SqliteFile::use_counts(std::vector<LaneCounts>&& found) {
    for (auto& [name, lane] : lanes_) {
        lane.counts = LaneCounts{.lane = name};
        lane.backlog.forget();
    }
    for (LaneCounts& counts : found) {
        LaneContent& lane = lane_of(counts.lane);
        lane.counts = std::move(counts);
        lane.backlog.forget();
    }
    for (auto& [name, lane] : lanes_) {
        lane.synced = lane.counts;
    }
}

/// There may be entries in front of those that are known.
void SqliteFile::look_at_all() {
    for (auto& [name, lane] : lanes_) {
        lane.interrupted = true;
    }
}

void SqliteFile::notice_changes() {
    if (!database_ || in_unit_) {
        return;
    }
    look_for_changes();
    if (is_changed_) {
        untidy_ = true;
        load_counts();
        look_at_all();
    }
    if (database_->base().failed()) {
        note_failure();
    } else {
        is_changed_ = false;
        are_sums_known_ = true;
    }
}

void SqliteFile::look_for_changes() {
    if (database_->was_changed()) {
        is_changed_ = true;
        are_sums_known_ = false;
    }
}

bool SqliteFile::may_be_removed() {
    const bool is_empty = counts_.entries == 0 && counts_.dead_letters == 0 && claims_.empty();
    if (!is_empty || !connect()) {
        return false;
    }
    if (database_->has_no_rows()) {
        return true;
    }
    if (database_->base().failed()) {
        note_failure();
    } else {
        load_counts();
    }
    return false;
}

void SqliteFile::sum_counts(bool oldest_may_have_gone) {
    Counts sum;
    for (const auto& [name, lane] : lanes_) {
        sum.entries += lane.synced.entries;
        sum.bytes += lane.synced.bytes;
        sum.dead_letters += lane.synced.dead_letters;
        sum.dead_bytes += lane.synced.dead_bytes;
    }
    if (sum.entries != 0) {
        sum.oldest = counts_.oldest == 0 || oldest_may_have_gone ? database_->oldest() : counts_.oldest;
    }
    counts_ = sum;
    if (database_->base().failed()) {
        note_failure();
    }
}

std::optional<SqliteFile::Dead> SqliteFile::oldest_dead_letter(std::string_view lane) {
    if (!connect()) {
        return std::nullopt;
    }
    Run run = database_->oldest_dead_letter(lane);
    if (run.next()) {
        return Dead{.row = run.integer(0),
                    .died = run.integer(1),
                    .size = read_size(run, QueueDatabase::kDeadEntry),
                    .lane = &lane_of(read_lane(run, QueueDatabase::kDeadEntry))};
    }
    if (run.failed()) {
        note_failure();
    }
    return std::nullopt;
}

void SqliteFile::add_dead_bytes(std::map<std::string, std::uint64_t, std::less<>>& lanes) const {
    for (const auto& [name, lane] : lanes_) {
        if (lane.counts.dead_letters != 0) {
            lanes[name] += std::max<std::uint64_t>(lane.counts.dead_bytes, 1);
        }
    }
}

Change SqliteFile::discard(const Dead& dead) {
    if (!begin()) {
        return Change::failed;
    }
    const Change removed = database_->remove_dead_letter(dead.row);
    if (removed == Change::failed) {
        note_failure();
    } else if (removed == Change::made) {
        LaneCounts& counts = dead.lane->counts;
        subtract(counts.dead_letters, 1);
        subtract(counts.dead_bytes, dead.size);
        dead.lane->changed = true;
        untidy_ = true;
    }
    return removed;
}

void SqliteFile::tidy() {
    if (!untidy_ || in_unit_ || !database_) {
        return;
    }
    Database& base = database_->base();
    untidy_ = sqlite::tidy(base);
    if (base.failed()) {
        note_failure();
    }
}

}  // namespace aep::queue::sqlite
