#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aep::text {

/// ASCII white space as HTML has it: no vertical tab (Infra 4.6; a carriage return is one, too, because the
/// parser makes it a line feed).
constexpr bool is_white_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// ASCII case-insensitive comparison (Infra 4.6).
constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) {
        return false;
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (to_lower(left[i]) != to_lower(right[i])) {
            return false;
        }
    }
    return true;
}

/// Whether `text` begins with `prefix`, in any case.
constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
    return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        c = to_lower(c);
    }
    return lower;
}

constexpr bool is_letter(char c) noexcept {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter_or_digit(char c) noexcept {
    return is_letter(c) || is_digit(c);
}

constexpr bool is_control(char c) noexcept {
    return (c >= '\0' && c < ' ') || c == '\x7F';
}

/// The value of a hexadecimal digit; negative for anything else.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) {
        return c - '0';
    }
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_hex_digit(char c) noexcept {
    return hex_value(c) >= 0;
}

inline constexpr std::string_view kLowerHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";

/// Appends a byte as two hexadecimal digits.
inline void append_hex(std::string& out, unsigned char byte, std::string_view digits = kLowerHexDigits) {
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0x0FU]);
}

/// The lower-case form of a word that only matters while it is short: a name, a label.
template <std::size_t Capacity>
class ShortWord {
  public:
    void clear() noexcept { size_ = 0; }

    void push(char c) noexcept {
        if (size_ < Capacity) {
            letters_[size_] = to_lower(c);
        }
        size_ = static_cast<std::uint8_t>(is_too_long() ? Capacity + 1 : size_ + 1U);
    }

    [[nodiscard]] bool is_too_long() const noexcept { return size_ > Capacity; }

    /// Empty when the word is too long.
    [[nodiscard]] std::string_view view() const noexcept {
        return {letters_.data(), is_too_long() ? 0 : std::size_t{size_}};
    }

  private:
    static_assert(Capacity < 0xFF);
    std::array<char, Capacity> letters_{};
    std::uint8_t size_ = 0;
};

}  // namespace aep::text
