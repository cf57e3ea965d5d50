#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace aep::settings {

/// Where and how transfers to the Edge Network go. Immutable once made, and shared between configuration
/// and transfers, so that no transfer points into a configuration that a reload frees.
struct Endpoint {
    std::string base_url = "https://edge.adobedc.net";  ///< scheme, host, port; no slash at the end
    std::string trusted_certificate;                    ///< PEM file; empty: the system's store
    std::string proxy;                                  ///< empty: none, the environment is not asked
    std::chrono::milliseconds answer_timeout{1000};     ///< how long a page waits
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds timeout{10000};  ///< the whole transfer
    unsigned connections = 32;                 ///< at most so many at once in one worker
    bool http2 = false;
};

/// The same, where requests carry a token: Adobe's own host has another one beside it for these. Any other base URL
/// stays.
Endpoint authenticated_endpoint(const Endpoint& endpoint);

/// A base URL in its normal form (lower case, no slash at the end), or nothing when it is not one:
/// http or https, a host name or address, perhaps a port; no user, path, query or fragment.
std::optional<std::string> normal_base_url(std::string_view url);

/// The host in a base URL that normal_base_url() made, without the port.
std::string_view host_of(std::string_view base_url) noexcept;

}  // namespace aep::settings
