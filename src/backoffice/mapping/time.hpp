#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aep::backoffice::mapping {

/// Seconds since 1970.
using Time = std::int64_t;

/// Reads `YYYY-MM-DD HH:MM:SS`, which is UTC, and what RFC 3339 adds: `T`, fractions (they are cut off) and offsets.
/// Anything else, `0000-00-00 00:00:00` too, is no time.
std::optional<Time> read_time(std::string_view text) noexcept;

/// `YYYY-MM-DDTHH:MM:SSZ`
std::string to_rfc3339(Time time);

/// `YYYYMMDDTHHMMSSZ`
std::string to_compact(Time time);

}  // namespace aep::backoffice::mapping
