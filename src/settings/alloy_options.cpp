#include "settings/alloy_options.hpp"
#include "text/json_tree.hpp"

#include <jansson.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace aep::settings {
namespace {

/// What alloy 2.33 takes in `configure` besides the names below (its components' configValidators).
constexpr std::array<std::string_view, 15> kKnown{
    "advertising",
    "autoCollectPropositionInteractions",
    "clickCollection",
    "clickCollectionEnabled",
    "context",
    "conversation",
    "debugEnabled",
    "downloadLinkQualifier",
    "edgeConfigOverrides",
    "idMigrationEnabled",
    "personalizationStorageEnabled",
    "prehidingStyle",
    "pushNotifications",
    "streamingMedia",
    "targetMigrationEnabled",
};

struct OwnedOption {
    std::string_view name;
    std::string_view directive;
};

/// What the module sets, and by which directive.
constexpr std::array<OwnedOption, 7> kOwned{{
    {"datastreamId", "aep_datastream_id"},
    {"edgeConfigId", "aep_datastream_id"},
    {"orgId", "aep_organization_id"},
    {"edgeDomain", "aep_gateway"},
    {"edgeBasePath", "aep_gateway"},
    {"defaultConsent", "aep_default_consent"},
    {"thirdPartyCookiesEnabled",
     "aep_gateway (it is always false: the events stay on the shop's own domain)"},
}};

using Json = text::JsonTree;

struct TextRelease {
    void operator()(char* text) const noexcept { std::free(text); }  // jansson's default allocator
};

std::string check_name(std::string_view name) {
    const auto* owned = std::ranges::find(kOwned, name, &OwnedOption::name);
    if (owned != kOwned.end()) {
        return "sets \"" + std::string(name) + "\", which is set by " + std::string(owned->directive) +
               ": remove it from the file";
    }
    if (std::ranges::find(kKnown, name) == kKnown.end()) {
        std::string known;
        for (const std::string_view each : kKnown) {
            known += known.empty() ? "" : ", ";
            known += each;
        }
        return "sets \"" + std::string(name) + "\", which alloy does not know in JSON: expected one of " +
               known;
    }
    return {};
}

/// JSON with each "<", which only strings can hold, as an escape: a browser ignores the nonce of a script that has
/// "<script" in an attribute (CSP 6.7.1.1).
std::string without_markup(std::string_view json) {
    std::string safe;
    for (const char c : json) {
        if (c == '<') {
            safe += "\\u003c";
        } else {
            safe += c;
        }
    }
    return safe;
}

}  // namespace

AlloyOptions read_alloy_options(const std::string& file) {
    json_error_t error{};
    const Json options(json_load_file(file.c_str(), JSON_REJECT_DUPLICATES, &error));
    if (!options) {
        const std::string where = error.line > 0 ? " (line " + std::to_string(error.line) + ")" : "";
        return {{}, std::string("cannot be read as JSON: ") + error.text + where};
    }
    if (!json_is_object(options.get())) {
        return {
            {},
            "does not hold a JSON object: expected alloy's configure options, as {\"debugEnabled\": true}"};
    }
    const char* name = nullptr;
    json_t* value = nullptr;
    json_object_foreach(options.get(), name, value) {
        std::string problem = check_name(name);
        if (!problem.empty()) {
            return {{}, std::move(problem)};
        }
    }
    // 16 digits keep decimal fractions as they were written; 17 would print 0.1 as 0.10000000000000001.
    const std::unique_ptr<char, TextRelease> text(
        json_dumps(options.get(), JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(16)));
    if (!text) {
        return {{}, "cannot be written as JSON again: out of memory"};
    }
    return {without_markup(text.get()), {}};
}

}  // namespace aep::settings
