#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backlog.hpp"
#include "queue/entry.hpp"
#include "queue/store.hpp"
#include "queue_database.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// What a damaged file has counted may be anything, so it stops at 0.
inline void subtract(std::uint64_t& from, std::uint64_t value) noexcept {
    from -= std::min(from, value);
}

/// What one call of Store::claim() gathers.
struct Haul {
    std::size_t most = 0;
    std::size_t most_bytes = 0;
    Store::Order order = Store::Order::oldest_first;
    std::size_t bytes = 0;
    std::vector<Claim> claims;

    [[nodiscard]] bool is_full() const noexcept { return claims.size() >= most || bytes >= most_bytes; }
    void add(EntryId id, Entry&& entry) {
        bytes += entry.size();
        claims.push_back({id, std::move(entry)});
    }
};

/// One file of the queue, whose lock this process holds: what is in it, and who has what of it.
///
/// After a failure the unit is spoiled, until undo(). A connection that failed is opened again by the next call
/// that needs it.
class SqliteFile {
  public:
    /// What is known of a lane.
    struct LaneContent {
        LaneCounts counts;
        LaneCounts synced;
        Backlog backlog;
        Time claimed_at = 0;       ///< of the last claim
        bool interrupted = false;  ///< there may be more than the last claim has seen
        bool changed = false;      ///< in the unit
    };
    struct Dead {
        Row row = 0;
        Time died = 0;
        std::uint64_t size = 0;
        LaneContent* lane = nullptr;
    };

    SqliteFile(std::string path, std::uint32_t number) : path_(std::move(path)), number_(number) {}

    /// Creates the file where there is none.
    Opening open();
    /// Closes it; quickly: what is in the write-ahead log stays there for the next who opens the file.
    void close(bool quickly);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    [[nodiscard]] const std::string& foreign() const noexcept { return foreign_; }
    [[nodiscard]] bool has_unit() const noexcept { return in_unit_; }
    /// Somebody has removed or renamed it.
    [[nodiscard]] bool moved() const noexcept { return database_ && database_->base().moved(); }

    // The unit. False after a failure.
    bool append(Row row, Entry&& entry, bool claimed);
    /// Does nothing when the row is not claimed.
    bool settle(Row row, const Settlement& settlement, Time now);
    bool sync();
    void undo();

    /// Between units, as all that follows but where it says otherwise. failure() may tell of one.
    void claim(std::string_view lane_name, Time now, Haul& haul);
    void release(Row row);
    [[nodiscard]] Time next_due(std::string_view lane_name) const;

    /// The oldest one of a lane, if there is one.
    std::optional<Dead> oldest_dead_letter(std::string_view lane);
    /// Adds up the bytes of dead letters of each lane.
    void add_dead_bytes(std::map<std::string, std::uint64_t, std::less<>>& lanes) const;
    /// Part of the unit. Nothing: somebody else has changed it.
    Change discard(const Dead& dead);

    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    /// Tells the name of each lane that has entries, and how many bytes they are.
    template <typename Tell>
    void for_each_lane(Tell tell) const {
        for (const auto& [name, lane] : lanes_) {
            if (lane.synced.entries != 0) {
                tell(std::string_view(name), lane.synced.bytes);
            }
        }
    }
    /// Those with entries.
    void add_lanes(std::vector<std::string>& lanes) const;
    [[nodiscard]] Row last_row() const noexcept { return last_row_; }
    /// Whether it holds nothing, and has really no row. Where somebody has put some in by hand it counts anew.
    bool may_be_removed();

    /// Counts anew when others have changed the file: operators may requeue and discard dead letters through any process.
    void notice_changes();

    /// Overwrites what was deleted, and gives space back. Between units.
    void tidy();

    [[nodiscard]] EntryId id_of(Row row) const noexcept {
        return {EntryId::Kind::event, number_, static_cast<std::uint64_t>(row)};
    }
    static Row row_of(EntryId id) noexcept { return static_cast<Row>(id.number); }

  private:
    struct Claimed {
        LaneContent* lane = nullptr;
        std::uint64_t size = 0;
        std::uint32_t attempts = 0;
        bool settled = false;  ///< in the unit
    };
    struct Settled {
        Row row = 0;
        bool stays = false;
        std::uint32_t attempts = 0;
        Time due = 0;
    };

    bool connect();
    bool begin();
    bool note_failure();
    LaneContent& lane_of(const std::string& name);
    void load_counts();
    void use_counts(std::vector<LaneCounts>&& found);
    void look_at_all();
    void look_for_changes();
    void take_over_changes();
    void sum_counts(bool oldest_may_have_gone);
    bool write_counts();
    void forget_unit();
    Change apply(Row row, const Settlement& settlement, Time now);
    void claim(Backlog::Known&& known, LaneContent& lane, Haul& haul);
    void claim_row(Row row, LaneContent& lane, Haul& haul);
    void claim_row(const Run& run, LaneContent& lane, Haul& haul);
    void scan(LaneContent& lane, Row after, Time now, Haul& haul);
    void finish_settlements();

    std::string path_;
    std::uint32_t number_;
    std::unique_ptr<QueueDatabase> database_;
    Failure failure_;
    std::string foreign_;

    std::map<std::string, LaneContent, std::less<>> lanes_;
    Counts counts_;
    std::unordered_map<Row, Claimed> claims_;
    Row last_row_ = 0;

    bool in_unit_ = false;
    bool untidy_ = false;      ///< something was deleted
    bool is_changed_ = false;  ///< by others: the rows are to be counted anew
    bool are_sums_known_ = true;
    std::vector<Row> appended_claims_;
    std::vector<Settled> settlements_;
};

}  // namespace aep::queue::sqlite
