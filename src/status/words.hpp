#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aep::status {

/// With commas between groups of three digits: "12,345".
std::string number(std::uint64_t value);

/// A number with what it counts: "1 event", "12,345 events".
std::string counted(std::uint64_t value, std::string_view one, std::string_view many);

/// In the largest unit that it fills: "8 seconds", "3 minutes", "2 hours", "5 days".
std::string duration(double seconds);

/// In units of 1024 as nginx counts sizes: "512 bytes", "1.5 KB", "850 MB".
std::string byte_size(std::uint64_t bytes);

/// The whole part of a share in percent; 0 where the whole is 0.
std::uint64_t percent(std::uint64_t part, std::uint64_t whole) noexcept;

/// A time as RFC 3339 has it, in UTC and whole seconds: "2025-11-29T17:39:11Z". Empty where the year has not four
/// digits.
std::string rfc3339(double time);

/// Whole milliseconds: "42 ms".
std::string milliseconds(double seconds);

}  // namespace aep::status
