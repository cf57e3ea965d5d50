#include "json_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "text/ascii.hpp"

namespace aep::text::json {
namespace {

constexpr std::size_t kUnicodeEscape = 6;  // \uXXXX

/// Which bytes can stand in a JSON string as they are.
enum class Standing : std::uint8_t { plain, in_utf8, escaped };

constexpr auto kStandings = [] {
    std::array<Standing, 256> standings{};
    for (std::size_t byte = 0; byte < standings.size(); ++byte) {
        const bool is_escaped = byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
        standings[byte] = is_escaped ? Standing::escaped : byte < 0x80 ? Standing::plain : Standing::in_utf8;
    }
    return standings;
}();

/// Takes the digits at the front of `text` away; false when there are none.
bool take_digits(std::string_view& text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) {
        ++count;
    }
    text.remove_prefix(count);
    return count > 0;
}

/// The length of the escape that `text` starts with; 0 when it is none.
std::size_t escape_length(std::string_view text) noexcept {
    constexpr std::string_view kSimple = "\"\\/bfnrt";
    if (text.size() < 2) {
        return 0;
    }
    if (text[1] != 'u') {
        return kSimple.find(text[1]) != std::string_view::npos ? 2 : 0;
    }
    if (text.size() < kUnicodeEscape) {
        return 0;
    }
    for (const char c : text.substr(2, 4)) {
        if (!is_hex_digit(c)) {
            return 0;
        }
    }
    return kUnicodeEscape;
}

/// The code unit of a valid \uXXXX at the front of `text`.
std::uint32_t code_unit(std::string_view text) noexcept {
    std::uint32_t unit = 0;
    std::from_chars(text.data() + 2, text.data() + kUnicodeEscape, unit, 16);
    return unit;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto tail = [&](unsigned shift) {
        out.push_back(static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)));
    };
    if (code_point < 0x80) {
        out.push_back(static_cast<char>(code_point));
    } else if (code_point < 0x800) {
        out.push_back(static_cast<char>(0xC0U | (code_point >> 6U)));
        tail(0);
    } else if (code_point < 0x10000) {
        out.push_back(static_cast<char>(0xE0U | (code_point >> 12U)));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xF0U | (code_point >> 18U)));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// Resolves the \uXXXX at the front of `text`, with the second half of a surrogate pair if one
/// follows. Returns how many bytes that took.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
    const std::uint32_t unit = code_unit(text);
    const std::string_view next = text.substr(kUnicodeEscape);
    if (unit >= 0xD800 && unit < 0xDC00 && next.size() >= kUnicodeEscape && next.substr(0, 2) == "\\u") {
        const std::uint32_t low = code_unit(next);
        if (low >= 0xDC00 && low < 0xE000) {
            append_utf8(out, 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00));
            return 2 * kUnicodeEscape;
        }
    }
    append_utf8(out, unit);
    return kUnicodeEscape;
}

std::size_t append_escape(std::string& out, std::string_view text) {
    switch (text[1]) {
        case 'u':
            return append_unicode_escape(out, text);
        case 'b':
            out.push_back('\b');
            break;
        case 'f':
            out.push_back('\f');
            break;
        case 'n':
            out.push_back('\n');
            break;
        case 'r':
            out.push_back('\r');
            break;
        case 't':
            out.push_back('\t');
            break;
        default:
            out.push_back(text[1]);
    }
    return 2;
}

/// A byte that cannot stand in a JSON string as it is.
void append_escaped(std::string& out, char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
    } else if (byte >= 0x80) {
        out.append("\\ufffd");
    } else {
        append_hex(out.append("\\u00"), byte);
    }
}

}  // namespace

bool is_number(std::string_view token) noexcept {
    if (token.starts_with('-')) {
        token.remove_prefix(1);
    }
    if (token.starts_with('0')) {
        token.remove_prefix(1);
    } else if (!take_digits(token)) {
        return false;
    }
    if (token.starts_with('.')) {
        token.remove_prefix(1);
        if (!take_digits(token)) {
            return false;
        }
    }
    if (token.starts_with('e') || token.starts_with('E')) {
        token.remove_prefix(1);
        if (token.starts_with('+') || token.starts_with('-')) {
            token.remove_prefix(1);
        }
        if (!take_digits(token)) {
            return false;
        }
    }
    return token.empty();
}

bool has_valid_escapes(std::string_view token) noexcept {
    for (std::size_t at = token.find('\\'); at != std::string_view::npos; at = token.find('\\', at)) {
        const std::size_t length = escape_length(token.substr(at));
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

std::string unescape(std::string_view token) {
    std::string_view rest = token.substr(1, token.size() - 2);
    std::string out;
    out.reserve(rest.size());
    for (std::size_t at = rest.find('\\'); at != std::string_view::npos; at = rest.find('\\')) {
        out.append(rest.substr(0, at));
        rest.remove_prefix(at);
        rest.remove_prefix(append_escape(out, rest));
    }
    out.append(rest);
    return out;
}

void append_quoted(std::string& out, std::string_view text) {
    const bool is_utf8 = simdjson::validate_utf8(text.data(), text.size());
    const auto is_plain = [is_utf8](char c) {
        const Standing standing = kStandings[static_cast<unsigned char>(c)];
        return standing == Standing::plain || (standing == Standing::in_utf8 && is_utf8);
    };
    out.reserve(out.size() + text.size() + 2);
    out.push_back('"');
    while (!text.empty()) {
        const auto special = std::find_if_not(text.begin(), text.end(), is_plain);
        const auto plain = static_cast<std::size_t>(special - text.begin());
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (!text.empty()) {
            append_escaped(out, text.front());
            text.remove_prefix(1);
        }
    }
    out.push_back('"');
}

}  // namespace aep::text::json
