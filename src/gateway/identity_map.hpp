#pragma once

#include <optional>

#include "request_walk.hpp"

namespace aep::gateway {

/// What is left of an identity map.
struct IdentityMap {
    Edited map;
    std::optional<Edited> ecids;  ///< the array ECID, unless it was dropped
};

/// Whether an ECID is the one of zeros that the storefront collector sends when it knows none.
bool is_placeholder_ecid(std::string_view ecid) noexcept;

/// Steps through the identity map that the walk stands at and drops placeholder ECIDs, with the
/// array and the map that they leave empty: nothing is returned for a map that goes.
std::optional<IdentityMap> edit_identity_map(RequestWalk& walk);

}  // namespace aep::gateway
