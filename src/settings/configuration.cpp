#include "ngx/ngx.hpp"

#include "settings/configuration.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/log.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "settings/identifiers.hpp"
#include "settings/setting.hpp"
#include "settings/website_maker.hpp"

namespace aep::settings {
namespace {

void inherit(ngx_str_t& child, const ngx_str_t& parent, std::string_view otherwise) noexcept {
    if (child.data == nullptr) {
        child = parent.data != nullptr ? parent : ngx::unowned(otherwise);
    }
}

void inherit_data_layer(ServerConf& child, const ServerConf& parent) noexcept {
    if (child.data_layer == NGX_CONF_UNSET_UINT) {
        child.data_layer_name = parent.data_layer_name;
        child.data_layer_sku = parent.data_layer_sku;
        child.data_layer_currency = parent.data_layer_currency;
        child.data_layer_schema = parent.data_layer_schema;
    }
    const DataLayer standard;
    ngx_conf_merge_uint_value(child.data_layer, parent.data_layer, static_cast<ngx_uint_t>(standard.use));
    inherit(child.data_layer_name, {}, DataLayer::kName);
    inherit(child.data_layer_sku, {}, DataLayer::kSku);
    inherit(child.data_layer_currency, {}, "");
    ngx_conf_init_value(child.data_layer_schema, standard.structured_data ? 1 : 0);
}

void inherit_first_party_id(ServerConf& child, const ServerConf& parent) noexcept {
    if (child.first_party_id.data == nullptr) {
        inherit(child.first_party_id, parent.first_party_id, "");
        child.first_party_id_max_age = parent.first_party_id_max_age;
    }
}

void inherit_edge(ServerConf& child, const ServerConf& parent) noexcept {
    const Endpoint standard;
    if (child.edge.data == nullptr) {
        // The parameters belong to their URL: a server block's aep_edge replaces the whole of its parent's.
        child.edge = parent.edge;
        child.answer_timeout = parent.answer_timeout;
        child.connect_timeout = parent.connect_timeout;
        child.timeout = parent.timeout;
        child.connections = parent.connections;
        child.http2 = parent.http2;
        child.proxy = parent.proxy;
    }
    const auto milliseconds = [](auto duration) { return static_cast<ngx_msec_t>(duration.count()); };
    ngx_conf_init_msec_value(child.answer_timeout, milliseconds(standard.answer_timeout));
    ngx_conf_init_msec_value(child.connect_timeout, milliseconds(standard.connect_timeout));
    ngx_conf_init_msec_value(child.timeout, milliseconds(standard.timeout));
    ngx_conf_init_uint_value(child.connections, standard.connections);
    ngx_conf_init_value(child.http2, 0);
}

/// Whether a server block has anything that only a website needs.
bool has_own_parts(const ServerConf& conf) noexcept {
    const bool has_datastream = conf.datastream_id != nullptr && conf.datastream_id != NGX_CONF_UNSET_PTR;
    return has_datastream || conf.web_sdk_name.len != 0 || conf.sdk_path.len != 0 ||
           conf.gateway_path.len != 0 || conf.has_back_office != 0;
}

void inherit_back_office(ServerConf& child, const ServerConf& parent) noexcept {
    // As with storefront events, "on" in the http block is meant for the websites.
    const bool is_meant = child.back_office_events != NGX_CONF_UNSET || has_own_parts(child);
    ngx_conf_merge_value(child.back_office_events, parent.back_office_events, 0);
    child.back_office_events = is_meant ? child.back_office_events : 0;
    if (child.back_office_profile_events == NGX_CONF_UNSET) {
        child.back_office_profile_datastream = parent.back_office_profile_datastream;
    }
    ngx_conf_merge_value(child.back_office_profile_events, parent.back_office_profile_events, 0);
    inherit(child.back_office_labels, parent.back_office_labels, "");
    child.commerce_stores = child.commerce_stores == nullptr ? parent.commerce_stores : child.commerce_stores;
}

void inherit_access(BackOfficeAccess& child, const BackOfficeAccess& parent) noexcept {
    if (child.tokens == NGX_CONF_UNSET_PTR) {
        child.is_open = parent.is_open;
    }
    ngx_conf_merge_ptr_value(child.tokens, parent.tokens, nullptr);
    ngx_conf_merge_ptr_value(child.public_key, parent.public_key, nullptr);
    if (child.event_keys == NGX_CONF_UNSET_PTR) {
        child.event_client_id = parent.event_client_id;
    }
    ngx_conf_merge_ptr_value(child.event_keys, parent.event_keys, nullptr);
}

/// A location that takes orders from anybody by mistake must not start.
char* check_access(ngx_conf_t* cf, const LocationConf& conf) noexcept {
    const auto* server =
        static_cast<const ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_aep_module));
    if (server->back_office_events != 1 || conf.back_office_access.is_configured()) {
        return NGX_CONF_OK;
    }
    const auto* location = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    ngx_log_error(
        NGX_LOG_EMERG, cf->log, 0,
        "aep: location \"%V\" takes back office events from anybody: set \"aep_back_office_token\" with a "
        "file of tokens, \"aep_back_office_public_key\" or \"aep_back_office_event_keys\"; where "
        "nginx's own access rules protect it, say \"aep_back_office_token off;\"",
        &location->name);
    return failed();
}

