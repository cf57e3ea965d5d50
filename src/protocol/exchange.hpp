#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "action.hpp"
#include "consent.hpp"
#include "cookies.hpp"
#include "problem.hpp"

namespace aep::protocol {

/// What rewrite_request needs to know of a request and its website.
struct RequestFacts {
    Action action = Action::interact;
    std::string_view datastream_id;       ///< where the request goes
    std::string_view request_id;          ///< the query's, or one made for it
    bool defers = false;                  ///< to a merchant's SDK: sdkConfig and overrides stay
    std::span<const StateEntry> entries;  ///< Adobe's cookies of the request, minted identity excluded
    std::string_view minted_ecid;         ///< from a minted identity cookie; empty when there is none
    std::string_view fpid;                ///< first-party ID; empty when there is none
    bool fpid_is_new = false;             ///< made for this request: a visitor who says "out" gets none
    std::string_view site;                ///< meta.state.domain where the body names none; may be empty
};

struct RewrittenRequest {
    std::string body;                      ///< as Edge gets it
    std::string state_domain;              ///< meta.state.domain, decoded
    bool cookies_enabled = true;           ///< meta.state.cookiesEnabled
    std::vector<std::string> event_types;  ///< of each event, "" where it has none
    std::optional<ConsentChange> consent;  ///< of a set-consent
    bool has_fpid = false;                 ///< the first-party ID goes along
};

/// Validates a request's body and makes it what Edge gets: state entries, event identifiers, no
/// overrides, and one identity for a visitor whom Edge does not know: the first-party ID, without one
/// the minted ECID. Edge would take an ECID first, and lose the visitor with the cookie that holds it;
/// so beside a first-party ID a minted ECID is a placeholder for the page, and never leaves. A page
/// that names a first-party ID of its own keeps to that one. Bytes that need no change stay as they are. `body`
/// is taken over (it grows by padding).
std::variant<RewrittenRequest, Problem> rewrite_request(std::string body, const RequestFacts& facts);

struct ResponseFacts {
    Action action = Action::interact;
    std::string_view organization_id;
    std::string_view cookie_domain;  ///< from cookie_domain(); empty: state stays in the body
    /// Of a set-consent: gets a cookie of ours if Edge's answer brings none (alloy would wait for ever).
    const ConsentChange* consent = nullptr;
};

struct RewrittenResponse {
    bool usable = false;                   ///< an object with an array `handle`, as alloy demands
    std::string body;                      ///< without the state that became cookies
    std::vector<std::string> set_cookies;  ///< values of Set-Cookie
};

/// Turns the `state:store` handles of Edge's successful answer into cookies.
RewrittenResponse rewrite_response(std::string body, const ResponseFacts& facts);

}  // namespace aep::protocol
