#include "ngx/ngx.hpp"

#include "page/page_policy.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "sdk/bundle.hpp"
#include "settings/configuration.hpp"
#include "status/zone.hpp"

namespace aep::page {
namespace {

using settings::Website;

std::vector<std::string_view> enforced_policies(ngx_http_request_t* request) {
    std::vector<std::string_view> policies;
    ngx::for_each_header(request->headers_out.headers, [&](const ngx_table_elt_t& header) {
        if (ngx::equals_ignoring_case(ngx::view(header.key), "content-security-policy")) {
            policies.push_back(ngx::view(header.value));
        }
        return true;
    });
    return policies;
}

/// Whether this is the first time that something is said of a website, in any worker.
bool is_news(ngx_http_request_t* request, const Website& website, std::string_view what) noexcept {
    status::Zone* zone = settings::main_conf(request)->zone;
    const std::uint64_t key = status::RequestWindow::key(website.server_name, what);
    return zone != nullptr &&
           zone->locked([key](status::SharedState& shared) { return shared.notices.note(key); });
}

void report(ngx_http_request_t* request, const Website& website, const PolicyDecision& decision) noexcept {
    const ngx_str_t directive = ngx::unowned(decision.blocked_by);
    const ngx_str_t server = ngx::unowned(website.server_name);
    if (!decision.allowed && is_news(request, website, "script")) {
        const ngx_str_t integrity = ngx::unowned(sdk::bundle().integrity);
        ngx_log_error(
            NGX_LOG_NOTICE, request->connection->log, 0,
            "aep: server \"%V\": a page's Content-Security-Policy blocks the tag, so it is left out. Let its "
            "\"%V\" allow scripts of the page's own host ('self'), or a nonce, or '%V'; further pages are "
            "not "
            "reported",
            &server, &directive, &integrity);
    }
    if (decision.allowed && !decision.connection_allowed && is_news(request, website, "connection")) {
        const std::string_view host = settings::host_of(website.endpoint->base_url);
        const ngx_str_t target =
            ngx::unowned(website.gateway_path.empty() ? host : std::string_view("'self'"));
        ngx_log_error(NGX_LOG_NOTICE, request->connection->log, 0,
                      "aep: server \"%V\": a page's Content-Security-Policy keeps the Web SDK from sending "
                      "events. Let its "
                      "\"%V\" allow %V; further pages are not reported",
                      &server, &directive, &target);
    }
}

}  // namespace

PolicyDecision policy_for(ngx_http_request_t* request) {
    const std::vector<std::string_view> policies = enforced_policies(request);
    if (policies.empty()) {
        return {};
    }
    const Website& website = *settings::server_conf(request)->website;
    const std::string script = website.sdk_path + std::string(sdk::bundle().hash) + ".js";
    PolicyFacts facts;
    facts.policies = policies;
    // As the browser sees it: the SDK works on https and port 443 only, whatever is in front of this nginx.
    facts.scheme = "https";
    facts.host = ngx::view(request->headers_in.server);
    facts.script_path = script;
    facts.integrity = sdk::bundle().integrity;
    facts.gateway_path = website.gateway_path;
    facts.edge_host = settings::host_of(website.endpoint->base_url);
    const PolicyDecision decision = decide(facts);
    if (!decision.allowed || !decision.connection_allowed) {
        report(request, website, decision);
    }
    return decision;
}

}  // namespace aep::page
