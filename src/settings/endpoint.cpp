#include "settings/endpoint.hpp"

#include <algorithm>
#include <charconv>

#include "text/ascii.hpp"

namespace aep::settings {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

bool is_host_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || text::is_digit(c) || c == '.' || c == '-' || c == '_';
}

bool is_address_character(char c) noexcept {
    return (c >= 'a' && c <= 'f') || text::is_digit(c) || c == ':' || c == '.';
}

bool is_port(std::string_view text) noexcept {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port > 0 && port < 65536;
}

/// RFC 3986 3.2.2 and 3.2.3, without user information.
bool is_authority(std::string_view text) noexcept {
    std::string_view host = text;
    std::string_view rest;
    if (!text.empty() && text.front() == '[') {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) {
            return false;
        }
        host = text.substr(1, close - 1);
        rest = text.substr(close + 1);
        if (!std::ranges::all_of(host, is_address_character)) {
            return false;
        }
    } else {
        const std::size_t colon = text.find(':');
        host = text.substr(0, colon);
        rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
        if (!std::ranges::all_of(host, is_host_character)) {
            return false;
        }
    }
    return !host.empty() && (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
}

}  // namespace

Endpoint authenticated_endpoint(const Endpoint& endpoint) {
    Endpoint authenticated = endpoint;
    if (endpoint.base_url == Endpoint{}.base_url) {
        authenticated.base_url = "https://server.adobedc.net";
    }
    return authenticated;
}

std::optional<std::string> normal_base_url(std::string_view url) {
    std::string normal = text::lower_case(url);
    if (normal.ends_with('/')) {
        normal.pop_back();
    }
    const std::string_view scheme =
        normal.starts_with(kHttps) ? kHttps : (normal.starts_with(kHttp) ? kHttp : std::string_view{});
    if (scheme.empty() || !is_authority(std::string_view(normal).substr(scheme.size()))) {
        return std::nullopt;
    }
    return normal;
}

std::string_view host_of(std::string_view base_url) noexcept {
    const std::size_t scheme_end = base_url.find("://");
    std::string_view host = scheme_end == std::string_view::npos ? base_url : base_url.substr(scheme_end + 3);
    if (host.starts_with('[')) {
        return host.substr(0, host.find(']') + 1);
    }
    return host.substr(0, host.find(':'));
}

}  // namespace aep::settings