/// The beginning of a text that a visitor may have a part in, for a message: on one line.
ngx_str_t on_one_line(ngx_pool_t* pool, std::string_view text) noexcept {
    constexpr std::size_t kMost = 100;
    constexpr std::string_view kCut = "...";
    u_char* begin = ngx::unowned(text).data;
    const std::size_t size = std::min(text.size(), kMost);
    const std::size_t escaped = size + ngx_escape_json(nullptr, begin, size);
    auto* line = static_cast<u_char*>(ngx_pnalloc(pool, escaped + kCut.size()));
    if (line == nullptr) {
        return ngx::unowned("?");
    }
    ngx_escape_json(line, begin, size);
    const std::string_view cut = size == text.size() ? std::string_view{} : kCut;
    std::copy(cut.begin(), cut.end(), line + escaped);
    return {escaped + cut.size(), line};
}

bool is_on(std::string_view value) noexcept {
    return !value.empty() && value != "0" && value != "off";
}

std::string_view evaluated_datastream_id(ngx_http_request_t* request) noexcept {
    const ServerConf& conf = *server_conf(request);
    ngx_str_t value{};
    if (ngx_http_complex_value(request, conf.datastream_id, &value) != NGX_OK) {
        return {};
    }
    if (is_datastream_id(ngx::view(value))) {
        return ngx::view(value);
    }
    static ngx::LogLimit limit;
    ngx_uint_t suppressed = 0;
    if (limit.due(suppressed)) {
        const ngx_str_t found = on_one_line(request->pool, ngx::view(value));
        ngx_log_error(NGX_LOG_ERR, request->connection->log, 0,
                      "aep: \"aep_datastream_id\" gave \"%V\" for this request: expected a datastream ID, as "
                      "ebebf826-a01f-4458-8cec-ef61de241c93; nothing is sent (%ui more not logged)",
                      &found, suppressed);
    }
    return {};
}

}  // namespace

void* create_main_conf(ngx_conf_t* cf) noexcept {
    return ngx_pcalloc(cf->pool, sizeof(MainConf));
}

void* create_server_conf(ngx_conf_t* cf) noexcept {
    auto* conf = static_cast<ServerConf*>(ngx_pcalloc(cf->pool, sizeof(ServerConf)));
    if (conf == nullptr) {
        return nullptr;
    }
    conf->datastream_id = static_cast<ngx_http_complex_value_t*>(NGX_CONF_UNSET_PTR);
    conf->public_host = static_cast<ngx_http_complex_value_t*>(NGX_CONF_UNSET_PTR);
    conf->web_sdk_datastreams = static_cast<ngx_array_t*>(NGX_CONF_UNSET_PTR);
    conf->storefront_events = NGX_CONF_UNSET;
    conf->page_view = NGX_CONF_UNSET_UINT;
    conf->data_layer = NGX_CONF_UNSET_UINT;
    conf->data_layer_schema = NGX_CONF_UNSET;
    conf->default_consent = NGX_CONF_UNSET_UINT;
    conf->global_privacy_control = NGX_CONF_UNSET;
    conf->client_ip = NGX_CONF_UNSET_UINT;
    conf->answer_timeout = NGX_CONF_UNSET_MSEC;
    conf->connect_timeout = NGX_CONF_UNSET_MSEC;
    conf->timeout = NGX_CONF_UNSET_MSEC;
    conf->connections = NGX_CONF_UNSET_UINT;
    conf->http2 = NGX_CONF_UNSET;
    conf->back_office_events = NGX_CONF_UNSET;
    conf->back_office_profile_events = NGX_CONF_UNSET;
    return conf;
}

