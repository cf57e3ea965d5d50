#pragma once

#include "ngx/ngx.hpp"

namespace aep::status {

/// The content handler of a location with aep_status.
ngx_int_t handle_status(ngx_http_request_t* request) noexcept;

}  // namespace aep::status
