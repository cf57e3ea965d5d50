#pragma once

#include <string_view>

namespace aep::sdk {

/// The SDK file that pages load, made at build time (src/sdk/browser), with its compressed forms.
struct Bundle {
    std::string_view plain;      ///< ASCII JavaScript
    std::string_view gzip;       ///< the same, as a gzip stream
    std::string_view brotli;     ///< the same, as a brotli stream
    std::string_view hash;       ///< names the content: lower-case hexadecimal digits
    std::string_view integrity;  ///< for Subresource Integrity: "sha384-..."
    std::string_view alloy_version;
    std::string_view collector_version;
};

/// The file that this module carries.
const Bundle& bundle() noexcept;

}  // namespace aep::sdk
