#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ascii.hpp"

namespace aep::text {

/// Text from outside as it may stand in a log line or on a terminal: printable ASCII as it is, `\xNN` for any other
/// byte and for a backslash, and "…" for what is behind the first `most` bytes.
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
