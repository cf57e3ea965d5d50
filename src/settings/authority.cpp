#include "settings/authority.hpp"

#include <algorithm>
#include <charconv>

#include "text/ascii.hpp"

namespace aep::settings {
namespace {

bool is_host_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || text::is_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_address_character(char c) noexcept {
    return (c >= 'a' && c <= 'f') || text::is_digit(c) || c == ':' || c == '.';
}

/// 0 where it is none.
std::uint16_t port_of(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() ? port : std::uint16_t{0};
}

}  // namespace

std::optional<Authority> authority_of(std::string_view text) noexcept {
    const bool is_address = text.starts_with('[');
    const std::size_t end = is_address ? text.find(']') : text.find(':');
    if (is_address && end == std::string_view::npos) {
        return std::nullopt;
    }
    Authority found{is_address ? text.substr(1, end - 1) : text.substr(0, end)};
    const std::string_view rest = text.substr(std::min(text.size(), is_address ? end + 1 : end));
    if (found.host.empty() ||
        !std::ranges::all_of(found.host, is_address ? is_address_character : is_host_character)) {
        return std::nullopt;
    }
    if (!rest.empty()) {
        found.port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::uint16_t{0};
        if (found.port == 0) {
            return std::nullopt;
        }
    }
    return found;
}

}  // namespace aep::settings
