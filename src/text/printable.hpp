#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "ascii.hpp"

namespace aep::text {

/// Copies the beginning of a text, as much as there is room for, with "?" for each control character: what came from
/// outside may not end a line of a log, nor command the terminal that shows it.
constexpr std::string_view copy_printable(std::string_view text, std::span<char> room) noexcept {
    const std::size_t size = std::min(text.size(), room.size());
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), room.begin(),
                   [](char c) { return is_control(c) ? '?' : c; });
    return {room.data(), size};
}

/// Text from outside, quoted in a message: printable ASCII as it is, `\xNN` for any other byte and for a backslash, and
/// "…" for what is behind the first `most` bytes.
inline std::string printable(std::string_view text, std::size_t most) {
    std::string line;
    for (const char c : text.substr(0, most)) {
        if (c >= ' ' && c <= '~' && c != '\\') {
            line.push_back(c);
        } else {
            line += "\\x";
            append_hex(line, static_cast<unsigned char>(c), kUpperHexDigits);
        }
    }
    return text.size() > most ? line + "…" : line;
}

}  // namespace aep::text
