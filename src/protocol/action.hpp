#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aep::protocol {

/// What alloy asks of the Edge Network.
enum class Action : std::uint8_t { interact, collect, acquire, set_consent, media };

inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::media) + 1;

/// As alloy's URL names it.
std::string_view name_of(Action action) noexcept;

/// A request's path behind the gateway's prefix, checked.
struct Target {
    Action action = Action::interact;
    std::string_view location_hint;  ///< "or2"; empty when there is none
    std::string_view path;           ///< "v1/interact", "va/v1/ping": what follows the hint
};

/// Reads the path behind the gateway's prefix, without a slash in front ("or2/v1/interact").
/// Nothing when it is not one of alloy's.
std::optional<Target> parse_target(std::string_view path) noexcept;

/// What a request's query says to Edge; checked for characters that mean something in a URL.
struct Query {
    std::string_view datastream_id;
    std::string_view request_id;
    std::string_view assurance_token;  ///< adobeAepValidationToken; empty: none
};

/// Path and query as Edge gets them.
std::string edge_target(const Target& target, const Query& query);

}  // namespace aep::protocol
