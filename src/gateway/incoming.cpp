#include "ngx/ngx.hpp"

#include "gateway/incoming.hpp"

#include <algorithm>
#include <array>

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "protocol/client_address.hpp"
#include "settings/configuration.hpp"

namespace aep::gateway {
namespace {

constexpr std::array<std::string_view, 4> kForwarded{"user-agent", "accept-language", "referer", "origin"};
constexpr std::string_view kClientHint = "sec-ch-";  // User-Agent Client Hints

}  // namespace

Incoming read_header(ngx_http_request_t* request) {
    Incoming in;
    in.host = settings::public_host(request);
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::lower_name(header);
        const std::string_view value = ngx::view(header.value);
        if (name == "cookie") {
            in.cookies.push_back(value);
        } else if (name == "origin") {
            in.origin = value;
        } else if (name == "sec-fetch-site") {
            in.sec_fetch_site = value;
        } else if (name == "sec-gpc") {
            in.sec_gpc = value;
        } else if (name == "content-type") {
            in.content_type = value;
        } else if (name == "access-control-request-method") {
            in.requested_method = value;
        } else if (name == "access-control-request-headers") {
            in.requested_headers = value;
        }
        return true;
    });
    return in;
}

std::vector<edge::Header> forwarded_header(ngx_http_request_t* request, std::string_view content_type,
                                           settings::ClientIp privacy) {
    std::vector<edge::Header> headers;
    headers.reserve(12);
    headers.emplace_back("Content-Type", content_type.empty() ? "text/plain; charset=UTF-8" : content_type);
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::lower_name(header);
        if (std::ranges::find(kForwarded, name) != kForwarded.end() || name.starts_with(kClientHint)) {
            headers.emplace_back(ngx::view(header.key), ngx::view(header.value));
        }
        return true;
    });
    std::string address = protocol::client_address(ngx::view(request->connection->addr_text), privacy);
    if (!address.empty()) {
        headers.emplace_back("X-Forwarded-For", std::move(address));
    }
    return headers;
}

}  // namespace aep::gateway
