#pragma once

#include <chrono>
#include <cstdint>

#include "entry.hpp"

namespace aep::queue {

/// Tells the time; a test may have another one.
using Clock = Time (*)();

inline Time wall_clock() {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// ms of a clock that nobody sets.
inline std::int64_t monotonic_now() noexcept {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The time of day at the start, plus the time that has passed since.
///
/// Follows small drifts of the system's clock, slowly, and never runs backwards. Does not follow a jump: ages and
/// times of delivery mean what they meant before. Pure: the caller brings both times, in ms.
class QueueClock {
  public:
    static constexpr Time kLargestDrift = 60'000;  ///< ms; more is a jump
    static constexpr Time kInterval = 1000;        ///< ms between comparisons with the time of day
    static constexpr Time kSlew = 10;  ///< a drift is made up for by a tenth of the time that passes

    QueueClock(Time time_of_day, std::int64_t monotonic) noexcept
        : time_(time_of_day), last_(time_of_day), monotonic_(monotonic) {}

    Time read(Time time_of_day, std::int64_t monotonic) noexcept;

    /// By how much the time of day has jumped since the last call, in ms; 0: it has not.
    Time take_jump() noexcept;

  private:
    Time correction(Time drift, Time passed) noexcept;

    Time time_;  ///< at monotonic_
    Time last_;  ///< that was told
    std::int64_t monotonic_;
    Time ahead_ = 0;  ///< how far the time of day is ahead of this clock, by its jumps
    Time jump_ = 0;
};

}  // namespace aep::queue
