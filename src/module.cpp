#include "ngx/ngx.hpp"

#include <array>
#include <cstddef>

#include "backoffice/back_office_handler.hpp"
#include "backoffice/documents.hpp"
#include "backoffice/intake.hpp"
#include "delivery/queue_directory.hpp"
#include "delivery/worker.hpp"
#include "gateway/address_limit.hpp"
#include "gateway/gateway_handler.hpp"
#include "gateway/transfers.hpp"
#include "gateway/variables.hpp"
#include "ngx/guard.hpp"
#include "ngx/layout.hpp"
#include "ngx/string.hpp"
#include "page/conditional_requests.hpp"
#include "page/page_filter.hpp"
#include "page/page_tag.hpp"
#include "page/warnings.hpp"
#include "page/worker_state.hpp"
#include "sdk/bundle.hpp"
#include "sdk/sdk_handler.hpp"
#include "settings/configuration.hpp"
#include "settings/setters.hpp"
#include "settings/words.hpp"
#include "shared/zone.hpp"
#include "status/operations.hpp"
#include "status/sampler.hpp"
#include "status/status_handler.hpp"
#include "status/summary.hpp"
#include "status/websites.hpp"

// What the module is to nginx: its directives and variables, and where each room is plugged in.

namespace {

using aep::backoffice::Intake;
using aep::delivery::Worker;
using aep::gateway::Transfers;
using aep::ngx::unowned;
using aep::page::WorkerState;
using aep::settings::LocationConf;
using aep::settings::MainConf;
using aep::settings::ServerConf;
using aep::shared::Zone;
using aep::status::Operations;
using aep::status::Sampler;

// ---- rooms that answer requests ----

/// `claimed`: what the settings say of the location.
char* plug_in(ngx_conf_t* cf, char* claimed, ngx_http_handler_pt handler) noexcept {
    if (claimed == NGX_CONF_OK) {
        auto* core = static_cast<ngx_http_core_loc_conf_t*>(
            ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
        core->handler = handler;
    }
    return claimed;
}

char* plug_in_sdk(ngx_conf_t* cf, ngx_command_t*, void*) noexcept {
    return plug_in(cf, aep::settings::claim_location(cf, &ServerConf::sdk_path), aep::sdk::handle_sdk);
}

char* plug_in_gateway(ngx_conf_t* cf, ngx_command_t*, void*) noexcept {
    return plug_in(cf, aep::settings::claim_location(cf, &ServerConf::gateway_path),
                   aep::gateway::handle_gateway);
}

char* plug_in_back_office(ngx_conf_t* cf, ngx_command_t*, void*) noexcept {
    return plug_in(cf, aep::settings::claim_back_office(cf), aep::backoffice::handle_back_office);
}

char* plug_in_status(ngx_conf_t* cf, ngx_command_t*, void*) noexcept {
    return plug_in(cf, aep::settings::claim_status(cf), aep::status::handle_status);
}

// ---- directives ----

constexpr ngx_uint_t kHttp = NGX_HTTP_MAIN_CONF;
constexpr ngx_uint_t kServer = NGX_HTTP_SRV_CONF;
constexpr ngx_uint_t kLocation = NGX_HTTP_LOC_CONF;

// Each with its arguments and where it may stand; docs/directives.md says what it is for.
ngx_command_t directives[] = {
    {unowned("aep_organization_id"), kHttp | NGX_CONF_TAKE1, aep::settings::set_organization_id,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {unowned("aep_datastream_id"), kServer | NGX_CONF_TAKE1, aep::settings::set_datastream_id,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_public_host"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_public_host,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_web_sdk_name"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_web_sdk_name,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_web_sdk_datastreams"), kHttp | kServer | NGX_CONF_1MORE,
     aep::settings::set_web_sdk_datastreams, NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_web_sdk_options"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_web_sdk_options,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_storefront_events"), kHttp | kServer | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, storefront_events), nullptr},
    {unowned("aep_page_view"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_word,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, page_view), aep::settings::page_view_words},
    {unowned("aep_data_layer"), kHttp | kServer | NGX_CONF_1MORE, aep::settings::set_data_layer,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_inject"), kHttp | kServer | kLocation | NGX_CONF_TAKE1, aep::settings::set_inject,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_tag_place"), kHttp | kServer | kLocation | NGX_CONF_TAKE1, aep::settings::set_word,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(LocationConf, tag_place), aep::settings::place_words},
    {unowned("aep_commerce_scope"), kHttp | kServer | kLocation | NGX_CONF_1MORE,
     aep::settings::set_commerce_scope, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_default_consent"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_word,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, default_consent), aep::settings::consent_words},
    {unowned("aep_opt_out_cookie"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_opt_out_cookie,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_global_privacy_control"), kHttp | kServer | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, global_privacy_control), nullptr},
    {unowned("aep_client_ip"), kHttp | kServer | NGX_CONF_TAKE1, aep::settings::set_word,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, client_ip), aep::settings::client_ip_words},
    {unowned("aep_first_party_id"), kHttp | kServer | NGX_CONF_TAKE123, aep::settings::set_first_party_id,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_edge"), kHttp | kServer | NGX_CONF_1MORE, aep::settings::set_edge, NGX_HTTP_SRV_CONF_OFFSET,
     0, nullptr},
    {unowned("aep_edge_trusted_certificate"), kHttp | kServer | NGX_CONF_TAKE1,
     aep::settings::set_edge_trusted_certificate, NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_edge_credentials"), kHttp | NGX_CONF_TAKE1, aep::settings::set_edge_credentials,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {unowned("aep_queue"), kHttp | NGX_CONF_1MORE, aep::settings::set_queue, NGX_HTTP_MAIN_CONF_OFFSET, 0,
     nullptr},
    {unowned("aep_sdk"), kLocation | NGX_CONF_NOARGS, plug_in_sdk, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_gateway"), kLocation | NGX_CONF_NOARGS, plug_in_gateway, NGX_HTTP_LOC_CONF_OFFSET, 0,
     nullptr},
    {unowned("aep_back_office"), kLocation | NGX_CONF_NOARGS, plug_in_back_office, NGX_HTTP_LOC_CONF_OFFSET,
     0, nullptr},
    {unowned("aep_back_office_events"), kHttp | kServer | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_SRV_CONF_OFFSET, offsetof(ServerConf, back_office_events), nullptr},
    {unowned("aep_back_office_profile_events"), kHttp | kServer | NGX_CONF_TAKE12,
     aep::settings::set_back_office_profile_events, NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_back_office_token"), kHttp | kServer | kLocation | NGX_CONF_TAKE1,
     aep::settings::set_back_office_token, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_back_office_public_key"), kHttp | kServer | kLocation | NGX_CONF_TAKE1,
     aep::settings::set_back_office_public_key, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_back_office_event_keys"), kHttp | kServer | kLocation | NGX_CONF_TAKE12,
     aep::settings::set_back_office_event_keys, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {unowned("aep_back_office_labels"), kHttp | kServer | NGX_CONF_TAKE1,
     aep::settings::set_back_office_labels, NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_commerce_store"), kHttp | kServer | NGX_CONF_2MORE, aep::settings::set_commerce_store,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {unowned("aep_status"), kLocation | NGX_CONF_NOARGS, plug_in_status, NGX_HTTP_LOC_CONF_OFFSET, 0,
     nullptr},
    {unowned("aep_status_token"), kHttp | kServer | kLocation | NGX_CONF_TAKE1,
     aep::settings::set_status_token, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_str_t{}, 0, nullptr, 0, 0, nullptr},
};

// ---- configuration and processes ----

char* merge_server(ngx_conf_t* cf, void* parent, void* child) noexcept {
    char* result = aep::settings::merge_server_conf(cf, parent, child);
    return result == NGX_CONF_OK ? aep::backoffice::prepare_documents(cf, *static_cast<ServerConf*>(child))
                                 : result;
}

char* merge_location(ngx_conf_t* cf, void* parent, void* child) noexcept {
    char* result = aep::settings::merge_location_conf(cf, parent, child);
    if (result != NGX_CONF_OK) {
        return result;
    }
    return aep::page::prepare_tag(cf, *static_cast<const LocationConf*>(parent),
                                  *static_cast<LocationConf*>(child));
}

ngx_int_t finish_configuration(ngx_conf_t* cf) noexcept {
    auto* main = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_aep_module));
    if (aep::gateway::make_address_limit(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    if (main->websites == nullptr) {
        return NGX_OK;
    }
    if (!aep::ngx::structures_fit(cf)) {
        return NGX_ERROR;
    }
    main->runtime.set(aep::shared::Zone::add(cf));
    if (main->runtime.get<Zone>() == nullptr || !aep::delivery::choose_queue_directory(cf, *main)) {
        return NGX_ERROR;
    }
    if (main->has_storefront == 0) {
        return NGX_OK;
    }
    aep::page::warn_of_filter_order(cf);
    aep::page::install_filters();
    auto* core =
        static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const auto add = [core](ngx_uint_t phase, ngx_http_handler_pt added) {
        auto* handler = static_cast<ngx_http_handler_pt*>(ngx_array_push(&core->phases[phase].handlers));
        if (handler != nullptr) {
            *handler = added;
        }
        return handler != nullptr;
    };
    return add(NGX_HTTP_PREACCESS_PHASE, aep::page::translate_conditions) &&
                   add(NGX_HTTP_LOG_PHASE, aep::status::count_page)
               ? NGX_OK
               : NGX_ERROR;
}

bool has_storefront(ngx_conf_t* cf) noexcept {
    const auto* main = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_aep_module));
    return main->has_storefront != 0;
}

ngx_int_t finish_encoding_module(ngx_conf_t* cf) noexcept {
    if (has_storefront(cf)) {
        aep::page::install_encoding_filter();
    }
    return NGX_OK;
}

ngx_int_t finish_condition_module(ngx_conf_t* cf) noexcept {
    if (has_storefront(cf)) {
        aep::page::install_condition_filter();
        aep::page::install_first_filter();
    }
    return NGX_OK;
}

MainConf* main_conf_of(volatile ngx_cycle_t* cycle) noexcept {
    auto* http = reinterpret_cast<ngx_http_conf_ctx_t*>(cycle->conf_ctx[ngx_http_module.index]);
    return http == nullptr ? nullptr : static_cast<MainConf*>(http->main_conf[ngx_http_aep_module.ctx_index]);
}

void name_sdk_file(ngx_log_t* log) noexcept {
    const ngx_str_t hash = unowned(aep::sdk::bundle().hash);
    const ngx_str_t integrity = unowned(aep::sdk::bundle().integrity);
    ngx_log_error(
        NGX_LOG_NOTICE, log, 0,
        "aep: the SDK file is %V.js; a Content-Security-Policy that works with hashes lists it as '%V'",
        &hash, &integrity);
}

/// In single process mode a reload makes a new configuration in the same process: the engine goes on.
ngx_int_t start_configuration(ngx_cycle_t* cycle) noexcept {
    MainConf* main = main_conf_of(cycle);
    if (main != nullptr && main->has_storefront != 0 && ngx_test_config == 0) {
        name_sdk_file(cycle->log);
    }
    if (main != nullptr && main->runtime.get<Zone>() != nullptr) {
        aep::ngx::guarded(
            cycle->log, "the names of the websites", [] {},
            [&] { aep::status::name_websites(*main->websites, *main->runtime.get<Zone>()); });
        if (ngx_test_config == 0) {
            aep::ngx::guarded(
                cycle->log, "the summary of the websites", [] {},
                [&] { aep::status::log_summary(cycle->log, *main); });
        }
    }
    if (main != nullptr && main->needs_engines != 0 &&
        aep::delivery::prepare_queue_directory(cycle, *main) != NGX_OK) {
        return NGX_ERROR;
    }
    if (ngx_process == NGX_PROCESS_SINGLE && !ngx_is_init_cycle(ngx_cycle) && main != nullptr) {
        const MainConf* before = main_conf_of(ngx_cycle);
        if (before != nullptr) {
            main->runtime.set(before->runtime.get<Worker>());
            main->runtime.set(before->runtime.get<Transfers>());
            main->runtime.set(before->runtime.get<Intake>());
            main->runtime.set(before->runtime.get<Operations>());
            main->runtime.set(before->runtime.get<Sampler>());
            if (before->runtime.get<Zone>() != nullptr && main->runtime.get<Zone>() != nullptr) {
                main->runtime.get<Zone>()->set_worker(before->runtime.get<Zone>()->worker());
            }
        }
    }
    return NGX_OK;
}

void start_sending(ngx_log_t* log, MainConf& main) {
    Zone& zone = *main.runtime.get<Zone>();
    aep::status::enter(zone);
    auto worker = Worker::start(log, zone, Worker::settings_of(main));
    if (worker != nullptr) {
        main.runtime.set(new Transfers(*worker, zone));
        main.runtime.set(new Intake(*worker, zone));
        main.runtime.set(new Operations(*worker, zone));
        main.runtime.set(new Sampler(*worker, zone));
        main.runtime.set(worker.release());
    }
}

/// Never NGX_ERROR: nginx's master does not start such a worker again.
ngx_int_t start_worker(ngx_cycle_t* cycle) noexcept {
    const bool serves = ngx_process == NGX_PROCESS_WORKER || ngx_process == NGX_PROCESS_SINGLE;
    MainConf* main = main_conf_of(cycle);
    if (serves && main != nullptr && main->needs_engines != 0 && main->runtime.get<Zone>() != nullptr) {
        aep::ngx::guarded(
            cycle->log, "the start of the gateway", [] {}, [&] { start_sending(cycle->log, *main); });
    }
    return NGX_OK;
}

void stop_worker(ngx_cycle_t* cycle) noexcept {
    MainConf* main = main_conf_of(cycle);
    if (main == nullptr) {
        return;
    }
    // What a thread that is stuck works with must stay.
    delete main->runtime.get<Sampler>();
    if (auto* worker = main->runtime.get<Worker>(); worker != nullptr && worker->stop()) {
        delete main->runtime.get<Operations>();
        delete main->runtime.get<Intake>();
        delete main->runtime.get<Transfers>();
        delete worker;
    }
    if (auto* zone = main->runtime.get<Zone>(); zone != nullptr) {
        Sampler::leave(*zone);
    }
    main->runtime.set<Sampler>(nullptr);
    main->runtime.set<Operations>(nullptr);
    main->runtime.set<Intake>(nullptr);
    main->runtime.set<Transfers>(nullptr);
    main->runtime.set<Worker>(nullptr);
    // Requests that are still there end with the process: nobody gives a block back any more.
    delete main->runtime.get<WorkerState>();
    main->runtime.set<WorkerState>(nullptr);
}

ngx_http_module_t http_module = {
    aep::gateway::add_variables,         finish_configuration,
    aep::settings::create_main_conf,     aep::settings::finish_main_conf,
    aep::settings::create_server_conf,   merge_server,
    aep::settings::create_location_conf, merge_location,
};

// nginx runs a header filter where its module stands in the list of modules, so each of the two that are not
// beside the main one needs a module of its own. `config` says where they stand.
ngx_http_module_t encoding_http_module = {
    nullptr, finish_encoding_module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
};

ngx_http_module_t condition_http_module = {
    nullptr, finish_condition_module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
};

}  // namespace

extern "C" {

ngx_module_t ngx_http_aep_module = {
    NGX_MODULE_V1,
    &http_module,
    directives,
    NGX_HTTP_MODULE,
    nullptr,              // init_master
    start_configuration,  // init_module
    start_worker,         // init_process
    nullptr,              // init_thread
    nullptr,              // exit_thread
    stop_worker,          // exit_process
    nullptr,              // exit_master
    NGX_MODULE_V1_PADDING,
};

/// Behind the filters that compress.
ngx_module_t ngx_http_aep_encoding_module = {
    NGX_MODULE_V1, &encoding_http_module,
    nullptr,       NGX_HTTP_MODULE,
    nullptr,       nullptr,
    nullptr,       nullptr,
    nullptr,       nullptr,
    nullptr,       NGX_MODULE_V1_PADDING,
};

/// In front of all filters of the header.
ngx_module_t ngx_http_aep_condition_module = {
    NGX_MODULE_V1, &condition_http_module,
    nullptr,       NGX_HTTP_MODULE,
    nullptr,       nullptr,
    nullptr,       nullptr,
    nullptr,       nullptr,
    nullptr,       NGX_MODULE_V1_PADDING,
};
}
