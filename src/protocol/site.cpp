#include "site.hpp"

#include <arpa/inet.h>
#include <libpsl.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>

#include "text/ascii.hpp"

namespace aep::protocol {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::size_t kMaxHost = 253;  // RFC 1035 2.3.4, without the root's dot

/// Lower case, without the root's dot: "Shop.Example." and "shop.example" are the same host.
std::string normalize(std::string_view host) {
    if (host.ends_with('.')) {
        host.remove_suffix(1);
    }
    return text::lower_case(host);
}

/// Letters, digits, dashes, underscores in labels that are not empty. Browsers send international
/// names as such labels ("xn--…"), and nothing else may get into a Set-Cookie header.
bool is_host_name(std::string_view host) noexcept {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || text::is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    return !host.empty() && host.size() <= kMaxHost && !host.starts_with('.') && !host.ends_with('.') &&
           host.find("..") == std::string_view::npos && std::all_of(host.begin(), host.end(), is_allowed);
}

/// Whether browsers take the host for an IPv4 address: its last label is a number
/// (URL standard, "ends in a number checker").
bool ends_in_number(std::string_view host) noexcept {
    const std::size_t dot = host.rfind('.');
    const std::string_view label = dot == std::string_view::npos ? host : host.substr(dot + 1);
    return std::all_of(label.begin(), label.end(), text::is_digit) || label.starts_with("0x");
}

bool is_ipv6_literal(std::string_view host) {
    if (!host.starts_with('[') || !host.ends_with(']')) {
        return false;
    }
    const std::string address(host.substr(1, host.size() - 2));
    if (address.find_first_not_of("0123456789abcdef:.") != std::string_view::npos) {
        return false;
    }
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

/// "https://" or "http://" taken off the front; false for other schemes.
bool take_scheme(std::string_view& origin) noexcept {
    for (const std::string_view scheme : {std::string_view("https://"), kHttp}) {
        if (origin.starts_with(scheme)) {
            origin.remove_prefix(scheme.size());
            return true;
        }
    }
    return false;
}

/// ":8443" taken off the end, where there is a port; false when it is no port.
bool take_port(std::string_view& authority) noexcept {
    constexpr std::size_t kMaxDigits = 5;
    const std::size_t colon = authority.rfind(':');
    if (colon == std::string_view::npos || authority.ends_with(']')) {
        return true;
    }
    const std::string_view port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
    return !port.empty() && port.size() <= kMaxDigits &&
           std::all_of(port.begin(), port.end(), text::is_digit);
}

constexpr std::string_view kSameOrigin = "same-origin";

/// By Origin and Host. A page that came without TLS is of another site than a gateway that is asked by TLS: whoever is
/// on the way may have written it (HTML, "schemelessly same site" is not "same site").
bool is_of_this_site(const SiteFacts& facts) {
    const std::string origin = origin_host(facts.origin);
    if (origin.empty() || (facts.is_secure && facts.origin.starts_with(kHttp))) {
        return false;
    }
    const std::string host = normalize(facts.host);
    if (origin == host) {
        return true;
    }
    const std::string site = registrable_domain(host);
    return !site.empty() && site == registrable_domain(origin);
}

}  // namespace

std::string registrable_domain(std::string_view host) {
    const std::string name = normalize(host);
    if (!is_host_name(name) || ends_in_number(name)) {
        return {};
    }
    const char* domain = psl_registrable_domain(psl_builtin(), name.c_str());
    return domain == nullptr ? std::string() : domain;
}

std::string origin_host(std::string_view origin) {
    if (!take_scheme(origin) || !take_port(origin)) {
        return {};
    }
    std::string host = normalize(origin);
    return is_host_name(host) || is_ipv6_literal(host) ? host : std::string();
}

bool is_cross_site(const SiteFacts& facts) {
    if (facts.sec_fetch_site == kSameOrigin) {
        return false;
    }
    if (facts.sec_fetch_site == "cross-site" || facts.sec_fetch_site == "none") {
        return true;
    }
    return !facts.origin.empty() && !is_of_this_site(facts);
}

std::string_view foreign_origin(const SiteFacts& facts) {
    const bool is_own =
        facts.sec_fetch_site == kSameOrigin || origin_host(facts.origin) == normalize(facts.host);
    return is_own ? std::string_view() : facts.origin;
}

std::string site_of_origin(std::string_view origin) {
    return registrable_domain(origin_host(origin));
}

std::string_view SiteCache::site_of_origin(std::string_view origin) {
    Place& place = places_[std::hash<std::string_view>()(origin) % kPlaces];
    if (origin.empty() || place.origin != origin) {
        place.origin.clear();  // first, as memory may run out
        place.site = protocol::site_of_origin(origin);
        place.origin =
            place.site.empty() ? std::string_view() : origin;  // what is no origin may be of any length
    }
    return place.site;
}

std::string cookie_domain(std::string_view origin_site, std::string_view state_domain) {
    return std::string(origin_site == state_domain ? origin_site : std::string_view());
}

}  // namespace aep::protocol
