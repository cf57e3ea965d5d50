#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace aep::protocol {

/// Whether a cookie's value is a first-party ID as Edge wants it: a UUID of version 4, lower case.
/// What is anything else counts as absent.
bool is_first_party_id(std::string_view value) noexcept;

/// The Set-Cookie value that keeps a first-party ID. Not for scripts: the gateway alone reads it. `domain` is the
/// registrable domain of the shop; empty where it is not known: the cookie is then the host's alone.
std::string first_party_id_cookie(std::string_view name, std::string_view id, std::string_view domain,
                                  std::chrono::seconds max_age);

}  // namespace aep::protocol
