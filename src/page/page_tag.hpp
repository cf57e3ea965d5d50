#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>

#include "page/csp/policy.hpp"
#include "settings/configuration.hpp"

namespace aep::page {

/// Renders a location's tag while the configuration is read, unless it varies from request to request.
char* prepare_tag(ngx_conf_t* cf, const settings::LocationConf& parent,
                  settings::LocationConf& conf) noexcept;

/// The tag for this request's page; empty when there is none to put in. May throw.
ngx_str_t tag_for(ngx_http_request_t* request);

/// The same with what the page's policy asks for. May throw.
ngx_str_t tag_for(ngx_http_request_t* request, const csp::PolicyDecision& policy);

/// What this request's tag is called in validators. May throw.
std::uint32_t tag_version_for(ngx_http_request_t* request);

}  // namespace aep::page
