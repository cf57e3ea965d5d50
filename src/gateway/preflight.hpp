#pragma once

#include "ngx/ngx.hpp"

#include "gateway/incoming.hpp"

namespace aep::gateway {

/// Whether a browser asks, before a request from another host of the site, whether it may send it (Fetch, "CORS-preflight
/// request"). No page needs that for alloy's requests as they are, but a tracing library adds a header to them.
bool is_preflight(ngx_http_request_t* request, const Incoming& in) noexcept;

/// Answers a preflight of a page of this site: what it asks for is allowed. Returns what a handler returns.
ngx_int_t allow_request(ngx_http_request_t* request, const Incoming& in) noexcept;

}  // namespace aep::gateway
