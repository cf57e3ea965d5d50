#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <vector>

#include "authentication/key_ring.hpp"
#include "authentication/public_key.hpp"
#include "authentication/token_list.hpp"
#include "queue/amqp/backend.hpp"
#include "settings/credentials.hpp"
#include "settings/runtime.hpp"
#include "settings/website.hpp"

extern "C" ngx_module_t ngx_http_aep_module;

namespace aep::settings {

using WebsiteList = std::vector<Website*>;

/// The http block's part. Standard layout: nginx writes into it by offset.
struct MainConf {
    ngx_str_t organization_id;
    ngx_flag_t queue_is_set;
    ngx_flag_t queue_directory_is_chosen;          ///< it, or that there is none
    ngx_str_t queue_directory;                     ///< empty: none
    const queue::amqp::Settings* broker;           ///< whose queue all nodes share; null: none
    queue::amqp::MakeBackend make_broker_backend;  ///< null: the module for it is not loaded
    off_t queue_max_size;                          ///< bytes; 0: the default
    time_t queue_max_age;                          ///< seconds; 0: the default
    ngx_flag_t queue_min_free_is_set;
    off_t queue_min_free;              ///< bytes
    ngx_int_t queue_min_free_percent;  ///< instead of them
    const Credentials* credentials;    ///< of aep_edge_credentials; null: none
    ngx_flag_t needs_engines;          ///< some website has a gateway, or back office events
    ngx_flag_t has_storefront;         ///< some website has storefront events
    WebsiteList* websites;             ///< those with storefront or back office events; null: none
    Runtime runtime;

    /// Whether there is a queue; the directory must have been chosen.
    [[nodiscard]] bool keeps_events() const noexcept { return broker != nullptr || queue_directory.len != 0; }
};

/// A server block's part: as written, until merge_server_conf() makes a Website of it.
struct ServerConf {
    ngx_http_complex_value_t* datastream_id;
    ngx_http_complex_value_t* public_host;  ///< null: that of the request
    ngx_str_t web_sdk_name;
    ngx_array_t* web_sdk_datastreams;  ///< of ngx_str_t
    ngx_str_t web_sdk_options;         ///< compact JSON
    ngx_flag_t storefront_events;
    ngx_uint_t page_view;   ///< 1: auto
    ngx_uint_t data_layer;  ///< DataLayerUse
    ngx_str_t data_layer_name;
    ngx_str_t data_layer_sku;
    ngx_str_t data_layer_currency;
    ngx_flag_t data_layer_schema;
    ngx_uint_t default_consent;  ///< DefaultConsent
    ngx_str_t opt_out_cookie;
    ngx_flag_t global_privacy_control;
    ngx_uint_t client_ip;           ///< ClientIp
    ngx_str_t first_party_id;       ///< the cookie's name; empty: off
    time_t first_party_id_max_age;  ///< 0: the default
    ngx_str_t edge;                 ///< normal base URL
    ngx_msec_t answer_timeout;
    ngx_msec_t connect_timeout;
    ngx_msec_t timeout;
    ngx_uint_t connections;
    ngx_flag_t http2;
    ngx_str_t proxy;
    ngx_str_t trusted_certificate;
    ngx_str_t sdk_path;      ///< from the location with aep_sdk
    ngx_str_t gateway_path;  ///< from the location with aep_gateway
    ngx_flag_t back_office_events;
    ngx_flag_t back_office_profile_events;
    ngx_str_t back_office_profile_datastream;
    ngx_str_t back_office_labels;  ///< the file's content
    std::vector<CommerceStore>* commerce_stores;
    ngx_flag_t has_back_office;  ///< a location has aep_back_office
    const Website* website;      ///< null until merged
    Runtime runtime;
};

/// aep_commerce_scope: each part may hold variables; null where it is not set.
struct CommerceScopeConf {
    ngx_http_complex_value_t* environment;
    ngx_http_complex_value_t* website;
    ngx_http_complex_value_t* store;
    ngx_http_complex_value_t* store_view;
};

/// Who may send back office documents to a location.
struct BackOfficeAccess {
    ngx_flag_t is_open;                       ///< aep_back_office_token off: nginx's own access rules decide
    const authentication::TokenList* tokens;  ///< null: none open it
    const authentication::PublicKey* public_key;  ///< of Adobe Commerce; null: none
    const authentication::KeyRing* event_keys;    ///< of Adobe I/O Events; null: none
    ngx_str_t event_client_id;                    ///< that its events are for; empty: for any