char* merge_server_conf(ngx_conf_t* cf, void* parent_data, void* child_data) noexcept {
    const auto& parent = *static_cast<const ServerConf*>(parent_data);
    auto& child = *static_cast<ServerConf*>(child_data);
    const Website standard;
    const bool has_own_sdk_name = child.web_sdk_name.len != 0;
    const bool storefront_events_unset =
        child.storefront_events == NGX_CONF_UNSET && parent.storefront_events == NGX_CONF_UNSET;
    // "on" in the http block is meant for the websites, not for every server block beside them.
    const bool storefront_events_off =
        child.storefront_events == NGX_CONF_UNSET && parent.storefront_events == 1 && !has_own_parts(child);

    inherit_back_office(child, parent);
    ngx_conf_init_ptr_value(child.datastream_id, nullptr);
    ngx_conf_merge_ptr_value(child.public_host, parent.public_host, nullptr);
    inherit(child.web_sdk_name, parent.web_sdk_name, "");
    ngx_conf_merge_ptr_value(child.web_sdk_datastreams, parent.web_sdk_datastreams, nullptr);
    inherit(child.web_sdk_options, parent.web_sdk_options, "");
    if (!storefront_events_unset) {
        ngx_conf_merge_value(child.storefront_events, parent.storefront_events, 0);
    }
    if (storefront_events_off) {
        child.storefront_events = 0;
    }
    ngx_conf_merge_uint_value(child.page_view, parent.page_view, standard.automatic_page_view ? 1 : 0);
    inherit_data_layer(child, parent);
    ngx_conf_merge_uint_value(child.default_consent, parent.default_consent,
                              static_cast<ngx_uint_t>(standard.default_consent));
    inherit(child.opt_out_cookie, parent.opt_out_cookie, "mg_dnt");
    ngx_conf_merge_value(child.global_privacy_control, parent.global_privacy_control, 1);
    ngx_conf_merge_uint_value(child.client_ip, parent.client_ip, static_cast<ngx_uint_t>(standard.client_ip));
    inherit_first_party_id(child, parent);
    inherit_edge(child, parent);
    inherit(child.trusted_certificate, parent.trusted_certificate, "");

    return ngx::guarded(cf->log, "the settings of a server block", failed,
                        [&] { return make_website(cf, child, has_own_sdk_name); });
}

void* create_location_conf(ngx_conf_t* cf) noexcept {
    auto* conf = static_cast<LocationConf*>(ngx_pcalloc(cf->pool, sizeof(LocationConf)));
    if (conf == nullptr) {
        return nullptr;
    }
    conf->inject = static_cast<ngx_http_complex_value_t*>(NGX_CONF_UNSET_PTR);
    conf->scope = static_cast<CommerceScopeConf*>(NGX_CONF_UNSET_PTR);
    conf->tag_place = NGX_CONF_UNSET_UINT;
    BackOfficeAccess& access = conf->back_office_access;
    access.tokens = static_cast<const authentication::TokenList*>(NGX_CONF_UNSET_PTR);
    access.public_key = static_cast<const authentication::PublicKey*>(NGX_CONF_UNSET_PTR);
    access.event_keys = static_cast<const authentication::KeyRing*>(NGX_CONF_UNSET_PTR);
    conf->status_tokens = static_cast<const authentication::TokenList*>(NGX_CONF_UNSET_PTR);
    return conf;
}

