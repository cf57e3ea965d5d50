#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "queue/entry.hpp"
#include "queue_database.hpp"

namespace aep::queue::sqlite {

/// What one file has to give of a lane, in order, without reading any row twice.
///
/// Rows up to the cursor are known: claimed, or here. Rows behind it are only in the file, until a scan passes them.
/// When the scan has reached the end, new rows are known from the moment they are appended, with their entries as
/// long as there are not too many.
class Backlog {
  public:
    struct Known {
        Row row = 0;
        std::optional<Entry> entry;  ///< where it need not be read
    };

    /// A due that is further away comes from a clock that was wrong.
    static constexpr Time kLongestWait = 3'600'000;
    static constexpr std::size_t kFreshBytes = std::size_t{2} << 20U;  ///< of entries in memory
    static constexpr std::size_t kMostWaiting = 65536;

    static bool is_due(Time due, Time now) noexcept { return due <= now || due > now + kLongestWait; }

    /// A new row that is not claimed.
    void append(Row row, Entry&& entry);
    /// A row that was claimed and is not any more.
    void put_back(Row row, Time due);

    /// The first row that is known and due, if there is one.
    std::optional<Known> next(Time now);

    /// Where to scan from; nothing when all rows are known.
    [[nodiscard]] std::optional<Row> cursor() const noexcept {
        return all_known_ ? std::nullopt : std::optional(cursor_);
    }
    void pass(Row row) noexcept { cursor_ = row; }
    void reach_end() noexcept { all_known_ = true; }
    /// False when too many wait already: the scan has to end before this row.
    bool wait(Row row, Time due);

    /// When the first of those that wait is due; 0: none waits.
    [[nodiscard]] Time next_due() const noexcept { return waiting_.empty() ? 0 : waiting_.begin()->first; }

    /// Nothing is known but what is claimed.
    void forget();

  private:
    bool all_known_ = false;
    Row cursor_ = 0;
    std::deque<std::pair<Row, Entry>> fresh_;
    std::size_t fresh_bytes_ = 0;
    std::set<Row> ready_;
    std::set<std::pair<Time, Row>> waiting_;
};

}  // namespace aep::queue::sqlite
