#pragma once

#include <cstdint>
#include <string_view>

namespace aep::sdk {

enum class Coding : std::uint8_t { identity, gzip, brotli };

/// The best coding that an Accept-Encoding header takes (RFC 9110 12.5.3): brotli before gzip before none.
Coding negotiate(std::string_view accept_encoding) noexcept;

}  // namespace aep::sdk
