#pragma once

#include "ngx/ngx.hpp"

#include "settings/configuration.hpp"
#include "shared/zone.hpp"

namespace aep::status {

/// Gives each website of a configuration its place among the counters; to be called when the shared memory is there, before
/// any request.
void name_websites(const settings::WebsiteList& websites, shared::Zone& zone) noexcept;

/// For the log phase: counts what became of a page.
ngx_int_t count_page(ngx_http_request_t* request) noexcept;

}  // namespace aep::status
