#pragma once

#include <string>
#include <string_view>

namespace aep::protocol {

struct ConsentIdentityFacts {
    std::string_view organization_id;
    std::string_view datastream_id;
    std::string_view request_id;
    std::string_view fpid;      ///< our first-party ID that the request carries; empty: none
    std::string_view new_ecid;  ///< what a local answer mints, or would mint, for this visitor; empty: none
};

/// By what the set-consent requests of one visitor are recognized while they wait, so that the newest is the one that
/// is sent: 64 hexadecimal digits, which do not tell the identifier.
///
/// `body` is that of rewrite_request(), which holds the visitor's cookies and identity map. Of what is known of a
/// visitor the first counts:
///  1. the first-party ID: it stays when Edge gives the visitor another identity than the minted one;
///  2. an ECID in the identity map: that of a minted cookie, or one that the page names;
///  3. the ECID in Edge's identity cookie; where it cannot be read, the cookie's value;
///  4. the ECID that the local answer mints: the page's next request has it in a cookie, and so in 2;
///  5. the first other identity in the identity map;
///  6. the request's own ID: nothing else has the same, so nothing is replaced.
/// A visitor keeps the key from request to request, whether the cookies came back or Edge came back between them:
/// where there is no first-party ID, Edge takes over the minted ECID, which has not been seen with
/// Adobe's own Edge yet.
std::string consent_identity(std::string body, const ConsentIdentityFacts& facts);

}  // namespace aep::protocol
