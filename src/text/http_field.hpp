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

/// RFC 9110 5.6.2.
constexpr bool is_token(std::string_view text) noexcept {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [kMarks](char c) {
        return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
    });
}

}  // namespace aep::text
