#pragma once

#include <string>

namespace aep::settings {

/// The result of reading a file of alloy's configure options: compact JSON, or what is wrong with it.
struct AlloyOptions {
    std::string json;
    std::string error;  ///< empty when `json` is good; a predicate as in "is not a JSON object"
};

/// Reads and checks a file of alloy's configure options. Refuses those that this module sets itself, and
/// those that the alloy in the SDK file does not know (its configure fails on unknown names).
AlloyOptions read_alloy_options(const std::string& file);

}  // namespace aep::settings
