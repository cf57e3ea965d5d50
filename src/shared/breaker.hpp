#pragma once

#include <cstdint>
#include <type_traits>

namespace aep::shared {

/// A circuit breaker: for one Edge host, or for one datastream of it. Trivial, so that it can live in shared memory (all
/// zero: closed); the caller holds the lock. Times are milliseconds of one monotonic clock.
///
/// Failures in a row open it for a time that doubles with each opening; then one probe at a time may go,
/// and its result closes the breaker or opens it for longer. As long as something has just succeeded a failure is that
/// of what failed, and counts for nothing here.
struct Breaker {
    static constexpr std::uint32_t kFailures = 5;                ///< in a row, until it opens
    static constexpr std::uint64_t kFirstOpening = 1000;         ///< ms, before jitter
    static constexpr std::uint64_t kLongestOpening = 30 * 1000;  ///< ms, jitter included
    static constexpr std::uint64_t kLongestRetryAfter = 60 * 1000;
    static constexpr std::uint64_t kJust = 1000;  ///< ms: so long ago is "just"
    /// ms, jitter included: the longest opening where a failure may be that of one visitor's request. So a few of them do
    /// not hold up the others, and a datastream that is away is asked four times a second.
    static constexpr std::uint64_t kShortOpening = 300;

    std::uint64_t open_until = 0;    ///< 0: closed
    std::uint64_t probe_until = 0;   ///< a probe is out; it may be given up at this time
    std::uint32_t failures = 0;      ///< in a row
    std::uint32_t openings = 0;      ///< in a row: the backoff's exponent
    std::uint64_t last_success = 0;  ///< 0: none yet

    enum class Permit : std::uint8_t { pass, probe, refuse };

    /// May a transfer start? `probe_timeout`: how long the answer to a probe may take, in ms.
    Permit ask(std::uint64_t now, std::uint64_t probe_timeout) noexcept;
    /// The probe is not sent: another may go.
    void give_back_probe() noexcept { probe_until = 0; }
    /// An answer came, whatever it thinks of the event.
    void success(std::uint64_t now) noexcept;
    /// `retry_after`: what Edge asked for in ms, 0 when nothing. `random`: any number, for the jitter. `longest`: opening.
    void failure(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
                 std::uint64_t longest = kLongestOpening) noexcept;
    /// It was asked to wait: opens at once. Arguments as of failure().
    void rest(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
              std::uint64_t longest = kLongestOpening) noexcept;
    /// Whether it refuses everything at this time.
    [[nodiscard]] bool is_open(std::uint64_t now) const noexcept;
    /// Whether something has succeeded in the last `milliseconds`.
    [[nodiscard]] bool has_succeeded_within(std::uint64_t milliseconds, std::uint64_t now) const noexcept {
        return last_success != 0 && now < last_success + milliseconds;
    }
    /// Whether it is closed, and something has just succeeded.
    [[nodiscard]] bool is_well(std::uint64_t now) const noexcept {
        return open_until == 0 && has_succeeded_within(kJust, now);
    }

  private:
    void open(std::uint64_t now, std::uint64_t retry_after, std::uint32_t random,
              std::uint64_t longest) noexcept;
};

static_assert(std::is_trivially_copyable_v<Breaker> && std::is_standard_layout_v<Breaker>);

}  // namespace aep::shared
