#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

#include "page/csp/policy.hpp"

namespace aep::page {

/// What the Content-Security-Policy and Integrity-Policy of this response say of our tag, as far as nginx can see
/// it. Says what an operator should know once for each website. May throw.
csp::PolicyDecision policy_for(ngx_http_request_t* request);

/// What they say of it together with one in a <meta>. Says nothing to the operator. May throw.
csp::PolicyDecision policy_with(ngx_http_request_t* request, std::string_view meta);

}  // namespace aep::page
