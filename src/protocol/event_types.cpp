#include "event_types.hpp"

#include <string_view>

#include "text/ascii.hpp"

namespace aep::protocol {
namespace {

constexpr std::string_view kCut = "…";

constexpr char printable(char c) noexcept {
    return text::is_letter_or_digit(c) || c == '.' || c == '_' || c == '-' ? c : '?';
}

}  // namespace

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
