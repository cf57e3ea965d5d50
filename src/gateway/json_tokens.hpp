#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aep::gateway::json {

/// Where the tokens of a JSON text start: brackets, commas, colons, strings, and everything else
/// that stands between them and white space.
struct Tokens {
    std::vector<std::uint32_t> offsets;  ///< the last one is that of the text's end
    const char* error = nullptr;         ///< why there are none, as the rest of a sentence
};

/// Finds the tokens with simdjson's first stage, which also checks that the text is UTF-8, that
/// strings are closed and that control characters in them are escaped. `text` grows by padding.
Tokens find_tokens(std::string& text);

}  // namespace aep::gateway::json
