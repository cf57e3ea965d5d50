#include "ngx/ngx.hpp"

#include "status/websites.hpp"

#include <algorithm>

#include "ngx/request_context.hpp"
#include "page/page_filter.hpp"
#include "sdk/sdk_handler.hpp"

namespace aep::status {
namespace {

/// Whether the module itself answers requests of this kind: they are no pages.
bool is_own(ngx_http_request_t* request) noexcept {
    const auto* context =
        static_cast<const ngx::RequestContext*>(ngx_http_get_module_ctx(request, ngx_http_aep_module));
    if (context != nullptr && context->room != ngx::RequestContext::Room::page) {
        return true;
    }
    const auto* location = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    return location->handler == sdk::handle_sdk || settings::location_conf(request)->is_status != 0;
}

}  // namespace

std::vector<std::string> datastreams_of(const settings::Website& website) {
    std::vector<std::string> datastreams;
    const auto add = [&](const std::string& datastream) {
        if (!datastream.empty() && std::ranges::find(datastreams, datastream) == datastreams.end()) {
            datastreams.push_back(datastream);
        }
    };
    add(website.datastream_id);
    std::ranges::for_each(website.web_sdk_datastreams, add);
    add(website.back_office.datastream_id);
    add(website.back_office.profile_datastream_id);
    return datastreams;
}

void name_websites(const settings::WebsiteList& websites, shared::Zone& zone) {
    shared::Statistics& statistics = zone.statistics();
    for (settings::Website* website : websites) {
        const std::string& name = website->server_name;
        const std::vector<std::string> datastreams = datastreams_of(*website);
        website->counted_at =
            statistics.website(name, datastreams.empty() ? std::string_view{} : datastreams.front(), true);
        for (const std::string& datastream : datastreams) {
            statistics.website(name, datastream, true);
        }
    }
}

ngx_int_t count_page(ngx_http_request_t* request) noexcept {
    const settings::Website* website = settings::server_conf(request)->website;
    auto* zone = settings::main_conf(request)->runtime.get<shared::Zone>();
    if (website != nullptr && website->storefront_events && zone != nullptr && !is_own(request)) {
        zone->statistics().count_page(website->counted_at,
                                      static_cast<std::size_t>(page::outcome_of(request)));
    }
    return NGX_OK;
}

}  // namespace aep::status
