#pragma once

#include <string_view>

namespace aep::settings {

/// An IMS organization ID: 24 letters or digits, then "@AdobeOrg".
bool is_organization_id(std::string_view text) noexcept;

/// A UUID, as Adobe writes datastream IDs.
bool is_uuid(std::string_view text) noexcept;

/// A datastream ID: a UUID, perhaps with an environment as in "…:dev".
bool is_datastream_id(std::string_view text) noexcept;

/// A name that a script can use for a global function (ECMAScript 12.7, ASCII only, no reserved word).
bool is_javascript_name(std::string_view text) noexcept;

/// The host in what a proxy or an operator says it is: the first of a list, without its port; empty where it is none
/// (letters, digits, dashes, underscores and dots, or an IPv6 literal).
std::string_view public_host_in(std::string_view text) noexcept;

/// A cookie's name (RFC 6265 4.1.1: a token).
bool is_cookie_name(std::string_view name) noexcept;

}  // namespace aep::settings
