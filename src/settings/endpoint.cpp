#include "settings/endpoint.hpp"

#include <algorithm>
#include <charconv>

namespace aep::settings {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_host_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

bool is_address_character(char c) noexcept {
    return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
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

std::optional<std::string> normal_base_url(std::string_view url) {
    std::string text(url);
    std::ranges::transform(text, text.begin(), lower);
    if (text.ends_with('/')) {
        text.pop_back();
    }
    const std::string_view scheme =
        text.starts_with(kHttps) ? kHttps : (text.starts_with(kHttp) ? kHttp : std::string_view{});
    if (scheme.empty() || !is_authority(std::string_view(text).substr(scheme.size()))) {
        return std::nullopt;
    }
    return text;
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
