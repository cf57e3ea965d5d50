#pragma once

#include <jansson.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace aep::backoffice::mapping {

/// How deep objects and arrays may stand in one another.
inline constexpr std::size_t kMaxDepth = 64;

struct JsonRelease {
    void operator()(json_t* json) const noexcept { json_decref(json); }
};
using Json = std::unique_ptr<json_t, JsonRelease>;

/// What is wrong with a text and where, in words that hold nothing of the text.
struct JsonFault {
    std::string what;
};

/// Parses a JSON text. Refused is what different readers would understand differently: a key that stands twice in an
/// object, a NUL character, bytes that are not UTF-8; and what nobody writes: a depth beyond kMaxDepth.
std::variant<Json, JsonFault> parse_json(std::string_view text);

}  // namespace aep::backoffice::mapping
