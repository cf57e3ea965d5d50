#include "answer_form.hpp"

#include <algorithm>
#include <array>

#include "message.hpp"
#include "text/http_field.hpp"

namespace aep::edge {
namespace {

constexpr std::array<std::string_view, 2> kVersions{"/v1/", "/v2/"};
constexpr std::array<std::string_view, 3> kOwingHandles{"/interact", "/identity/acquire",
                                                        "/privacy/set-consent"};

/// Taken, without any handles to tell of.
constexpr bool is_without_handles(int status) noexcept {
    constexpr int kAccepted = 202;
    constexpr int kNoContent = 204;
    return status == kAccepted || status == kNoContent;
}

}  // namespace

bool may_be_edges(std::string_view target, int status, std::string_view body) noexcept {
    const std::string_view path = target.substr(0, target.find('?'));
    const auto is_in_path = [path](std::string_view part) {
        return path.find(part) != std::string_view::npos;
    };
    const auto ends_path = [path](std::string_view part) { return path.ends_with(part); };
    if (!is_success(status) || std::ranges::none_of(kVersions, is_in_path)) {
        return true;
    }
    const std::string_view text = text::trimmed(body);
    if (!text.empty()) {
        return text.starts_with('{');
    }
    return is_without_handles(status) || std::ranges::none_of(kOwingHandles, ends_path);
}

}  // namespace aep::edge
