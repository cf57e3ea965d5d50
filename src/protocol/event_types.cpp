#include "event_types.hpp"

#include <string_view>
#include <utility>

#include "text/ascii.hpp"
#include "text/json_walk.hpp"

namespace aep::protocol {
namespace {

constexpr std::string_view kCut = "…";

constexpr char printable(char c) noexcept {
    return text::is_letter_or_digit(c) || c == '.' || c == '_' || c == '-' ? c : '?';
}

}  // namespace

std::vector<std::string> event_types_in(std::string body) {
    using text::json::Kind;
    std::vector<std::string> types;
    text::json::Walk walk(std::move(body), text::json::DuplicateKeys::allowed);
    const auto read_xdm = [&] {
        walk.object([&](std::string_view key, std::size_t) {
            if (key == "eventType" && walk.kind() == Kind::string) {
                types.back() = walk.string();
            } else {
                walk.skip();
            }
        });
    };
    const auto read_event = [&] {
        types.emplace_back();
        if (walk.kind() != Kind::object) {
            walk.skip();
            return;
        }
        walk.object([&](std::string_view key, std::size_t) {
            if (key == "xdm" && walk.kind() == Kind::object) {
                read_xdm();
            } else {
                walk.skip();
            }
        });
    };
    if (walk.kind() == Kind::object) {
        walk.object([&](std::string_view key, std::size_t) {
            if (key == "events" && walk.kind() == Kind::array) {
                walk.array(read_event);
            } else {
                walk.skip();
            }
        });
    }
    return types;
}

std::string_view event_type_of(std::string_view event) noexcept {
    constexpr std::string_view kMember = R"("eventType":")";
    const std::size_t at = event.find(kMember);
    if (at == std::string_view::npos) {
        return {};
    }
    event.remove_prefix(at + kMember.size());
    return event.substr(0, event.find('"'));
}

std::string list_event_types(std::span<const std::string> types) {
    std::string list;
    for (const std::string& each : types) {
        const std::string_view type = each.empty() ? std::string_view("-") : each;
        const std::string_view separator = list.empty() ? "" : ",";
        // What is cut needs a comma and its mark.
        if (list.size() + separator.size() + type.size() + 1 + kCut.size() > kMaxEventTypeList) {
            return list.append(separator).append(kCut);
        }
        list.append(separator);
        for (const char c : type) {
            list.push_back(printable(c));
        }
    }
    return list;
}

}  // namespace aep::protocol
