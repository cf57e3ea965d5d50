#pragma once

#include "ngx/ngx.hpp"

#include <string>
#include <vector>

#include "settings/configuration.hpp"
#include "shared/zone.hpp"

namespace aep::status {

/// The datastreams that a website's configuration names, the main one first; none, if each request names one.
std::vector<std::string> datastreams_of(const settings::Website& website);

/// Gives each website of a configuration its place among the counters; to be called when the shared memory is there, before
/// any request.
void name_websites(const settings::WebsiteList& websites, shared::Zone& zone);

/// For the log phase: counts what became of a page.
ngx_int_t count_page(ngx_http_request_t* request) noexcept;

}  // namespace aep::status
