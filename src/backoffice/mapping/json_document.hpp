#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "text/json_tree.hpp"

namespace aep::backoffice::mapping {

/// How deep objects and arrays may stand in one another.
inline constexpr std::size_t kMaxDepth = 64;

using Json = text::JsonTree;

/// What is wrong with a text and where, in words that hold nothing of the text.
struct JsonFault {
    std::string what;
};

/// Parses a JSON text. Refused is what different readers would understand differently: a key that stands twice in an
/// object, a NUL character, bytes that are not UTF-8; and what nobody writes: a depth beyond kMaxDepth.
std::variant<Json, JsonFault> parse_json(std::string_view text);

}  // namespace aep::backoffice::mapping