    [[nodiscard]] bool checks_signatures() const noexcept {
        return public_key != nullptr || event_keys != nullptr;
    }
    [[nodiscard]] bool is_configured() const noexcept {
        return is_open == 1 || tokens != nullptr || checks_signatures();
    }
};

/// A location's part. Trivial: a shop may have hundreds of locations.
struct LocationConf {
    static constexpr ngx_uint_t kHeadStart = 0;
    static constexpr ngx_uint_t kHeadEnd = 1;

    ngx_http_complex_value_t* inject;
    CommerceScopeConf* scope;
    ngx_uint_t tag_place;       ///< kHeadStart or kHeadEnd
    ngx_str_t tag;              ///< rendered when the configuration was read; empty: there is none
    ngx_uint_t tag_version;     ///< of `tag`, for validators
    ngx_flag_t tag_varies;      ///< it holds variables and is rendered for each page
    ngx_flag_t is_back_office;  ///< it stands with aep_back_office
    BackOfficeAccess back_office_access;
    ngx_flag_t is_status;                            ///< it stands with aep_status
    const authentication::TokenList* status_tokens;  ///< who may change something there; null: nobody
};

inline MainConf* main_conf(ngx_http_request_t* request) noexcept {
    return static_cast<MainConf*>(ngx_http_get_module_main_conf(request, ngx_http_aep_module));
}

inline ServerConf* server_conf(ngx_http_request_t* request) noexcept {
    return static_cast<ServerConf*>(ngx_http_get_module_srv_conf(request, ngx_http_aep_module));
}

inline LocationConf* location_conf(ngx_http_request_t* request) noexcept {
    return static_cast<LocationConf*>(ngx_http_get_module_loc_conf(request, ngx_http_aep_module));
}

// nginx's hooks. A failed one logs what an operator has to do.
void* create_main_conf(ngx_conf_t* cf) noexcept;
char* finish_main_conf(ngx_conf_t* cf, void* conf) noexcept;  ///< before the server blocks are merged
void* create_server_conf(ngx_conf_t* cf) noexcept;
char* merge_server_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

/// What a location directive says of its website: the path under which the location answers. Refuses
/// anything but a plain prefix location, and a second one in the same server block.
char* claim_location(ngx_conf_t* cf, ngx_str_t ServerConf::*path) noexcept;

/// What aep_back_office says of its website.
char* claim_back_office(ngx_conf_t* cf) noexcept;

/// What aep_status says of its location.
char* claim_status(ngx_conf_t* cf) noexcept;

/// Whether aep_inject allows the tag for some request: it is not just "off".
bool may_inject(const LocationConf& conf) noexcept;

/// Whether aep_inject allows the tag for this request.
bool may_inject(ngx_http_request_t* request, const LocationConf& conf) noexcept;

/// What browsers call the website: aep_public_host; the request's own host, without the port, where that is not set or
/// gives none.
std::string_view public_host(ngx_http_request_t* request) noexcept;

/// The website's datastream ID for this request, evaluated and checked; empty when there is none or it is
/// wrong (then logged once a second).
std::string_view datastream_id(ngx_http_request_t* request) noexcept;

/// The same for back office events, which have no Web SDK to name one.
std::string_view back_office_datastream_id(ngx_http_request_t* request) noexcept;

/// aep_commerce_scope's environment for this request; may be empty.
std::string_view commerce_environment(ngx_http_request_t* request) noexcept;

}  // namespace aep::settings
