#include "queue_database.hpp"

#include <algorithm>
#include <utility>

namespace aep::queue::sqlite {
namespace {

FileFormat queue_format() {
    const std::string columns(kEntryColumnDefinitions);
    return {.application_id = QueueDatabase::kApplicationId,
            .version = QueueDatabase::kVersion,
            .additions =
                "CREATE TABLE IF NOT EXISTS samples ( -- the last requests that Edge has refused for what is "
                "in them\n"
                "    id       INTEGER PRIMARY KEY,\n"
                "    died     INTEGER NOT NULL, -- milliseconds since 1970\n"
                "    status   INTEGER NOT NULL, -- of Edge's answer\n"
                "    reason   TEXT NOT NULL,    -- Edge's answer" +
                columns + ")",
            .schema =
                "CREATE TABLE entries ( -- requests that wait for Edge; a higher id came later\n"
                "    id       INTEGER PRIMARY KEY," +
                columns +
                ");"
                "CREATE INDEX entries_by_lane ON entries (lane);"
                "CREATE TABLE dead_letters ( -- requests that Edge will not take as they are\n"
                "    id       INTEGER PRIMARY KEY,\n"
                "    died     INTEGER NOT NULL, -- milliseconds since 1970\n"
                "    status   INTEGER NOT NULL, -- of Edge's answer; 0: there was none\n"
                "    reason   TEXT NOT NULL,    -- Edge's answer, or why it was not sent again" +
                columns +
                ");"
                "CREATE TABLE lanes ( -- what the other tables hold, summed up\n"
                "    lane         TEXT PRIMARY KEY,\n"
                "    entries      INTEGER NOT NULL,\n"
                "    bytes        INTEGER NOT NULL,\n"
                "    dead_letters INTEGER NOT NULL,\n"
                "    dead_bytes   INTEGER NOT NULL\n"
                ") WITHOUT ROWID"};
}

/// A damaged file may say anything.
std::uint64_t count(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

}  // namespace

QueueDatabase::QueueDatabase(const std::string& path)
    : base_(path),
      opening_(open_as(base_, queue_format(), foreign_)),
      begin_(base_, "BEGIN IMMEDIATE"),
      commit_(base_, "COMMIT"),
      insert_(base_,
              with_columns("INSERT INTO entries (id, ", ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      remove_(base_, "DELETE FROM entries WHERE id = ?"),
      postpone_(base_, "UPDATE entries SET attempts = ?, due = ? WHERE id = ?"),
      entry_(base_, with_columns("SELECT id, ", " FROM entries WHERE id = ?")),
      entries_(base_, with_columns("SELECT id, ", " FROM entries WHERE lane = ? AND id > ? ORDER BY id")),
      oldest_(base_, "SELECT received FROM entries ORDER BY id LIMIT 1"),
      bury_(base_, with_columns_twice("INSERT INTO dead_letters (id, died, status, reason, ",
                                      ") SELECT id, ?1, ?2, ?3, ", "received, due, ?4",
                                      " FROM entries WHERE id = ?5")),
      remove_dead_letter_(base_, "DELETE FROM dead_letters WHERE id = ?"),
      oldest_dead_letter_(
          base_, with_columns("SELECT id, died, ", " FROM dead_letters WHERE lane = ? ORDER BY id LIMIT 1")),
      sample_(base_, with_columns_twice("INSERT OR REPLACE INTO samples (id, died, status, reason, ",
                                        ") SELECT id, ?1, ?2, ?3, ", "received, due, ?4",
                                        " FROM entries WHERE id = ?5")),
      forget_samples_of_lane_(
          base_,
          "DELETE FROM samples WHERE id IN (SELECT id FROM samples WHERE lane ="
          " (SELECT lane FROM samples WHERE id = ?1) ORDER BY id DESC LIMIT -1 OFFSET ?2)"),
      forget_samples_(base_,
                      "DELETE FROM samples WHERE id IN"
                      " (SELECT id FROM samples ORDER BY id DESC LIMIT -1 OFFSET ?)"),
      write_counts_(base_,
                    "REPLACE INTO lanes (lane, entries, bytes, dead_letters, dead_bytes)"
                    " VALUES (?, ?, ?, ?, ?)"),
      data_version_(base_, "PRAGMA data_version") {
    if (opening_ == Opening::opened && base_.failed()) {
        opening_ = Opening::failed;
    }
}

Change QueueDatabase::bury(Row row, Time died, std::uint32_t attempts, int status, std::string_view reason) {
    const Change buried = change(bury_, died, status, reason, attempts, row);
    return buried == Change::made ? remove(row) : buried;
}

Change QueueDatabase::sample(Row row, Time died, std::uint32_t attempts, int status,
                             std::string_view reason) {
    const Change sampled = change(sample_, died, status, reason, attempts, row);
    const bool is_done = sampled == Change::made && run(forget_samples_of_lane_, row, kSamplesOfLane) &&
                         run(forget_samples_, kSamples);
    return is_done ? remove(row) : (base_.failed() ? Change::failed : sampled);
}

bool QueueDatabase::was_changed() {
    Run run = data_version_.run();
    const std::int64_t version = run.next() ? run.integer(0) : seen_version_;
    return std::exchange(seen_version_, version) != version;
}

bool QueueDatabase::write_counts(const LaneCounts& counts) {
    return run(write_counts_, counts.lane, counts.entries, counts.bytes, counts.dead_letters,
               counts.dead_bytes);
}

std::vector<LaneCounts> QueueDatabase::read_counts() {
    // Entries are counted in their index. Dead letters have none, and their size is for the limits only.
    constexpr std::string_view kAgree =
        "WITH found (lane, entries) AS (SELECT lane, count(*) FROM entries GROUP BY lane),"
        " written (lane, entries) AS (SELECT lane, entries FROM lanes WHERE entries != 0) "
        "SELECT NOT EXISTS (SELECT * FROM found EXCEPT SELECT * FROM written)"
        " AND NOT EXISTS (SELECT * FROM written EXCEPT SELECT * FROM found)"
        " AND EXISTS (SELECT 1 FROM dead_letters) = EXISTS (SELECT 1 FROM lanes WHERE dead_letters != 0)";
    constexpr std::string_view kFound =
        "SELECT lane, sum(entries), sum(bytes), sum(dead_letters), sum(dead_bytes) FROM ("
        "SELECT lane, 1 AS entries, size AS bytes, 0 AS dead_letters, 0 AS dead_bytes FROM entries"
        " UNION ALL SELECT lane, 0, 0, 1, size FROM dead_letters) GROUP BY lane";
    return read_counts(base_.number(kAgree) != 0 ? kWrittenCounts : kFound);
}

std::vector<LaneCounts> QueueDatabase::read_counts(std::string_view sql) {
    std::vector<LaneCounts> lanes;
    Statement statement(base_, sql);
    Run run = statement.run();
    while (run.next()) {
        lanes.push_back({.lane = std::string(run.text(0)),
                         .entries = count(run.integer(1)),
                         .bytes = count(run.integer(2)),
                         .dead_letters = count(run.integer(3)),
                         .dead_bytes = count(run.integer(4))});
    }
    return lanes;
}

Row QueueDatabase::last_row() {
    return std::max(base_.number("SELECT max(id) FROM entries"),
                    base_.number("SELECT max(id) FROM dead_letters"));
}

bool QueueDatabase::has_no_rows() {
    return base_.number(
               "SELECT NOT EXISTS (SELECT 1 FROM entries) AND NOT EXISTS (SELECT 1 FROM dead_letters)") != 0;
}

Time QueueDatabase::oldest() {
    Run run = oldest_.run();
    return run.next() ? run.integer(0) : 0;
}

}  // namespace aep::queue::sqlite
