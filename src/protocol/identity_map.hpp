#pragma once

#include <optional>
#include <string_view>

#include "action.hpp"
#include "request_walk.hpp"

namespace aep::protocol {

/// What is left of an identity map.
struct IdentityMap {
    text::Edited map;
    std::optional<text::Edited> ecids;  ///< the array ECID, unless it was dropped
    std::optional<text::Edited> fpids;  ///< the array FPID
    bool has_fpid = false;              ///< FPID says something
};

/// Whether an ECID is the one of zeros that the storefront collector sends when it knows none.
bool is_placeholder_ecid(std::string_view ecid) noexcept;

/// Steps through the identity map that the walk stands at and drops placeholder ECIDs and `withheld`, with the
/// array and the map that they leave empty: nothing is returned for a map that goes.
std::optional<IdentityMap> edit_identity_map(RequestWalk& walk, std::string_view withheld = {});

/// The identities of a request as a whole: Edge reads them in `xdm.identityMap`, those of a set-consent in
/// `identityMap`.
struct RequestIdentities {
    std::optional<text::Edited> xdm;  ///< the request's
    std::optional<IdentityMap> map;   ///< the one at the place where Edge reads it

    /// Adds an identity to a request that was walked through. An ECID or FPID that is there already stays the only
    /// one of its kind. At most one call: a map that is missing is made for that identity alone.
    void add_ecid(RequestWalk& walk, text::Edited& root, Action action, std::string_view ecid);
    void add_fpid(RequestWalk& walk, text::Edited& root, Action action, std::string_view fpid);
};

}  // namespace aep::protocol
