#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "entry.hpp"

namespace aep::queue {

/// How fast a backlog may go to one Edge host, for all workers. Trivial, so that it can live in shared memory (all
/// zero: nothing was sent yet); the caller holds the lock. Times are ms of one monotonic clock.
///
/// A bucket that never refuses: what is sent is charged, and while it is overdrawn nothing more is wanted. So nobody
/// has to know how old an entry is before it is there.
struct Pace {
    /// Units a second. Edge takes 6000 request units a second from an organization (`interact`: 4000), each 8 KB of a
    /// request being one for each service that the datastream feeds, commonly two. A third of that leaves the most of
    /// it to live requests, and room for a second machine that drains as well.
    static constexpr std::uint64_t kDrainRate = 1000;
    static constexpr std::uint64_t kUnit = 8 * 1024;  ///< bytes
    static constexpr std::uint64_t kBurst = 100;      ///< ms: what is sent in so much time may go at once
    static constexpr std::uint64_t kLongestWait = 10'000;  ///< ms; more is a clock that was set back
    static constexpr Time kBacklogAge = 10'000;            ///< ms: what has waited for longer is backlog

    std::uint64_t busy_until = 0;  ///< when all that was sent would have gone at the drain rate

    /// Whether an entry that is sent now is charged. Entries in normal operation go as they come.
    static constexpr bool is_backlog(Time received, Time now) noexcept {
        return now - received > kBacklogAge;
    }

    /// `times`: how often it counts; see Backend::drain_factor.
    void charge(std::uint64_t now, std::size_t bytes, std::uint32_t times = 1) noexcept {
        constexpr std::uint64_t kMillisecondsPerUnit = 1000 / kDrainRate;
        const std::uint64_t units = std::max<std::uint64_t>(1, (bytes + kUnit - 1) / kUnit);
        busy_until = std::max(busy_until, now) + units * times * kMillisecondsPerUnit;
    }

    /// For how long nothing more of a backlog may be sent.
    std::uint64_t wait(std::uint64_t now) noexcept {
        if (busy_until > now + kLongestWait) {
            busy_until = now;
        }
        return busy_until > now + kBurst ? busy_until - now - kBurst : 0;
    }
};

static_assert(std::is_trivially_copyable_v<Pace> && std::is_standard_layout_v<Pace>);

}  // namespace aep::queue
