#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>

#include "queue/entry.hpp"
#include "queue/store.hpp"
#include "queue_database.hpp"

namespace aep::queue::sqlite {

/// What one file has to give of a lane, in order, without reading any row twice: what has not been tried yet, the oldest
/// first; then what has failed, by how often.
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
    void put_back(Row row, std::uint32_t attempts, Time due);

    /// A row that is known, due and has not been tried, if there is one: the first, or the last.
    std::optional<Known> next(Time now, Store::Order order = Store::Order::oldest_first);
    /// The same, of those that have failed. To be asked when all others are known.
    std::optional<Known> next_tried(Time now);

    /// Where to scan from; nothing when all rows are known.
    [[nodiscard]] std::optional<Row> cursor() const noexcept {
        return all_known_ ? std::nullopt : std::optional(cursor_);
    }
    void pass(Row row) noexcept { cursor_ = row; }
    void reach_end() noexcept { all_known_ = true; }
    /// A row that the scan has found and that is not to be taken yet. False when too many wait already.
    bool wait(Row row, std::uint32_t attempts, Time due);

    /// When the first of those that wait is due; 0: none waits.
    [[nodiscard]] Time next_due() const noexcept { return waiting_.empty() ? 0 : waiting_.begin()->due; }

    /// Nothing is known but what is claimed.
    void forget();

  private:
    bool all_known_ = false;
    Row cursor_ = 0;
    std::deque<std::pair<Row, Entry>> fresh_;
    std::size_t fresh_bytes_ = 0;
    struct Waiting {
        Time due = 0;
        Row row = 0;
        std::uint32_t attempts = 0;

        friend auto operator<=>(const Waiting&, const Waiting&) =
            default;  // NOLINT(modernize-use-nullptr): it takes the 0 of C++20 comparisons for a pointer
    };

    void add(Row row, std::uint32_t attempts);
    void take_due(Time now);
    Known take_fresh(std::pair<Row, Entry>&& fresh) noexcept;
    std::optional<Known> newest();

    std::set<Row> ready_;                            ///< due, not tried
    std::set<std::pair<std::uint32_t, Row>> tried_;  ///< due, by attempts
    std::set<Waiting> waiting_;
};

}  // namespace aep::queue::sqlite
