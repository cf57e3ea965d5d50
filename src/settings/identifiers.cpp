#include "settings/identifiers.hpp"

#include <algorithm>
#include <array>

#include "text/http_field.hpp"

namespace aep::settings {
namespace {

using text::is_digit;
using text::is_hex_digit;
using text::is_letter;
using text::is_letter_or_digit;

constexpr std::size_t kUuidLength = 36;

/// ECMAScript 12.7.2, with the words that strict mode and modules reserve.
constexpr std::array<std::string_view, 51> kReservedWords{
    "arguments", "await",    "break",   "case",    "catch",    "class",      "const",      "continue",
    "debugger",  "default",  "delete",  "do",      "else",     "enum",       "eval",       "export",
    "extends",   "false",    "finally", "for",     "function", "if",         "import",     "in",
    "let",       "new",      "null",    "package", "private",  "protected",  "public",     "return",
    "static",    "super",    "switch",  "this",    "throw",    "true",       "try",        "typeof",
    "var",       "void",     "while",   "with",    "yield",    "implements", "instanceof", "interface",
    "window",    "document", "location"};

}  // namespace

bool is_organization_id(std::string_view text) noexcept {
    constexpr std::string_view kSuffix = "@AdobeOrg";
    constexpr std::size_t kIdLength = 24;
    return text.size() == kIdLength + kSuffix.size() && text.ends_with(kSuffix) &&
           std::ranges::all_of(text.substr(0, kIdLength), is_letter_or_digit);
}

bool is_uuid(std::string_view text) noexcept {
    if (text.size() != kUuidLength) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex_digit(text[i])) {
            return false;
        }
    }
    return true;
}

bool is_datastream_id(std::string_view text) noexcept {
    constexpr std::size_t kMaxEnvironment = 32;
    if (!is_uuid(text.substr(0, kUuidLength))) {
        return false;
    }
    const std::string_view suffix = text.substr(kUuidLength);
    if (suffix.empty()) {
        return true;
    }
    const std::string_view environment = suffix.substr(1);
    return suffix.front() == ':' && !environment.empty() && environment.size() <= kMaxEnvironment &&
           std::ranges::all_of(environment,
                               [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_javascript_name(std::string_view text) noexcept {
    const auto starts_name = [](char c) { return is_letter(c) || c == '_' || c == '$'; };
    return !text.empty() && starts_name(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return starts_name(c) || is_digit(c); }) &&
           std::ranges::find(kReservedWords, text) == kReservedWords.end();
}

std::string_view public_host_in(std::string_view text) noexcept {
    constexpr std::size_t kLongest = 253;  // RFC 1035 2.3.4
    std::string_view host = text::trimmed(text.substr(0, text.find(',')));
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
        if (!std::ranges::all_of(host.substr(colon + 1), is_digit)) {
            return {};
        }
        host = host.substr(0, colon);
    }
    const bool is_address = host.starts_with('[') && host.ends_with(']');
    const bool is_host =
        std::ranges::all_of(is_address ? host.substr(1, host.size() - 2) : host, [is_address](char c) {
            return is_letter_or_digit(c) || c == '.' || (is_address ? c == ':' : c == '-' || c == '_');
        });
    return is_host && host.size() <= kLongest ? host : std::string_view{};
}

bool is_cookie_name(std::string_view name) noexcept {
    return text::is_token(name);
}

}  // namespace aep::settings
