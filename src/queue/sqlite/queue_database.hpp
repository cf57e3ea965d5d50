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

    /// Makes a dead letter an entry again, as if it had just come.
    Change revive(Row dead_letter, Row row, Time now);
    Change remove_dead_letter(Row row) { return change(remove_dead_letter_, row); }

    bool write_counts(const LaneCounts& counts);
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

    /// A run over dead letters behind a row: row, died, status, reason, then the columns of an entry.
    Run dead_letters(Row after) { return dead_letters_.run(after); }
    /// The same, over those of a lane.
    Run dead_letters_of(std::string_view lane) { return dead_letters_of_.run(lane); }
    Run dead_letter(Row row) { return dead_letter_.run(row); }
    static constexpr int kDeadEntry = 4;

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

    Database base_;
    std::string foreign_;
    Opening opening_;
    Statement begin_, commit_;
    Statement insert_, remove_, postpone_, entry_, entries_, oldest_;
    Statement bury_, revive_, remove_dead_letter_, dead_letter_, dead_letters_, dead_letters_of_;
    Statement sample_, forget_samples_of_lane_, forget_samples_;
    Statement write_counts_;
};

}  // namespace aep::queue::sqlite
