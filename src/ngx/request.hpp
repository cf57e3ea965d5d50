#pragma once

#include "ngx/ngx.hpp"

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

/// An argument of the query, not decoded; empty where it is absent.
std::string_view query_argument(ngx_http_request_t* request, std::string_view name) noexcept;

/// The request's body, read whole, in memory or in a file. False when it is larger than `limit` or the file
/// cannot be read (`error` tells which, as an HTTP status).
bool collect_body(ngx_http_request_t* request, std::size_t limit, std::string& body, int& error);

}  // namespace aep::ngx
