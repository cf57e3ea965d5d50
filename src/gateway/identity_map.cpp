#include "identity_map.hpp"

namespace aep::gateway {
namespace {

Fate edit_ecid(RequestWalk& walk) {
    bool is_placeholder = false;
    if (walk.expect(json::Kind::object, "An element of identityMap.ECID")) {
        walk.object([&](std::string_view key) {
            if (key != "id") {
                return walk.keep();
            }
            is_placeholder = is_placeholder_ecid(walk.expect_string("id in identityMap.ECID"));
            return Fate::keep;
        });
    }
    return is_placeholder ? Fate::drop : Fate::keep;
}

}  // namespace

bool is_placeholder_ecid(std::string_view ecid) noexcept {
    return !ecid.empty() && ecid.find_first_not_of('0') == std::string_view::npos;
}

std::optional<IdentityMap> edit_identity_map(RequestWalk& walk) {
    IdentityMap result;
    if (!walk.expect(json::Kind::object, "identityMap")) {
        return std::nullopt;
    }
    result.map = walk.object([&](std::string_view key) {
        if (key != "ECID") {
            return walk.keep();
        }
        if (!walk.expect(json::Kind::array, "identityMap.ECID")) {
            return Fate::keep;
        }
        const Edited ecids = walk.array([&] { return edit_ecid(walk); });
        if (ecids.was_emptied()) {
            return Fate::drop;
        }
        result.ecids = ecids;
        return Fate::keep;
    });
    if (result.map.was_emptied()) {
        return std::nullopt;
    }
    return result;
}

}  // namespace aep::gateway
