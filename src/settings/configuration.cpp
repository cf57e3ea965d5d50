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

namespace aep::settings {
namespace {

std::string text(const ngx_str_t& value) {
    return std::string(ngx::view(value));
}

/// A message about a server block, which nginx cannot place on a line any more.
void report(ngx_conf_t* cf, ngx_uint_t level, const std::string& server, const char* message) noexcept {
    ngx_log_error(level, cf->log, 0, "aep: server \"%s\": %s", server.c_str(), message);
}

void inherit(ngx_str_t& child, const ngx_str_t& parent, std::string_view otherwise) noexcept {
    if (child.data == nullptr) {
        child = parent.data != nullptr ? parent : ngx::unowned(otherwise);
    }
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

std::shared_ptr<const Endpoint> make_endpoint(const ServerConf& conf) {
    auto endpoint = std::make_shared<Endpoint>();
    if (conf.edge.data != nullptr) {
        endpoint->base_url = text(conf.edge);
    }
    endpoint->trusted_certificate = text(conf.trusted_certificate);
    endpoint->proxy = text(conf.proxy);
    endpoint->answer_timeout = std::chrono::milliseconds(conf.answer_timeout);
    endpoint->connect_timeout = std::chrono::milliseconds(conf.connect_timeout);
    endpoint->timeout = std::chrono::milliseconds(conf.timeout);
    endpoint->connections = static_cast<unsigned>(conf.connections);
    endpoint->http2 = conf.http2 != 0;
    return endpoint;
}

std::string server_label(ngx_conf_t* cf) {
    const auto* core = static_cast<const ngx_http_core_srv_conf_t*>(
        ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    return core->server_name.len == 0 ? "_" : text(core->server_name);
}

/// Whether a server block that does not say is a shop: it names where its events go.
bool storefront_events_by_default(const ServerConf& conf, bool has_own_sdk_name) noexcept {
    return conf.datastream_id != nullptr || has_own_sdk_name ||
           (conf.web_sdk_name.len != 0 && conf.sdk_path.data != nullptr);
}

/// Whether a server block has anything that only a website needs.
bool has_own_parts(const ServerConf& conf) noexcept {
    const bool has_datastream = conf.datastream_id != nullptr && conf.datastream_id != NGX_CONF_UNSET_PTR;
    return has_datastream || conf.web_sdk_name.len != 0 || conf.sdk_path.len != 0 ||
           conf.gateway_path.len != 0;
}

void fill(Website& website, const MainConf& main, const ServerConf& conf) {
    website.organization_id = text(main.organization_id);
    website.web_sdk_name = text(conf.web_sdk_name);
    if (conf.datastream_id != nullptr && !website.defers()) {
        website.datastream_has_variables = conf.datastream_id->lengths != nullptr;
        website.datastream_id = website.datastream_has_variables ? "" : text(conf.datastream_id->value);
    }
    if (conf.web_sdk_datastreams != nullptr) {
        const auto* first = static_cast<const ngx_str_t*>(conf.web_sdk_datastreams->elts);
        for (ngx_uint_t i = 0; i < conf.web_sdk_datastreams->nelts; ++i) {
            website.web_sdk_datastreams.push_back(text(first[i]));
        }
    }
    website.web_sdk_options = text(conf.web_sdk_options);
    website.automatic_page_view = conf.page_view != 0;
    website.default_consent = static_cast<DefaultConsent>(conf.default_consent);
    website.opt_out_cookie = text(conf.opt_out_cookie);
    website.global_privacy_control = conf.global_privacy_control != 0;
    website.client_ip = static_cast<ClientIp>(conf.client_ip);
    website.first_party_id.cookie = text(conf.first_party_id);
    if (conf.first_party_id_max_age != 0) {
        website.first_party_id.max_age = std::chrono::seconds(conf.first_party_id_max_age);
    }
    website.endpoint = make_endpoint(conf);
    website.sdk_path = text(conf.sdk_path);
    website.gateway_path = text(conf.gateway_path);
}

/// Whether storefront events can work as configured; says why not.
bool check_storefront_events(ngx_conf_t* cf, const Website& website) {
    const char* message = nullptr;
    if (website.organization_id.empty()) {
        message =
            "storefront events need an organization ID: set \"aep_organization_id\" in the http block; Adobe "
            "Experience Platform shows it under Ctrl+I (or Cmd+I), \"Current Org ID\"";
    } else if (website.datastream_id.empty() && !website.datastream_has_variables && !website.defers()) {
        message =
            "storefront events need a datastream: set \"aep_datastream_id\" (or \"aep_web_sdk_name\", if the "
            "shop runs its own Web SDK) in this server block";
    } else if (website.sdk_path.empty()) {
        message =
            "storefront events are on, but no location serves the SDK file: add \"include aep/website.inc;\" "
            "to this server block (it holds the locations with \"aep_sdk\" and \"aep_gateway\"), or "
            "\"aep_storefront_events off;\"";
    }
    if (message != nullptr) {
        report(cf, NGX_LOG_EMERG, website.server_name, message);
    }
    return message == nullptr;
}

/// Whether one cookie would both name a visitor and mean "out".
bool check_first_party_id(ngx_conf_t* cf, const Website& website) {
    if (website.first_party_id.cookie.empty() || website.first_party_id.cookie != website.opt_out_cookie) {
        return true;
    }
    report(
        cf, NGX_LOG_EMERG, website.server_name,
        "\"aep_first_party_id\" and \"aep_opt_out_cookie\" name the same cookie, so that everybody would opt "
        "out: set another name with \"aep_first_party_id on cookie=...\"");
    return false;
}

void give_notices(ngx_conf_t* cf, const Website& website, const ServerConf& conf) noexcept {
    if (website.defers() && conf.datastream_id != nullptr) {
        report(cf, NGX_LOG_NOTICE, website.server_name,
               "\"aep_datastream_id\" is ignored, because \"aep_web_sdk_name\" defers to the shop's own Web "
               "SDK, which names the datastream itself");
    }
    if (website.storefront_events && website.gateway_path.empty()) {
        report(cf, NGX_LOG_NOTICE, website.server_name,
               "there is no location with \"aep_gateway\": the Web SDK in the page talks to Adobe's Edge "
               "Network directly, not through the shop's own domain");
    }
    if (!website.storefront_events && conf.storefront_events == NGX_CONF_UNSET &&
        website.organization_id.empty() && conf.datastream_id != nullptr) {
        report(cf, NGX_LOG_WARN, website.server_name,
               "storefront events stay off, because there is a datastream ID but no organization ID: set "
               "\"aep_organization_id\" in the http block");
    }
}

char* make_website(ngx_conf_t* cf, ServerConf& conf, bool has_own_sdk_name) {
    auto* main = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_aep_module));
    auto* website = ngx::make<Website>(cf->pool);
    if (website == nullptr) {
        return failed();
    }
    website->server_name = server_label(cf);
    fill(*website, *main, conf);
    website->storefront_events =
        conf.storefront_events == NGX_CONF_UNSET
            ? !website->organization_id.empty() && storefront_events_by_default(conf, has_own_sdk_name)
            : conf.storefront_events != 0;
    if (website->storefront_events &&
        (!check_storefront_events(cf, *website) || !check_first_party_id(cf, *website))) {
        return failed();
    }
    give_notices(cf, *website, conf);
    main->has_storefront |= website->storefront_events ? 1 : 0;
    if (website->storefront_events) {
        if (main->websites == nullptr) {
            main->websites = ngx::make<WebsiteList>(cf->pool);
        }
        if (main->websites == nullptr) {
            return failed();
        }
        main->websites->push_back(website);
    }
    main->has_gateway |= website->storefront_events && !website->gateway_path.empty() ? 1 : 0;
    conf.website = website;
    return NGX_CONF_OK;
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
    conf->default_consent = NGX_CONF_UNSET_UINT;
    conf->global_privacy_control = NGX_CONF_UNSET;
    conf->client_ip = NGX_CONF_UNSET_UINT;
    conf->answer_timeout = NGX_CONF_UNSET_MSEC;
    conf->connect_timeout = NGX_CONF_UNSET_MSEC;
    conf->timeout = NGX_CONF_UNSET_MSEC;
    conf->connections = NGX_CONF_UNSET_UINT;
    conf->http2 = NGX_CONF_UNSET;
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
    return conf;
}

char* merge_location_conf(ngx_conf_t*, void* parent_data, void* child_data) noexcept {
    const auto& parent = *static_cast<const LocationConf*>(parent_data);
    auto& child = *static_cast<LocationConf*>(child_data);
    ngx_conf_merge_ptr_value(child.inject, parent.inject, nullptr);
    ngx_conf_merge_ptr_value(child.scope, parent.scope, nullptr);
    ngx_conf_merge_uint_value(child.tag_place, parent.tag_place, LocationConf::kHeadStart);
    return NGX_CONF_OK;
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
    const ServerConf& conf = *server_conf(request);
    const Website& website = *conf.website;
    if (!website.datastream_has_variables) {
        return website.datastream_id;
    }
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

}  // namespace aep::settings
