#include "json_tokens.hpp"

#include <simdjson.h>

#include <utility>

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

// The first stage alone, without a DOM or On-Demand behind it: both of those refuse numbers and
// escapes that are valid JSON, or do not look at what they skip, and the walk over the bare tokens
// takes a quarter of On-Demand's time.
Tokens find_tokens(std::string& text) {
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
    constexpr std::size_t kUnusedDepth = 1;
    simdjson::error_code error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        text.size(), kUnusedDepth, parser);
    if (error == simdjson::SUCCESS) {
        error = parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                               simdjson::stage1_mode::regular);
    }
    if (error != simdjson::SUCCESS) {
        Tokens none{std::make_unique<std::uint32_t[]>(1), 0, explain(error)};
        none.offsets[0] = static_cast<std::uint32_t>(text.size());
        return none;
    }
    // simdjson puts the length behind the list itself.
    return {std::move(parser->structural_indexes), parser->n_structural_indexes, nullptr};
}

}  // namespace aep::gateway::json
