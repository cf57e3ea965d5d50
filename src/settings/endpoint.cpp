#include "settings/endpoint.hpp"

#include "settings/authority.hpp"
#include "text/ascii.hpp"

namespace aep::settings {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

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
    if (scheme.empty() || !authority_of(std::string_view(normal).substr(scheme.size()))) {
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
