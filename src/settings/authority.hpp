#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aep::settings {

/// The host and the port in a URL (RFC 3986 3.2.2 and 3.2.3).
struct Authority {
    std::string_view host;   ///< an IPv6 address without its brackets
    std::uint16_t port = 0;  ///< 0: none is named
};

/// Nothing where a text is none: lower case, without user information.
std::optional<Authority> authority_of(std::string_view text) noexcept;

}  // namespace aep::settings
