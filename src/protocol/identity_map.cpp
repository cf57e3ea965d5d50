#include "identity_map.hpp"

#include <string>

#include "text/json_text.hpp"

namespace aep::protocol {
namespace {

text::Fate edit_ecid(RequestWalk& walk, std::string_view withheld) {
    bool goes = false;
    if (walk.expect(text::json::Kind::object, "An element of identityMap.ECID")) {
        walk.object([&](std::string_view key) {
            if (key != "id") {
                return walk.stay();
            }
            const std::string_view ecid = walk.expect_string("id in identityMap.ECID");
            goes = is_placeholder_ecid(ecid) || (!withheld.empty() && ecid == withheld);
            return text::Fate::stay;
        });
    }
    return goes ? text::Fate::drop : text::Fate::stay;
}

text::Fate edit_ecids(RequestWalk& walk, IdentityMap& result, std::string_view withheld) {
    if (!walk.expect(text::json::Kind::array, "identityMap.ECID")) {
        return text::Fate::stay;
    }
    const text::Edited ecids = walk.array([&] { return edit_ecid(walk, withheld); });
    if (ecids.was_emptied()) {
        return text::Fate::drop;
    }
    result.ecids = ecids;
    return text::Fate::stay;
}

void read_fpids(RequestWalk& walk, IdentityMap& result) {
    if (walk.walk.kind() != text::json::Kind::array) {
        walk.stay();  // Edge's to refuse
        result.has_fpid = true;
        return;
    }
    result.fpids = walk.array([&] { return walk.stay(); });
    result.has_fpid = result.fpids->stayed > 0;
}

void add_identity(RequestWalk& walk, text::Edited& root, Action action, RequestIdentities& identities,
                  std::string_view code, const std::string& element) {
    std::string text("\"");
    text.append(code).append("\":[").append(element).append("]");
    if (identities.map) {
        return walk.append(identities.map->map, text);
    }
    text = R"("identityMap":{)" + text + "}";
    if (action == Action::set_consent) {
        return walk.append(root, text);
    }
    if (identities.xdm) {
        return walk.append(*identities.xdm, text);
    }
    walk.append(root, R"("xdm":{)" + text + "}");
}

std::string element_of(std::string_view id) {
    std::string text(R"({"id":)");
    text::json::append_quoted(text, id);
    text.push_back('}');
    return text;
}

}  // namespace

bool is_placeholder_ecid(std::string_view ecid) noexcept {
    return !ecid.empty() && ecid.find_first_not_of('0') == std::string_view::npos;
}

std::optional<IdentityMap> edit_identity_map(RequestWalk& walk, std::string_view withheld) {
    IdentityMap result;
    if (!walk.expect(text::json::Kind::object, "identityMap")) {
        return std::nullopt;
    }
    result.map = walk.object([&](std::string_view key) {
        if (key == "ECID") {
            return edit_ecids(walk, result, withheld);
        }
        if (key == "FPID") {
            read_fpids(walk, result);
            return text::Fate::stay;
        }
        return walk.stay();
    });
    if (result.map.was_emptied()) {
        return std::nullopt;
    }
    return result;
}

void RequestIdentities::add_ecid(RequestWalk& walk, text::Edited& root, Action action,
                                 std::string_view ecid) {
    if (!map || !map->ecids) {
        return add_identity(walk, root, action, *this, "ECID", element_of(ecid));
    }
    if (map->ecids->stayed == 0) {
        walk.append(*map->ecids, element_of(ecid));
    }
}

void RequestIdentities::add_fpid(RequestWalk& walk, text::Edited& root, Action action,
                                 std::string_view fpid) {
    if (!map || (!map->fpids && !map->has_fpid)) {
        return add_identity(walk, root, action, *this, "FPID", element_of(fpid));
    }
    if (!map->has_fpid) {
        walk.append(*map->fpids, element_of(fpid));
    }
}

}  // namespace aep::protocol
