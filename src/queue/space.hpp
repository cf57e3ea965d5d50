#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "entry.hpp"
#include "ledger.hpp"

namespace aep::queue {

/// What an operator allows the queue.
struct Limits {
    std::uint64_t max_size = std::uint64_t{1} << 30U;  ///< bytes, of all workers
    std::chrono::seconds max_age = std::chrono::hours(24 * 7);
    std::uint64_t min_free = 0;          ///< bytes of the disk that are left to others
    std::uint32_t min_free_percent = 5;  ///< the same, of the disk's size; the larger one counts
    std::size_t websites = 1;            ///< that have a share of it; one that is alone may have everything
};

/// Whether there is room for an entry, by what all workers' files hold. Pure but for the ledger.
class Space {
  public:
    enum class Answer : std::uint8_t {
        yes,
        full,        ///< for entries of its source
        share_full,  ///< its lane holds as much as would be left for all others
    };

    Space(const Limits& limits, Ledger& ledger) noexcept
        : max_size_(limits.max_size), has_shares_(limits.websites > 1), ledger_(ledger) {}

    /// Reads the ledger again.
    void refresh() noexcept;

    /// Takes room for an entry until the next refresh(), if there is some.
    Answer take(const Entry& entry) noexcept;

    /// The same for a back office event: there is room as long as less than a tenth is taken by those that wait.
    Answer take_order(const Entry& entry) noexcept;

    /// What the file of back office events holds.
    [[nodiscard]] Counts orders() const noexcept { return ledger_.orders(); }
    [[nodiscard]] std::uint64_t used() const noexcept { return used_; }
    [[nodiscard]] std::uint64_t limit(Source source) const noexcept;
    /// What the set-consent requests may take beside max_size.
    [[nodiscard]] static constexpr std::uint64_t consent_limit(std::uint64_t max_size) noexcept {
        return std::max(max_size / kConsentPart, kLeastForConsents);
    }
    [[nodiscard]] std::uint64_t dead_letter_limit() const noexcept { return max_size_ / kDeadLetterPart; }

    /// How many bytes of dead letters a worker has to discard that holds `own`. All workers see the same excess, so
    /// each takes away its share of it.
    [[nodiscard]] std::uint64_t excess_of_dead_letters(std::uint64_t own) const noexcept;

  private:
    static constexpr std::uint64_t kReservedPart = 10;   ///< a tenth is for the back office alone
    static constexpr std::uint64_t kDeadLetterPart = 4;  ///< dead letters may take a quarter
    static constexpr std::uint64_t kConsentPart = 10;
    static constexpr std::uint64_t kLeastForConsents = std::uint64_t{1} << 20U;

    std::uint64_t max_size_;
    bool has_shares_;
    Ledger& ledger_;
    std::uint64_t used_ = 0;
    std::uint64_t orders_ = 0;  ///< of it: back office events
    Ledger::Shares taken_{};    ///< since the last refresh()
};

}  // namespace aep::queue
