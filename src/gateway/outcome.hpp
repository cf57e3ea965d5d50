#pragma once

#include <cstdint>
#include <string_view>

namespace aep::gateway {

/// What became of an event, for the access log.
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
