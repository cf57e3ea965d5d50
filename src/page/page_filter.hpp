#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

namespace aep::page {

/// Puts the header and the body filter in front of those that nginx has so far.
void install_filters() noexcept;

/// $aep_tag: what happened to this request's page, and why.
std::string_view tag_outcome(ngx_http_request_t* request) noexcept;

}  // namespace aep::page
