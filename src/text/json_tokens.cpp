#include "json_tokens.hpp"

#include <simdjson.h>

#include <cstddef>
#include <utility>

namespace aep::text::json {
namespace {

const char* explain(simdjson::error_code error) noexcept {
    switch (error) {
        case simdjson::EMPTY:
            return "it is empty";
        case simdjson::UTF8_ERROR:
            return "it is not UTF-8";
        case simdjson::UNCLOSED_STRING:
            return "a string has no end";
        case simdjson::UNESCAPED_CHARS:
            return "a string holds a control character that is not escaped";
        default:
            return "it cannot be read";
    }
}

}  // namespace

// The first stage alone, with no DOM and no On-Demand behind it: the one refuses numbers and escapes that are valid
// JSON, the other does not look at what it skips, and a walk with it takes four times as long. Its implementation
// without the parser around it, which would ask for room for a document.
Tokens find_tokens(std::string& text) {
    constexpr std::size_t kNoDepth = 1;
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    simdjson::error_code error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        text.size(), kNoDepth, parser);
    if (error == simdjson::SUCCESS) {
        error = parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                               simdjson::stage1_mode::regular);
    }
    Tokens tokens;
    if (error == simdjson::SUCCESS) {
        tokens.offsets = std::move(parser->structural_indexes);  // it leaves room behind the last one
        tokens.count = parser->n_structural_indexes;
    } else {
        tokens.offsets = std::make_unique<std::uint32_t[]>(1);
        tokens.error = explain(error);
    }
    tokens.offsets[tokens.count] = static_cast<std::uint32_t>(text.size());
    return tokens;
}

}  // namespace aep::text::json
