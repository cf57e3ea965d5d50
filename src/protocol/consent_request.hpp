#pragma once

#include "consent.hpp"
#include "request_walk.hpp"

namespace aep::protocol {

/// Steps through the array `consent` of a set-consent. Of several decisions the strictest counts.
ConsentChange read_consent(RequestWalk& walk);

}  // namespace aep::protocol
