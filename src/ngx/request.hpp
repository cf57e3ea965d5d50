#pragma once

#include "ngx/ngx.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace aep::ngx {

/// Whether the request came by TLS to this nginx.
inline bool is_secure([[maybe_unused]] const ngx_http_request_t* request) noexcept {
#if (NGX_SSL)
    return request->connection->ssl != nullptr;
#else
    return false;
#endif
}

/// The time since the request began.
inline std::chrono::milliseconds age_of(const ngx_http_request_t* request) noexcept {
    const volatile ngx_time_t* const now = ngx_cached_time;
    const auto age =
        (now->sec - request->start_sec) * 1000 +
        (static_cast<ngx_msec_int_t>(now->msec) - static_cast<ngx_msec_int_t>(request->start_msec));
    return std::chrono::milliseconds(std::max<ngx_msec_int_t>(age, 0));
}

/// The first header member of a name in lower case that is not empty; empty where there is none.
std::string_view request_header(ngx_http_request_t* request, std::string_view name) noexcept;

/// An argument of the query, not decoded; empty where it is absent.
std::string_view query_argument(ngx_http_request_t* request, std::string_view name) noexcept;

/// The request's body, read whole, in memory or in a file. False when it is larger than `limit` or the file
/// cannot be read (`error` tells which, as an HTTP status).
bool collect_body(ngx_http_request_t* request, std::size_t limit, std::string& body, int& error);

}  // namespace aep::ngx
