#include "action.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace aep::protocol {
namespace {

struct ActionPath {
    std::string_view path;
    Action action;
};

constexpr std::array kActionPaths{
    ActionPath{"v1/interact", Action::interact},
    ActionPath{"v1/collect", Action::collect},
    ActionPath{"v1/identity/acquire", Action::acquire},
    ActionPath{"v1/privacy/set-consent", Action::set_consent},
};

constexpr std::string_view kMediaPrefix = "va/v1/";

constexpr std::array<std::string_view, 17> kMediaActions{
    "adBreakComplete", "adBreakStart",    "adComplete",  "adSkip",       "adStart",
    "bitrateChange",   "bufferStart",     "chapterSkip", "chapterStart", "error",
    "chapterComplete", "pauseStart",      "ping",        "play",         "sessionEnd",
    "statesUpdate",    "sessionComplete",
};

std::optional<Action> find_action(std::string_view path) noexcept {
    for (const ActionPath& known : kActionPaths) {
        if (path == known.path) {
            return known.action;
        }
    }
    if (path.starts_with(kMediaPrefix)) {
        path.remove_prefix(kMediaPrefix.size());
        if (std::find(kMediaActions.begin(), kMediaActions.end(), path) != kMediaActions.end()) {
            return Action::media;
        }
    }
    return std::nullopt;
}

/// A hint goes into the path towards Edge, so it must not read as one of the path's own segments.
bool is_location_hint(std::string_view segment) noexcept {
    constexpr std::size_t kMaxLength = 32;
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !segment.empty() && segment.size() <= kMaxLength && segment != "va" && segment != "v1" &&
           segment != "v2" && std::all_of(segment.begin(), segment.end(), is_allowed);
}

}  // namespace

std::string_view name_of(Action action) noexcept {
    switch (action) {
        case Action::interact:
            return "interact";
        case Action::collect:
            return "collect";
        case Action::acquire:
            return "identity/acquire";
        case Action::set_consent:
            return "privacy/set-consent";
        case Action::media:
            return "media";
    }
    return "";
}

std::optional<Target> parse_target(std::string_view path) noexcept {
    if (const auto action = find_action(path)) {
        return Target{*action, {}, path};
    }
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || !is_location_hint(path.substr(0, slash))) {
        return std::nullopt;
    }
    const std::string_view rest = path.substr(slash + 1);
    if (const auto action = find_action(rest)) {
        return Target{*action, path.substr(0, slash), rest};
    }
    return std::nullopt;
}

std::string edge_target(const Target& target, const Query& query) {
    constexpr std::size_t kFixedPart = 64;
    std::string text;
    text.reserve(kFixedPart + target.location_hint.size() + target.path.size() + query.datastream_id.size() +
                 query.request_id.size() + query.assurance_token.size());
    text.append("/ee/");
    if (!target.location_hint.empty()) {
        text.append(target.location_hint).append("/");
    }
    text.append(target.path).append("?configId=").append(query.datastream_id);
    text.append("&requestId=").append(query.request_id);
    if (!query.assurance_token.empty()) {
        text.append("&adobeAepValidationToken=").append(query.assurance_token);
    }
    return text;
}

}  // namespace aep::protocol
