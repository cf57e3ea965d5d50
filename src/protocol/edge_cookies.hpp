#pragma once

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace aep::protocol {

inline constexpr std::size_t kMaxCookie = 4096;  ///< name, '=' and value: browsers refuse more (RFC 6265 6.1)

/// Whether Edge may set a cookie: one of the few that alloy and Edge keep for an organization, whose names begin with
/// `prefix` (see cookie_prefix), or of Adobe Target's. So an answer cannot fill the header.
bool is_known_cookie(std::string_view name, std::string_view prefix) noexcept;

/// Edge takes itself for a first party where it is called by a name of the shop's own site, and then sets its cookies by
/// itself (Set-Cookie) instead of handing their values over. What a page gets instead of such a line: the same cookie for
/// the whole site of the page. Empty for any other cookie than Adobe's for the organization, and where there is no
/// domain for it. `domain`: from cookie_domain().
std::string cookie_of_edge(std::string_view line, std::string_view organization_id, std::string_view domain,
                           std::time_t now);

}  // namespace aep::protocol
