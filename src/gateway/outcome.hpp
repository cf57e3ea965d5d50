#pragma once

#include <cstdint>
#include <string_view>

namespace aep::gateway {

/// What became of a request, for the access log. `local`: answered without Edge, and there is nothing to keep (an
/// identity). `unavailable`: refused with 503.
enum class Outcome : std::uint8_t {
    none,
    delivered,
    queued,
    local,
    unavailable,
    consent,
    rejected,
    duplicate
};

/// What $aep_outcome says; empty: nothing yet.
constexpr std::string_view to_string(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::none:
            return {};
        case Outcome::delivered:
            return "delivered";
        case Outcome::queued:
            return "queued";
        case Outcome::local:
            return "local";
        case Outcome::unavailable:
            return "unavailable";
        case Outcome::consent:
            return "consent";
        case Outcome::rejected:
            return "rejected";
        case Outcome::duplicate:
            return "duplicate";
    }
    return {};
}

}  // namespace aep::gateway
