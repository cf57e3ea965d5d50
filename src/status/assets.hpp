#pragma once

#include <string_view>

namespace aep::status {

/// A file that the page loads from its own location, made at build time (src/status/browser).
struct Asset {
    std::string_view content;
    std::string_view content_type;
    std::string_view etag;  ///< with its quotes
};

/// The file of that name, such as "status.js"; null where there is none.
const Asset* find_asset(std::string_view name) noexcept;

}  // namespace aep::status
