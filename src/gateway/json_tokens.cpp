#include "json_tokens.hpp"

#include <simdjson.h>

#include <cstddef>

namespace aep::gateway::json {
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
// JSON, the other does not look at what it skips, and a walk with it takes four times as long.
Tokens find_tokens(std::string& text) {
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    simdjson::dom::parser parser;
    simdjson::error_code error = parser.allocate(text.size());
    if (error == simdjson::SUCCESS) {
        error = parser.implementation->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                              simdjson::stage1_mode::regular);
    }
    Tokens tokens;
    if (error == simdjson::SUCCESS) {
        const std::uint32_t* const first = parser.implementation->structural_indexes.get();
        const std::uint32_t count = parser.implementation->n_structural_indexes;
        tokens.offsets.reserve(std::size_t{count} + 1);
        tokens.offsets.assign(first, first + count);
    } else {
        tokens.error = explain(error);
    }
    tokens.offsets.push_back(static_cast<std::uint32_t>(text.size()));
    return tokens;
}

}  // namespace aep::gateway::json
