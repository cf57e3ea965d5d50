#include "edge_cookies.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "cookies.hpp"
#include "edge/retry_policy.hpp"
#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::protocol {
namespace {

// What alloy and Edge keep for an organization, behind the front of its cookies' names.
constexpr std::array<std::string_view, 9> kKnownKeys{
    "identity", "consent",     "consent_check", "cluster", "personalization", "personalization_sessionId",
    "optout",   "advertising", "bc_session_id"};

// State of Adobe Target that alloy writes as cookies under these plain names.
constexpr std::array<std::string_view, 3> kTargetCookiesFromEdge{"mbox", "mboxEdgeCluster", "at_qa_mode"};

constexpr std::string_view kLegacyFront = "AMCV_";

/// The cookies of Adobe's older libraries, which alloy reads an ECID from.
bool is_legacy_cookie(std::string_view name, std::string_view organization_id) {
    if (name == "s_ecid") {
        return true;
    }
    const std::string_view front = organization_id.substr(0, organization_id.find('@'));
    if (!name.starts_with(kLegacyFront) || !name.substr(kLegacyFront.size()).starts_with(front)) {
        return false;
    }
    const std::string_view end = name.substr(kLegacyFront.size() + front.size());
    return end == "@AdobeOrg" || end == "%40AdobeOrg";
}

struct Attributes {
    std::optional<std::chrono::seconds> max_age;
    std::optional<std::chrono::seconds> expires;
    std::string_view same_site = "Lax";
};

void read_attribute(Attributes& attributes, std::string_view name, std::string_view value, std::time_t now) {
    if (text::equals_ignoring_case(name, "max-age")) {
        std::int64_t seconds = 0;
        if (std::from_chars(value.data(), value.data() + value.size(), seconds).ec == std::errc{}) {
            attributes.max_age = std::chrono::seconds(std::max<std::int64_t>(seconds, 0));
        }
    } else if (text::equals_ignoring_case(name, "expires")) {
        attributes.expires = edge::retry_after(value, now);
    } else if (text::equals_ignoring_case(name, "samesite")) {
        for (const std::string_view known : {"None", "Lax", "Strict"}) {
            attributes.same_site = text::equals_ignoring_case(value, known) ? known : attributes.same_site;
        }
    }
}

}  // namespace

bool is_known_cookie(std::string_view name, std::string_view prefix) noexcept {
    if (name.starts_with(prefix)) {
        return std::ranges::find(kKnownKeys, name.substr(prefix.size())) != kKnownKeys.end();
    }
    return std::ranges::find(kTargetCookiesFromEdge, name) != kTargetCookiesFromEdge.end();
}

std::string cookie_of_edge(std::string_view line, std::string_view organization_id, std::string_view domain,
                           std::time_t now) {
    const std::string_view pair = text::trimmed(text::take_field(line, ';'));
    const std::string_view name = pair.substr(0, pair.find('='));
    const bool is_adobes =
        is_known_cookie(name, cookie_prefix(organization_id)) || is_legacy_cookie(name, organization_id);
    if (domain.empty() || name.size() == pair.size() || pair.size() > kMaxCookie || !is_adobes ||
        std::ranges::any_of(pair, text::is_control)) {
        return {};
    }
    Attributes attributes;
    while (!line.empty()) {
        const std::string_view attribute = text::trimmed(text::take_field(line, ';'));
        const std::size_t equals = std::min(attribute.find('='), attribute.size());
        read_attribute(attributes, attribute.substr(0, equals),
                       attribute.substr(std::min(equals + 1, attribute.size())), now);
    }
    std::string cookie(pair);  // the value is Edge's own, encoded already
    cookie.append("; Path=/; Domain=").append(domain);
    if (const auto lifetime = attributes.max_age ? attributes.max_age : attributes.expires) {
        cookie.append("; Max-Age=").append(std::to_string(lifetime->count()));
    }
    cookie.append("; Secure; SameSite=").append(attributes.same_site);
    return cookie;
}

}  // namespace aep::protocol
