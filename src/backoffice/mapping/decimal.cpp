#include "decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "text/ascii.hpp"

namespace aep::backoffice::mapping {
namespace {

__extension__ using Wide = __int128;

constexpr int kDecimals = 4;
constexpr std::int64_t kOne = 10'000;
constexpr std::int64_t kEnd = 1'000'000'000'000'000'000;  ///< no value has as many units
constexpr int kMaxExponent = 400;

/// The digits of a number, and where its point is.
struct Digits {
    std::string_view whole;
    std::string_view fraction;
    int exponent = 0;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(whole.size() + fraction.size()); }

    /// The digit at a place from the first one on; zeros surround the number.
    [[nodiscard]] int at(int place) const noexcept {
        if (place < 0 || place >= size()) {
            return 0;
        }
        const auto index = static_cast<std::size_t>(place);
        const char c = index < whole.size() ? whole[index] : fraction[index - whole.size()];
        return c - '0';
    }
};

std::string_view take_digits(std::string_view& text) noexcept {
    const auto* const end = std::ranges::find_if_not(text, text::is_digit);
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool take_sign(std::string_view& text) noexcept {
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    return is_negative;
}

bool take_exponent(std::string_view& text, int& exponent) noexcept {
    text.remove_prefix(1);
    const bool is_negative = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty()) {
        return false;
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    exponent = error == std::errc() ? std::min(exponent, kMaxExponent) : kMaxExponent;
    exponent = is_negative ? -exponent : exponent;
    return true;
}

std::optional<Digits> read_digits(std::string_view text) noexcept {
    Digits digits;
    digits.whole = take_digits(text);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        digits.fraction = take_digits(text);
    }
    if (digits.size() == 0) {
        return std::nullopt;
    }
    if ((text.starts_with('e') || text.starts_with('E')) && !take_exponent(text, digits.exponent)) {
        return std::nullopt;
    }
    return text.empty() ? std::optional(digits) : std::nullopt;
}

std::string_view without_white_space(std::string_view text) noexcept {
    while (!text.empty() && text::is_white_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && text::is_white_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Ten-thousandths, rounded half up.
std::optional<std::int64_t> to_units(const Digits& digits) noexcept {
    const int last = static_cast<int>(digits.whole.size()) + digits.exponent + kDecimals;  // behind the last
    std::int64_t units = 0;
    for (int place = 0; place < last; ++place) {
        units = units * 10 + digits.at(place);
        if (units >= kEnd) {
            return std::nullopt;
        }
    }
    return units + (digits.at(last) >= 5 ? 1 : 0);
}

/// A quotient of numbers that are not negative, rounded half up.
constexpr Wide divide(Wide dividend, Wide divisor) noexcept {
    return (2 * dividend + divisor) / (2 * divisor);
}

}  // namespace

std::optional<Decimal> Decimal::of_units(std::int64_t units) noexcept {
    return units > -kEnd && units < kEnd ? std::optional(Decimal(units)) : std::nullopt;
}

std::optional<Decimal> Decimal::of_integer(std::int64_t value) noexcept {
    std::int64_t units = 0;
    return __builtin_mul_overflow(value, kOne, &units) ? std::nullopt : of_units(units);
}

std::optional<Decimal> Decimal::of_real(double value) noexcept {
    constexpr std::size_t kLongest = 32;
    std::array<char, kLongest> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && std::isfinite(value)
               ? parse({text.data(), static_cast<std::size_t>(end - text.data())})
               : std::nullopt;
}

std::optional<Decimal> Decimal::parse(std::string_view text) noexcept {
    std::string_view rest = without_white_space(text);
    const bool is_negative = take_sign(rest);
    const auto digits = read_digits(rest);
    const auto units = digits ? to_units(*digits) : std::nullopt;
    return units ? of_units(is_negative ? -*units : *units) : std::nullopt;
}

Decimal Decimal::whole() const noexcept {
    if (units_ % kOne == 0) {
        return *this;
    }
    return Decimal(std::max(units_ < 0 ? 0 : (units_ + kOne / 2) / kOne * kOne, kOne));
}

std::optional<Decimal> Decimal::plus(Decimal other) const noexcept {
    return of_units(units_ + other.units_);  // two that fit have a sum that an integer holds
}

std::optional<Decimal> Decimal::minus(Decimal other) const noexcept {
    return of_units(units_ - other.units_);
}

std::optional<Decimal> Decimal::share(Decimal part, Decimal all) const noexcept {
    if (all.is_zero()) {
        return std::nullopt;
    }
    const bool is_negative = ((units_ < 0) != (part.units_ < 0)) != (all.units_ < 0);
    const Wide product = Wide{absolute().units_} * Wide{part.absolute().units_};
    const Wide quotient = divide(product, Wide{all.absolute().units_});
    if (quotient >= kEnd) {
        return std::nullopt;
    }
    const auto units = static_cast<std::int64_t>(quotient);
    return Decimal(is_negative ? -units : units);
}

std::string Decimal::text() const {
    const std::int64_t size = absolute().units_;
    std::string text = (units_ < 0 ? "-" : "") + std::to_string(size / kOne);
    std::int64_t fraction = size % kOne;
    if (fraction != 0) {
        text.push_back('.');
        for (std::int64_t place = kOne / 10; fraction != 0; place /= 10) {
            text.push_back(static_cast<char>('0' + fraction / place));
            fraction %= place;
        }
    }
    return text;
}

}  // namespace aep::backoffice::mapping
