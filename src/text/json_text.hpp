#pragma once

#include <string>
#include <string_view>

namespace aep::text::json {

/// Whether a token is a number of RFC 8259 section 6. Its size and precision do not matter: it is never converted.
bool is_number(std::string_view token) noexcept;

/// Whether each backslash in a string token starts an escape of RFC 8259 section 7. Lone surrogates
/// are fine: JSON.stringify writes them for text that was cut inside a character.
bool has_valid_escapes(std::string_view token) noexcept;

/// The text of a valid string token (quotes included), escapes resolved. A lone surrogate becomes
/// three bytes of its own, which is not UTF-8 but keeps different strings different.
std::string unescape(std::string_view token);

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace aep::text::json
