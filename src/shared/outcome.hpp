#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aep::shared {

/// What became of a request of a page, and of its events.
enum class Outcome : std::uint8_t {
    none,         ///< nothing yet
    delivered,    ///< Edge has taken it
    queued,       ///< it is kept, and will be delivered
    local,        ///< answered without Edge, and there is nothing to keep (an identity)
    unavailable,  ///< refused with 503: the page is to come again
    consent,      ///< the visitor does not want it sent
    rejected,     ///< refused for good, here or by Edge
    duplicate,    ///< a repeat of what is safe
    lost,         ///< nobody waited for the answer any more, and it could not be kept
};
inline constexpr std::size_t kOutcomes = static_cast<std::size_t>(Outcome::lost) + 1;

/// As $aep_outcome and counters call it; empty: nothing yet.
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
        case Outcome::lost:
            return "lost";
    }
    return {};
}

}  // namespace aep::shared