char* merge_location_conf(ngx_conf_t* cf, void* parent_data, void* child_data) noexcept {
    const auto& parent = *static_cast<const LocationConf*>(parent_data);
    auto& child = *static_cast<LocationConf*>(child_data);
    ngx_conf_merge_ptr_value(child.inject, parent.inject, nullptr);
    ngx_conf_merge_ptr_value(child.scope, parent.scope, nullptr);
    ngx_conf_merge_uint_value(child.tag_place, parent.tag_place, LocationConf::kHeadStart);
    inherit_access(child.back_office_access, parent.back_office_access);
    ngx_conf_merge_ptr_value(child.status_tokens, parent.status_tokens, nullptr);
    return child.is_back_office == 0 ? NGX_CONF_OK : check_access(cf, child);
}

char* claim_location(ngx_conf_t* cf, ngx_str_t ServerConf::*path) noexcept {
    const auto* location = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    auto* conf = static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_aep_module));
    const auto* directive = static_cast<const ngx_str_t*>(cf->args->elts);
#if (NGX_PCRE)
    const bool is_pattern = location->regex != nullptr;
#else
    const bool is_pattern = false;
#endif
    if (is_pattern || location->named || location->exact_match || location->noname ||
        location->name.len < 2 || location->name.data[0] != '/') {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0,
            "\"%V\" directive stands in location \"%V\": expected a prefix location other than \"/\", as "
            "\"location ^~ /aep/ { ... }\"; aep/website.inc holds them",
            directive, &location->name);
        return failed();
    }
    if ((conf->*path).data != nullptr) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0,
            "\"%V\" directive stands in two locations of this server block, \"%V\" and \"%V\": expected one",
            directive, &(conf->*path), &location->name);
        return failed();
    }
    conf->*path = location->name;
    return NGX_CONF_OK;
}

char* claim_back_office(ngx_conf_t* cf) noexcept {
    auto& server = *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_aep_module));
    auto& location = *static_cast<LocationConf*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_aep_module));
    if (location.is_back_office != 0) {
        return predicate("is duplicate");
    }
    server.has_back_office = 1;
    location.is_back_office = 1;
    return NGX_CONF_OK;
}

bool may_inject(const LocationConf& conf) noexcept {
    return conf.inject == nullptr || conf.inject->lengths != nullptr || is_on(ngx::view(conf.inject->value));
}

bool may_inject(ngx_http_request_t* request, const LocationConf& conf) noexcept {
    if (conf.inject == nullptr) {
        return true;
    }
    ngx_str_t value{};
    if (ngx_http_complex_value(request, conf.inject, &value) != NGX_OK) {
        return false;
    }
    return is_on(ngx::view(value));
}

std::string_view public_host(ngx_http_request_t* request) noexcept {
    const ServerConf& conf = *server_conf(request);
    ngx_str_t value{};
    if (conf.public_host != nullptr && ngx_http_complex_value(request, conf.public_host, &value) == NGX_OK) {
        if (const std::string_view host = public_host_in(ngx::view(value)); !host.empty()) {
            return host;
        }
    }
    return ngx::view(request->headers_in.server);
}

std::string_view datastream_id(ngx_http_request_t* request) noexcept {
    const Website& website = *server_conf(request)->website;
    return website.datastream_has_variables ? evaluated_datastream_id(request)
                                            : std::string_view(website.datastream_id);
}

std::string_view back_office_datastream_id(ngx_http_request_t* request) noexcept {
    const BackOffice& back_office = server_conf(request)->website->back_office;
    return back_office.datastream_has_variables ? evaluated_datastream_id(request)
                                                : std::string_view(back_office.datastream_id);
}

std::string_view commerce_environment(ngx_http_request_t* request) noexcept {
    const CommerceScopeConf* scope = location_conf(request)->scope;
    ngx_str_t value{};
    if (scope == nullptr || scope->environment == nullptr ||
        ngx_http_complex_value(request, scope->environment, &value) != NGX_OK) {
        return {};
    }
    return ngx::view(value);
}

}  // namespace aep::settings
