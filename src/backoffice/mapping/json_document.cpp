#include "json_document.hpp"

#include <algorithm>

namespace aep::backoffice::mapping {
namespace {

/// Behind the string whose first character is at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && text[at] != '"') {
        at += text[at] == '\\' ? 2U : 1U;
    }
    return at + 1;
}

/// Where the text becomes too deep; npos where it does not. Its syntax does not matter here.
std::size_t find_too_deep(std::string_view text) noexcept {
    std::size_t depth = 0;
    for (std::size_t at = text.find_first_of("\"[{"); at < text.size();) {
        switch (text[at]) {
            case '"':
                at = skip_string(text, at + 1);
                continue;
            case '[':
            case '{':
                if (++depth > kMaxDepth) {
                    return at;
                }
                break;
            case ']':
            case '}':
                depth -= depth > 0 ? 1U : 0U;
                break;
            default:
                break;
        }
        ++at;
    }
    return std::string_view::npos;
}

std::string place(std::size_t line, std::size_t column) {
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string place_of(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
    const std::size_t end_of_line = before.rfind('\n');
    return place(line, end_of_line == std::string_view::npos ? at + 1 : at - end_of_line);
}

/// jansson's own words hold the text near the fault.
std::string_view words_for(enum json_error_code code) noexcept {
    switch (code) {
        case json_error_premature_end_of_input:
            return "the text ends too early";
        case json_error_end_of_input_expected:
            return "something stands behind the end of the value";
        case json_error_invalid_utf8:
            return "bytes that are not UTF-8";
        case json_error_null_character:
        case json_error_null_byte_in_key:
            return "a NUL character";
        case json_error_duplicate_key:
            return "a key stands twice in one object";
        case json_error_numeric_overflow:
            return "a number is too large";
        case json_error_out_of_memory:
            return "there is no memory for it";
        default:
            return "a syntax error";
    }
}

Json load(std::string_view text, std::size_t flags, json_error_t& error) noexcept {
    return Json(
        json_loadb(text.data(), text.size(), flags | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error));
}

}  // namespace

std::variant<Json, JsonFault> parse_json(std::string_view text) {
    // jansson passes over those that stand behind a number.
    if (const std::size_t at = text.find('\0'); at != std::string_view::npos) {
        return JsonFault{std::string(words_for(json_error_null_character)) + " at " + place_of(text, at)};
    }
    if (const std::size_t at = find_too_deep(text); at != std::string_view::npos) {
        return JsonFault{"objects and arrays stand more than " + std::to_string(kMaxDepth) + " deep at " +
                         place_of(text, at)};
    }
    json_error_t error{};
    Json json = load(text, 0, error);
    // Parcel numbers, which do not matter here, can have more digits than an integer of 64 bits.
    if (!json && json_error_code(&error) == json_error_numeric_overflow) {
        json = load(text, JSON_DECODE_INT_AS_REAL, error);
    }
    if (json) {
        return json;
    }
    const auto line = static_cast<std::size_t>(std::max(error.line, 1));
    const auto column = static_cast<std::size_t>(std::max(error.column, 1));
    return JsonFault{std::string(words_for(json_error_code(&error))) + " at " + place(line, column)};
}

}  // namespace aep::backoffice::mapping
