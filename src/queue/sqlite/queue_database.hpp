#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "entry_columns.hpp"
#include "file_format.hpp"
#include "queue/entry.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// An entry's number in its file. Later entries have higher ones.
using Row = std::int64_t;

/// What a file holds of a lane.
struct LaneCounts {
    std::string lane;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    std::uint64_t dead_letters = 0;
    std::uint64_t dead_bytes = 0;
};

enum class Change : std::uint8_t { made, nothing, failed };

/// The tables of a queue's file. After a failure, nothing works until forget_failure().
class QueueDatabase {
  public:
    static constexpr std::int64_t kApplicationId = 0x41455051;  ///< "AEPQ"
    static constexpr std::int64_t kVersion = 1;

    /// Opens a file that exists; see opening().
    explicit QueueDatabase(const std::string& path);

    [[nodiscard]] Opening opening() const noexcept { return opening_; }
    /// Why it is foreign.
    [[nodiscard]] const std::string& foreign() const noexcept { return foreign_; }
    [[nodiscard]] Database& base() noexcept { return base_; }

    bool begin() { return run(begin_); }
    bool commit() { return run(commit_); }

    bool insert(Row row, const Entry& entry) { return write_entry(insert_, entry, row); }
    Change remove(Row row) { return change(remove_, row); }
    Change postpone(Row row, std::uint32_t attempts, Time due) {
        return change(postpone_, attempts, due, row);
    }

    /// Makes an entry a dead letter of the same number.
    Change bury(Row row, Time died, std::uint32_t attempts, int status, std::string_view reason);
    /// The same, as one of the last kSamplesOfLane of its lane and the last kSamples of the file that can be looked at.
    Change sample(Row row, Time died, std::uint32_t attempts, int status, std::string_view reason);
    static constexpr int kSamplesOfLane = 20;
    static constexpr int kSamples = 200;

    Change remove_dead_letter(Row row) { return change(remove_dead_letter_, row); }

    /// Whether another connection has changed the file since the last call; true at the first one. Within a transaction
    /// that writes nobody can change it behind the answer.
    bool was_changed();

    bool write_counts(const LaneCounts& counts);
    /// The sums of all lanes, as they were written.
    std::vector<LaneCounts> written_counts() { return read_counts(kWrittenCounts); }
    /// The sums of all lanes, as they were written; of the rows themselves where somebody has moved some by hand.
    std::vector<LaneCounts> read_counts();
    /// False also when the file cannot be read.
    bool has_no_rows();
    Row last_row();
    /// When the oldest entry was received; 0: there is none.
    Time oldest();

    /// A run over one entry, or all of a lane behind a row: its row, then the columns of an entry.
    Run entry(Row row) { return entry_.run(row); }
    Run entries(std::string_view lane, Row after) { return entries_.run(lane, after); }
    static constexpr int kEntry = 1;

    /// A run over the oldest dead letter of a lane: row, died, then the columns of an entry.
    Run oldest_dead_letter(std::string_view lane) { return oldest_dead_letter_.run(lane); }
    static constexpr int kDeadEntry = 2;

  private:
    template <typename... Values>
    bool run(Statement& statement, const Values&... values) {
        return statement.run(values...).finish();
    }
    template <typename... Values>
    Change change(Statement& statement, const Values&... values) {
        if (!run(statement, values...)) {
            return Change::failed;
        }
        return base_.changes() == 0 ? Change::nothing : Change::made;
    }

    static constexpr std::string_view kWrittenCounts =
        "SELECT lane, entries, bytes, dead_letters, dead_bytes FROM lanes";

    std::vector<LaneCounts> read_counts(std::string_view sql);

    Database base_;
    std::string foreign_;
    Opening opening_;
    Statement begin_, commit_;
    Statement insert_, remove_, postpone_, entry_, entries_, oldest_;
    Statement bury_, remove_dead_letter_, oldest_dead_letter_;
    Statement sample_, forget_samples_of_lane_, forget_samples_;
    Statement write_counts_, data_version_;
    std::int64_t seen_version_ = -1;
};

}  // namespace aep::queue::sqlite
