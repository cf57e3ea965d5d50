#pragma once

#include "ngx/ngx.hpp"

namespace aep::sdk {

/// Content handler of the location with aep_sdk.
ngx_int_t handle_sdk(ngx_http_request_t* request) noexcept;

}  // namespace aep::sdk
