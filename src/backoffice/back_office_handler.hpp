#pragma once

#include "ngx/ngx.hpp"

namespace aep::backoffice {

/// Answers a location with aep_back_office.
ngx_int_t handle_back_office(ngx_http_request_t* request) noexcept;

}  // namespace aep::backoffice
