#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace aep::text::json {

/// Where the tokens of a JSON text start: brackets, commas, colons, strings, and everything else
/// that stands between them and white space.
struct Tokens {
    std::unique_ptr<std::uint32_t[]>
        offsets;  ///< of each token, and behind the last one that of the text's end
    std::size_t count = 0;
    const char* error = nullptr;  ///< why there are none, as the rest of a sentence
};

/// Finds the tokens with simdjson's first stage, which also checks that the text is UTF-8, that
/// strings are closed and that control characters in them are escaped. `text` grows by padding.
Tokens find_tokens(std::string& text);

}  // namespace aep::text::json
