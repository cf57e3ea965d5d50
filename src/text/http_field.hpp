#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "text/ascii.hpp"

namespace aep::text {

/// A field line or value without the optional white space around it (RFC 9110 5.6.3), nor its line end.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kWhiteSpace = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kWhiteSpace);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

/// What stands before the first separator, or all of it; takes it off `rest`, with the separator.
constexpr std::string_view take_field(std::string_view& rest, char separator) noexcept {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

/// RFC 9110 5.6.2.
constexpr bool is_token_character(char c) noexcept {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
}

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

}  // namespace aep::text
