#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consent.hpp"

namespace aep::protocol {

/// One of Adobe's cookies, as meta.state.entries carries it: once percent-decoded.
struct StateEntry {
    std::string key;
    std::string value;
};

/// What the Cookie header says, as far as it is ours to know.
struct VisitorState {
    std::vector<StateEntry> entries;  ///< kndctr_<ORG>_* and the legacy few; minted identity excluded
    std::string minted_ecid;          ///< 38 digits; empty unless the identity cookie is one of ours
    std::string fpid;                 ///< the first-party ID; empty unless the cookie holds a right one
    bool has_identity = false;        ///< any identity cookie, minted included
    bool has_opt_out_cookie = false;
    Consent consent = Consent::unknown;
};

/// Reads all Cookie headers. `opt_out_cookie` and `first_party_id_cookie` empty: there is none.
VisitorState read_cookies(std::span<const std::string_view> headers, std::string_view organization_id,
                          std::string_view opt_out_cookie, std::string_view first_party_id_cookie = {});

/// "kndctr_<ORG>_AdobeOrg_", the front of all of Adobe's cookie names for an organization.
std::string cookie_prefix(std::string_view organization_id);

/// A Set-Cookie value: Path=/, Secure, readable by scripts (alloy reads it). `max_age` < 0: a session cookie.
std::string set_cookie(std::string_view name, std::string_view value, std::string_view domain,
                       std::chrono::seconds max_age, std::string_view same_site);

/// Adds a Set-Cookie value, in place of an earlier one of the same name: a browser would keep the last one, too.
void add_set_cookie(std::vector<std::string>& cookies, std::string&& cookie);

}  // namespace aep::protocol
