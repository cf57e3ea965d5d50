#include "ngx/ngx.hpp"

#include "settings/website_maker.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "ngx/log.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
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

BackOffice back_office_of(const ServerConf& conf) {
    BackOffice back_office;
    back_office.events = conf.back_office_events != 0;
    back_office.profile_events = conf.back_office_profile_events != 0;
    if (conf.datastream_id != nullptr) {
        back_office.datastream_has_variables = conf.datastream_id->lengths != nullptr;
        back_office.datastream_id =
            back_office.datastream_has_variables ? "" : text(conf.datastream_id->value);
    }
    back_office.profile_datastream_id = text(conf.back_office_profile_datastream);
    if (conf.commerce_stores != nullptr) {
        back_office.stores = *conf.commerce_stores;
    }
    back_office.labels = text(conf.back_office_labels);
    return back_office;
}

DataLayer data_layer_of(const ServerConf& conf) {
    DataLayer data_layer;
    data_layer.use = static_cast<DataLayerUse>(conf.data_layer);
    data_layer.name = text(conf.data_layer_name);
    data_layer.sku = text(conf.data_layer_sku);
    data_layer.currency = text(conf.data_layer_currency);
    data_layer.structured_data = conf.data_layer_schema != 0;
    return data_layer;
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
    website.data_layer = data_layer_of(conf);
    website.default_consent = static_cast<DefaultConsent>(conf.default_consent);
    website.opt_out_cookie = text(conf.opt_out_cookie);
    website.global_privacy_control = conf.global_privacy_control != 0;
    website.client_ip = static_cast<ClientIp>(conf.client_ip);
    website.first_party_id.cookie = text(conf.first_party_id);
    if (conf.first_party_id_max_age != 0) {
        website.first_party_id.max_age = std::chrono::seconds(conf.first_party_id_max_age);
    }
    website.back_office = back_office_of(conf);
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

/// Whether back office events can work as configured; says why not.
bool check_back_office(ngx_conf_t* cf, const Website& website, const MainConf& main, const ServerConf& conf) {
    const char* message = nullptr;
    if (website.back_office.datastream_id.empty() && !website.back_office.datastream_has_variables) {
        message =
            "back office events need a datastream of their own, as no Web SDK names one for them: set "
            "\"aep_datastream_id\" in this server block; Adobe Experience Platform shows it under Data "
            "Collection, Datastreams";
    } else if (main.queue_directory_is_chosen != 0 && !main.keeps_events()) {
        message =
            "back office events are acknowledged once they are safe in the queue, but \"aep_queue\" is off: "
            "give it a directory, or set \"aep_back_office_events off;\"";
    }
    if (message != nullptr) {
        report(cf, NGX_LOG_EMERG, website.server_name, message);
        return false;
    }
    if (conf.has_back_office == 0) {
        report(cf, NGX_LOG_WARN, website.server_name,
               "back office events are on, but no location takes them: add one with \"aep_back_office\"");
    }
    report(
        cf, NGX_LOG_NOTICE, website.server_name,
        "back office events are sent whatever a shopper chose in the browser, as Adobe's own connector does: "
        "set the consent and opt-out policies for them in Adobe Experience Platform");
    return true;
}

void give_notices(ngx_conf_t* cf, const Website& website, const ServerConf& conf) noexcept {
    if (website.defers() && conf.datastream_id != nullptr && !website.back_office.events) {
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

bool note_website(ngx_conf_t* cf, MainConf& main, Website& website) {
    if (main.websites == nullptr) {
        main.websites = ngx::make<WebsiteList>(cf->pool);
    }
    if (main.websites == nullptr) {
        return false;
    }
    main.websites->push_back(&website);
    return true;
}

}  // namespace

char* make_website(ngx_conf_t* cf, ServerConf& conf, bool has_own_sdk_name) {
    auto& main = *static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_aep_module));
    auto* website = ngx::make<Website>(cf->pool);
    if (website == nullptr) {
        return failed();
    }
    website->server_name = server_label(cf);
    fill(*website, main, conf);
    website->storefront_events =
        conf.storefront_events == NGX_CONF_UNSET
            ? !website->organization_id.empty() && storefront_events_by_default(conf, has_own_sdk_name)
            : conf.storefront_events != 0;
    const bool takes_orders = website->back_office.events;
    if ((website->storefront_events &&
         (!check_storefront_events(cf, *website) || !check_first_party_id(cf, *website))) ||
        (takes_orders && !check_back_office(cf, *website, main, conf))) {
        return failed();
    }
    give_notices(cf, *website, conf);
    main.has_storefront |= website->storefront_events ? 1 : 0;
    main.needs_engines |=
        takes_orders || (website->storefront_events && !website->gateway_path.empty()) ? 1 : 0;
    if ((website->storefront_events || takes_orders) && !note_website(cf, main, *website)) {
        return failed();
    }
    conf.website = website;
    return NGX_CONF_OK;
}

}  // namespace aep::settings
