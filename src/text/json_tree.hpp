#pragma once

#include <jansson.h>

#include <memory>

namespace aep::text {

struct JsonRelease {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};

/// Owns a value of jansson's, with all that is in it.
using JsonTree = std::unique_ptr<json_t, JsonRelease>;

}  // namespace aep::text
