#include "ngx/ngx.hpp"

#include "page/page_policy.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "page/tag.hpp"
#include "sdk/bundle.hpp"
#include "settings/configuration.hpp"
#include "shared/zone.hpp"

namespace aep::page {
namespace {

using settings::Website;

struct Policies {
    std::vector<std::string_view> content_security;
    std::vector<std::string_view> report_only;
    std::vector<std::string_view> integrity;
};

Policies policies_of(ngx_http_request_t* request) {
    Policies policies;
    ngx::for_each_header(request->headers_out.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::view(header.key);
        if (ngx::equals_ignoring_case(name, "content-security-policy")) {
            policies.content_security.push_back(ngx::view(header.value));
        } else if (ngx::equals_ignoring_case(name, "content-security-policy-report-only")) {
            policies.report_only.push_back(ngx::view(header.value));
        } else if (ngx::equals_ignoring_case(name, "integrity-policy")) {
            policies.integrity.push_back(ngx::view(header.value));
        }
        return true;
    });
    return policies;
}

/// Whether this is the first time that something is said of a website, in any worker.
bool is_news(ngx_http_request_t* request, const Website& website, std::string_view what) noexcept {
    auto* zone = settings::main_conf(request)->runtime.get<shared::Zone>();
    return zone != nullptr && zone->is_news(website.server_name, what);
}

/// Names the directive that blocks.
void report_blocked_tag(ngx_http_request_t* request, const Website& website,
                        const ngx_str_t& directive) noexcept {
    const ngx_str_t server = ngx::unowned(website.server_name);
    if (ngx::equals_ignoring_case(ngx::view(directive), "sandbox")) {
        ngx_log_error(
            NGX_LOG_NOTICE, request->connection->log, 0,
            "aep: server \"%V\": a page's Content-Security-Policy puts it into a sandbox, where the Web "
            "SDK cannot work, so the tag is left out. Let its \"%V\" have allow-scripts and "
            "allow-same-origin; further pages are not reported",
            &server, &directive);
        return;
    }
    const ngx_str_t integrity = ngx::unowned(sdk::bundle().integrity);
    ngx_log_error(
        NGX_LOG_NOTICE, request->connection->log, 0,
        "aep: server \"%V\": a page's Content-Security-Policy blocks the tag, so it is left out. Let its "
        "\"%V\" allow scripts of the page's own host ('self'), or a nonce, or '%V'; further pages are "
        "not reported",
        &server, &directive, &integrity);
}

void report_blocked_connection(ngx_http_request_t* request, const Website& website,
                               const ngx_str_t& directive) noexcept {
    const ngx_str_t server = ngx::unowned(website.server_name);
    const std::string_view host = settings::host_of(website.endpoint->base_url);
    const ngx_str_t target = ngx::unowned(website.gateway_path.empty() ? host : std::string_view("'self'"));
    ngx_log_error(
        NGX_LOG_NOTICE, request->connection->log, 0,
        "aep: server \"%V\": a page's Content-Security-Policy keeps the Web SDK from sending events. "
        "Let its \"%V\" allow %V; further pages are not reported",
        &server, &directive, &target);
}

void report(ngx_http_request_t* request, const Website& website,
            const csp::PolicyDecision& decision) noexcept {
    const ngx_str_t directive = ngx::unowned(decision.blocked_by);
    if (!decision.allowed && is_news(request, website, "script")) {
        report_blocked_tag(request, website, directive);
    }
    if (decision.allowed && !decision.connection_allowed && is_news(request, website, "connection")) {
        report_blocked_connection(request, website, directive);
    }
}

csp::PolicyDecision decide(ngx_http_request_t* request, const Policies& policies) {
    const Website& website = *settings::server_conf(request)->website;
    const std::string script = encoded_path(website.sdk_path) + std::string(sdk::bundle().hash) + ".js";
    const std::string gateway = encoded_path(website.gateway_path);
    csp::PolicyFacts facts;
    facts.policies = policies.content_security;
    facts.report_only_policies = policies.report_only;
    facts.integrity_policies = policies.integrity;
    // The origin is the one that the browser sees: the SDK works on https and port 443 only, whatever is in front of
    // this nginx.
    facts.scheme = "https";
    facts.host = settings::public_host(request);
    facts.script_path = script;
    facts.integrity = sdk::bundle().integrity;
    facts.gateway_path = gateway;
    facts.edge_host = settings::host_of(website.endpoint->base_url);
    const csp::PolicyDecision decision = csp::decide(facts);
    ngx_log_debug5(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                   "aep page: policies allow the tag:%d, connections:%d, blocked by \"%*s\", nonce:%d",
                   decision.allowed, decision.connection_allowed, decision.blocked_by.size(),
                   decision.blocked_by.data(), !decision.nonce.empty());
    return decision;
}

}  // namespace

csp::PolicyDecision policy_for(ngx_http_request_t* request) {
    const Policies policies = policies_of(request);
    if (policies.content_security.empty() && policies.report_only.empty() && policies.integrity.empty()) {
        return {};
    }
    const csp::PolicyDecision decision = decide(request, policies);
    if (!decision.allowed || !decision.connection_allowed) {
        report(request, *settings::server_conf(request)->website, decision);
    }
    return decision;
}

csp::PolicyDecision policy_with(ngx_http_request_t* request, std::string_view meta) {
    Policies policies = policies_of(request);
    policies.content_security.push_back(meta);
    return decide(request, policies);
}

}  // namespace aep::page
