#pragma once

#include "ngx/ngx.hpp"

namespace aep::gateway {

/// Content handler of the location with aep_gateway.
ngx_int_t handle_gateway(ngx_http_request_t* request) noexcept;

}  // namespace aep::gateway
