#include "identity.hpp"

#include <algorithm>

#include "text/ascii.hpp"
#include "text/digest.hpp"

namespace aep::backoffice::mapping {
namespace {

/// ASCII's white space, with the vertical tab.
constexpr bool is_blank(char c) noexcept {
    return text::is_white_space(c) || c == '\v';
}

std::string_view without_blanks(std::string_view text) noexcept {
    const auto* const begin = std::ranges::find_if_not(text, is_blank);
    text.remove_prefix(static_cast<std::size_t>(begin - text.begin()));
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

}  // namespace

std::string hash_of_email(std::string_view address) {
    const std::string_view bare = without_blanks(address);
    // One hash of all the "none" and "n/a" that people type in would make them one person.
    const std::size_t at = bare.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == bare.size()) {
        return {};
    }
    return text::hexadecimal(text::sha256(text::lower_case(bare)));
}

std::string event_id(std::string_view environment, std::string_view event, std::string_view kind,
                     std::string_view entity, std::string_view repetition) {
    std::string text = "acb1";
    for (const std::string_view part : {environment, event, kind, entity}) {
        text.append("|").append(part);
    }
    if (!repetition.empty()) {
        text.append("|").append(repetition);
    }
    return text::hexadecimal(text::sha256(text));
}

}  // namespace aep::backoffice::mapping
