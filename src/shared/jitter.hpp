#pragma once

#include <cstdint>

namespace aep::shared {

/// A duration, 25 % less to 25 % more, so that those who wait for the same do not come back all at once. `random`: any
/// number.
template <typename Duration>
constexpr Duration with_jitter(Duration duration, std::uint32_t random) noexcept {
    constexpr std::uint32_t kSteps = 1024;
    return duration - duration / 4 + duration / 2 * (random % (kSteps + 1)) / kSteps;
}

}  // namespace aep::shared
