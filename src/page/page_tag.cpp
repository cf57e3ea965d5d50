#include "ngx/ngx.hpp"

#include "page/page_tag.hpp"

#include <string>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "page/tag.hpp"
#include "page/validators.hpp"
#include "sdk/bundle.hpp"

namespace aep::page {
namespace {

using settings::CommerceScopeConf;
using settings::LocationConf;
using settings::ServerConf;
using settings::Website;

std::string_view word(settings::DefaultConsent consent) noexcept {
    switch (consent) {
        case settings::DefaultConsent::in:
            return "in";
        case settings::DefaultConsent::pending:
            return "pending";
        case settings::DefaultConsent::out:
            return "out";
    }
    return "in";
}

std::string_view word(settings::DataLayerUse use) noexcept {
    switch (use) {
        case settings::DataLayerUse::automatic:
            return {};
        case settings::DataLayerUse::google:
            return "google";
        case settings::DataLayerUse::off:
            return "off";
    }
    return {};
}

std::string_view unless(std::string_view value, std::string_view standard) noexcept {
    return value == standard ? std::string_view{} : value;
}

DataLayerFacts facts_of(const settings::DataLayer& data_layer) noexcept {
    return {word(data_layer.use), unless(data_layer.name, settings::DataLayer::kName),
            unless(data_layer.sku, settings::DataLayer::kSku), data_layer.currency,
            data_layer.structured_data};
}

/// "/ee/" as alloy's edgeBasePath wants it: "ee".
std::string_view without_slashes(std::string_view path) noexcept {
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    path.remove_suffix(path.ends_with('/') ? 1 : 0);
    return path;
}

TagFacts facts_of(const Website& website, std::string_view datastream_id,
                  const CommerceScope& scope) noexcept {
    TagFacts facts{};
    facts.sdk_path = website.sdk_path;
    facts.hash = sdk::bundle().hash;
    facts.organization_id = website.organization_id;
    facts.datastream_id = datastream_id;
    facts.gateway = without_slashes(website.gateway_path);
    facts.edge_host = settings::host_of(website.endpoint->base_url);
    facts.web_sdk_name = website.web_sdk_name;
    facts.default_consent = word(website.default_consent);
    facts.opt_out_cookie = website.opt_out_cookie;
    facts.global_privacy_control = website.global_privacy_control;
    facts.page_view_auto = website.automatic_page_view;
    facts.data_layer = facts_of(website.data_layer);
    facts.scope = scope;
    facts.options_json = website.web_sdk_options;
    return facts;
}

bool varies(const ngx_http_complex_value_t* value) noexcept {
    return value != nullptr && value->lengths != nullptr;
}

bool varies(const CommerceScopeConf* scope) noexcept {
    return scope != nullptr && (varies(scope->environment) || varies(scope->website) ||
                                varies(scope->store) || varies(scope->store_view));
}

std::string_view constant(const ngx_http_complex_value_t* value) noexcept {
    return value == nullptr ? std::string_view{} : ngx::view(value->value);
}

std::string_view evaluated(ngx_http_request_t* request, ngx_http_complex_value_t* value) noexcept {
    ngx_str_t text{};
    return value != nullptr && ngx_http_complex_value(request, value, &text) == NGX_OK ? ngx::view(text)
                                                                                       : std::string_view{};
}

}  // namespace

char* prepare_tag(ngx_conf_t* cf, const LocationConf& parent, LocationConf& conf) noexcept {
    const auto* server = static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_aep_module));
    const Website* website = server->website;
    if (website == nullptr || !website->storefront_events) {
        return NGX_CONF_OK;
    }
    if (website->datastream_has_variables || varies(conf.scope)) {
        conf.tag_varies = 1;
        return NGX_CONF_OK;
    }
    if (parent.tag.data != nullptr && parent.scope == conf.scope) {
        conf.tag = parent.tag;
        conf.tag_version = parent.tag_version;
        return NGX_CONF_OK;
    }
    const auto failed = [] { return static_cast<char*>(NGX_CONF_ERROR); };
    return ngx::guarded(cf->log, "the rendering of a tag", failed, [&]() -> char* {
        CommerceScope scope{};
        if (conf.scope != nullptr) {
            scope = {constant(conf.scope->environment), constant(conf.scope->website),
                     constant(conf.scope->store), constant(conf.scope->store_view)};
        }
        conf.tag = ngx::copy(cf->pool, render_tag(facts_of(*website, website->datastream_id, scope)));
        conf.tag_version = tag_version(ngx::view(conf.tag));
        return conf.tag.data == nullptr ? failed() : NGX_CONF_OK;
    });
}

ngx_str_t tag_for(ngx_http_request_t* request) {
    return tag_for(request, {});
}

ngx_str_t tag_for(ngx_http_request_t* request, const csp::PolicyDecision& policy) {
    const LocationConf& conf = *settings::location_conf(request);
    if (conf.tag_varies == 0 && policy.nonce.empty() && !policy.needs_integrity) {
        return conf.tag;
    }
    const Website& website = *settings::server_conf(request)->website;
    const std::string_view datastream_id = settings::datastream_id(request);
    if (datastream_id.empty() && !website.defers()) {
        return {};
    }
    CommerceScope scope{};
    if (conf.scope != nullptr) {
        scope = {evaluated(request, conf.scope->environment), evaluated(request, conf.scope->website),
                 evaluated(request, conf.scope->store), evaluated(request, conf.scope->store_view)};
    }
    TagFacts facts = facts_of(website, datastream_id, scope);
    facts.nonce = policy.nonce;
    facts.integrity = policy.needs_integrity ? sdk::bundle().integrity : std::string_view{};
    facts.cors = policy.needs_cors;
    return ngx::copy(request->pool, render_tag(facts));
}

std::uint32_t tag_version_for(ngx_http_request_t* request) {
    const LocationConf& conf = *settings::location_conf(request);
    const std::uint32_t version = conf.tag_varies == 0 ? static_cast<std::uint32_t>(conf.tag_version)
                                                       : tag_version(ngx::view(tag_for(request)));
    // The same tag at another place makes another page.
    return version ^ static_cast<std::uint32_t>(conf.tag_place);
}

}  // namespace aep::page
