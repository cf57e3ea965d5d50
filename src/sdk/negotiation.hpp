#pragma once

#include <cstdint>
#include <string_view>

namespace aep::sdk {

/// The forms in which a Bundle holds the SDK file.
enum class BundleForm : std::uint8_t { plain, gzip, brotli };

/// Chooses the best form that an Accept-Encoding header accepts (RFC 9110 12.5.3): brotli before gzip before plain.
BundleForm negotiate(std::string_view accept_encoding) noexcept;

}  // namespace aep::sdk
