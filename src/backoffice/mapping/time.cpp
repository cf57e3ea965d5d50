#include "time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>

#include "text/ascii.hpp"

namespace aep::backoffice::mapping {
namespace {

constexpr int kMinute = 60;
constexpr int kHour = 60 * kMinute;
constexpr Time kDay = 24 * kHour;

/// Takes digits and marks from the front of a text; after the first fault it takes nothing more.
class Reader {
  public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    int digits(std::size_t count) noexcept {
        int value = 0;
        for (std::size_t i = 0; i < count && ok_; ++i) {
            ok_ = !rest_.empty() && text::is_digit(rest_.front());
            if (ok_) {
                value = value * 10 + (rest_.front() - '0');
                rest_.remove_prefix(1);
            }
        }
        return value;
    }

    /// One of some marks.
    void mark(std::string_view marks) noexcept { ok_ = ok_ && takes(marks); }

    /// One of some marks, if there is one.
    bool takes(std::string_view marks) noexcept {
        const bool found = !rest_.empty() && marks.find(rest_.front()) != std::string_view::npos;
        if (found) {
            rest_.remove_prefix(1);
        }
        return found;
    }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

std::optional<Time> read_date(Reader& reader) noexcept {
    const int year = reader.digits(4);
    reader.mark("-");
    const int month = reader.digits(2);
    reader.mark("-");
    const int day = reader.digits(2);
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!reader.ok() || year == 0 || !date.ok()) {
        return std::nullopt;
    }
    return Time{std::chrono::sys_days{date}.time_since_epoch().count()} * kDay;
}

std::optional<Time> read_time_of_day(Reader& reader) noexcept {
    const int hour = reader.digits(2);
    reader.mark(":");
    const int minute = reader.digits(2);
    reader.mark(":");
    const int second = reader.digits(2);
    if (reader.takes(".")) {
        reader.digits(1);
        while (reader.takes("0123456789")) {
        }
    }
    if (!reader.ok() || hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    return Time{hour} * kHour + Time{minute} * kMinute + second;
}

/// How far the clock was ahead of UTC: nothing, `Z`, `+HH:MM`, `+HHMM` or `+HH`.
std::optional<Time> read_offset(Reader& reader) noexcept {
    if (reader.rest().empty() || reader.takes("Zz")) {
        return reader.rest().empty() ? std::optional(Time{0}) : std::nullopt;
    }
    const bool is_behind = reader.rest().starts_with('-');
    reader.mark("+-");
    const int hours = reader.digits(2);
    int minutes = 0;
    if (reader.takes(":") || !reader.rest().empty()) {
        minutes = reader.digits(2);
    }
    if (!reader.ok() || !reader.rest().empty() || hours > 23 || minutes > 59) {
        return std::nullopt;
    }
    const Time offset = Time{hours} * kHour + Time{minutes} * kMinute;
    return is_behind ? -offset : offset;
}

std::string format(Time time, const char* pattern) {
    const Time day = (time >= 0 ? time : time - kDay + 1) / kDay;
    const Time second = time - day * kDay;
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    std::array<char, 48> text{};
    const int size = std::snprintf(
        text.data(), text.size(), pattern, static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(second / kHour),
        static_cast<int>(second % kHour / kMinute), static_cast<int>(second % kMinute));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<Time> read_time(std::string_view text) noexcept {
    constexpr Time kFirst = -62'135'596'800;  // of the year 1
    constexpr Time kLast = 253'402'300'799;   // of the year 9999
    Reader reader(text);
    const auto date = read_date(reader);
    reader.mark(" Tt");
    const auto time_of_day = read_time_of_day(reader);
    const auto offset = date && time_of_day ? read_offset(reader) : std::nullopt;
    if (!offset) {
        return std::nullopt;
    }
    const Time time = *date + *time_of_day - *offset;
    return time >= kFirst && time <= kLast ? std::optional(time) : std::nullopt;
}

std::string to_rfc3339(Time time) {
    return format(time, "%04d-%02u-%02uT%02d:%02d:%02dZ");
}

std::string to_compact(Time time) {
    return format(time, "%04d%02u%02uT%02d%02d%02dZ");
}

}  // namespace aep::backoffice::mapping
