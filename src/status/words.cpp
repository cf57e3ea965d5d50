#include "status/words.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <ctime>

namespace aep::status {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

/// A number of the model as an integer; 0 for what is none, or negative.
std::uint64_t whole(double value) noexcept {
    constexpr double kMost = 1e18;
    return value > 0 && value < kMost ? static_cast<std::uint64_t>(value) : 0;
}

}  // namespace

std::string number(std::uint64_t value) {
    constexpr std::size_t kGroup = 3;
    std::string digits = std::to_string(value);
    for (std::size_t at = digits.size(); at > kGroup;) {
        at -= kGroup;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string counted(std::uint64_t value, std::string_view one, std::string_view many) {
    return number(value).append(" ").append(value == 1 ? one : many);
}

std::string duration(double seconds) {
    // Two of a unit tell more than one of the next.
    if (!(seconds >= 2 * kMinute)) {
        return counted(whole(seconds), "second", "seconds");
    }
    if (seconds < 2 * kHour) {
        return counted(whole(seconds / kMinute), "minute", "minutes");
    }
    if (seconds < 2 * kDay) {
        return counted(whole(seconds / kHour), "hour", "hours");
    }
    return counted(whole(seconds / kDay), "day", "days");
}

std::string byte_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> kUnits{" KB", " MB", " GB", " TB"};
    constexpr std::uint64_t kStep = 1024;
    constexpr std::uint64_t kTenths = 10;
    if (bytes < kStep) {
        return counted(bytes, "byte", "bytes");
    }
    std::size_t unit = 0;
    std::uint64_t rest = bytes % kStep;
    for (bytes /= kStep; bytes >= kStep && unit + 1 < kUnits.size(); bytes /= kStep) {
        rest = bytes % kStep;
        ++unit;
    }
    std::string size = number(bytes);
    const std::uint64_t tenths = rest * kTenths / kStep;
    if (bytes < kTenths && tenths > 0) {
        size.append(".").append(std::to_string(tenths));
    }
    return size.append(kUnits[unit]);
}

std::uint64_t percent(std::uint64_t part, std::uint64_t whole) noexcept {
    constexpr double kHundred = 100;
    return whole == 0 ? 0
                      : static_cast<std::uint64_t>(kHundred * static_cast<double>(part) /
                                                   static_cast<double>(whole));
}

std::string rfc3339(double time) {
    constexpr double kYear10000 = 253402300800;
    if (!(time >= 0 && time < kYear10000)) {
        return {};
    }
    const auto seconds = static_cast<std::time_t>(time);
    std::tm parts{};
    std::array<char, sizeof "2025-11-29T17:39:11Z"> text{};
    if (gmtime_r(&seconds, &parts) == nullptr) {
        return {};
    }
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string milliseconds(double seconds) {
    constexpr double kThousand = 1000;
    return number(whole(std::round(seconds * kThousand))) + " ms";
}

}  // namespace aep::status
