#include "ngx/ngx.hpp"

#include "delivery/queue_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "ngx/guard.hpp"
#include "ngx/log.hpp"
#include "ngx/string.hpp"
#include "queue/consent_store.hpp"
#include "queue/sqlite/backend.hpp"
#include "queue/sqlite/directory.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {
namespace {

constexpr std::string_view kName = "aep-queue";

/// What nginx itself was built with, which our own build may not know: the websites for which nobody has named a path
/// have it, as one that stands in no file. Null where each has its own.
const ngx_path_t* built_in_body_temp_path(ngx_conf_t* cf) noexcept {
    const auto* core = static_cast<const ngx_http_core_main_conf_t*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const auto* servers = static_cast<ngx_http_core_srv_conf_t* const*>(core->servers.elts);
    for (ngx_uint_t i = 0; i < core->servers.nelts; ++i) {
        const auto* location = static_cast<const ngx_http_core_loc_conf_t*>(
            servers[i]->ctx->loc_conf[ngx_http_core_module.ctx_index]);
        const ngx_path_t* path = location->client_body_temp_path;
        if (path != nullptr && path->conf_file == nullptr) {
            return path;
        }
    }
    return nullptr;
}

/// As the http block has it; server blocks may differ.
ngx_str_t body_temp_path(ngx_conf_t* cf) noexcept {
    const auto* core = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    if (core->client_body_temp_path != nullptr) {
        return core->client_body_temp_path->name;
    }
    if (const ngx_path_t* path = built_in_body_temp_path(cf)) {
        return path->name;
    }
    ngx_str_t standard = ngx::unowned(NGX_HTTP_CLIENT_TEMP_PATH);
    return ngx_conf_full_name(cf->cycle, &standard, 0) == NGX_OK ? standard : ngx_str_t{};
}

queue::sqlite::Owner workers_of(const ngx_core_conf_t& core) noexcept {
    const bool changes_user = geteuid() == 0 && core.user != static_cast<ngx_uid_t>(NGX_CONF_UNSET_UINT);
    return changes_user ? queue::sqlite::Owner{core.user, core.group}
                        : queue::sqlite::Owner{geteuid(), getegid()};
}

/// How long a set-consent counts as being sent: until its answer must have come to the queue.
queue::Time claim_time(const settings::MainConf& main) noexcept {
    constexpr queue::Time kWay = 10'000;  // through both threads, and what libcurl may be late
    std::chrono::milliseconds longest_transfer{0};
    for (const settings::Website* website : *main.websites) {
        const settings::Endpoint& endpoint = *website->endpoint;
        longest_transfer = std::max(longest_transfer, endpoint.answer_timeout + endpoint.timeout);
    }
    return std::max(queue::ConsentStore::kClaimTime, longest_transfer.count() + kWay);
}

/// Once, where nobody has chosen the directory.
void warn_of_restarts(const ngx_cycle_t* cycle, const settings::MainConf& main) noexcept {
    if (main.queue_directory_is_chosen != 0 || !ngx_is_init_cycle(cycle->old_cycle)) {
        return;
    }
    ngx::guarded(
        cycle->log, "the queue's directory", [] {},
        [&] {
            const std::string directory(ngx::view(main.queue_directory));
            if (queue::sqlite::is_volatile(directory)) {
                ngx::log(NGX_LOG_WARN, cycle->log,
                         main.broker == nullptr
                             ? "events that wait for Edge are kept in " + directory +
                                   ", which is beside client_body_temp_path and is emptied when the machine "
                                   "restarts: name a directory that stays with aep_queue, such as "
                                   "/var/lib/nginx/aep-queue"
                             : "while the broker is away events are kept in " + directory +
                                   ", which is beside client_body_temp_path and is emptied when the machine "
                                   "restarts: name a directory that stays with spool= of aep_queue, such as "
                                   "/var/lib/nginx/aep-queue");
            }
        });
}

/// Builds of the module that did not know what nginx was built with had the queue at the prefix.
std::string former_directory(ngx_cycle_t* cycle) {
    ngx_str_t path = ngx::unowned(kName);
    if (ngx_conf_full_name(cycle, &path, 0) != NGX_OK) {
        throw std::bad_alloc();
    }
    return std::string(ngx::view(path));
}

const ngx_core_conf_t& core_of(const ngx_cycle_t* cycle) noexcept {
    return *reinterpret_cast<const ngx_core_conf_t*>(ngx_get_conf(cycle->conf_ctx, ngx_core_module));
}

/// Of this nginx; called in one of them.
std::uint32_t worker_processes() noexcept {
    const auto* const cycle = const_cast<const ngx_cycle_t*>(ngx_cycle);
    return static_cast<std::uint32_t>(std::max<ngx_int_t>(core_of(cycle).worker_processes, 1));
}

/// Once: a reload changes nothing about it.
void tell_of_former(const ngx_cycle_t* cycle, ngx_uint_t level, const std::string& line) {
    if (ngx_is_init_cycle(cycle->old_cycle)) {
        ngx::log(level, cycle->log, line);
    }
}

void tell_what_is_left(const ngx_cycle_t* cycle, const std::string& former, const std::string& reason) {
    tell_of_former(cycle, NGX_LOG_WARN,
                   former +
                       " is the queue of an earlier build of this module, and what waits in it is not "
                       "delivered: " +
                       reason + ". Use it with \"aep_queue " + former +
                       ";\" until it is drained, then remove it");
}

/// Where nobody has chosen the directory.
void take_over_former(ngx_cycle_t* cycle, settings::MainConf& main, const std::string& former) {
    const ngx_core_conf_t& core = core_of(cycle);
    const std::string directory(ngx::view(main.queue_directory));
    std::string error;
    using queue::sqlite::Former;
    switch (queue::sqlite::take_over(former, directory, workers_of(core), std::string(ngx::view(core.pid)),
                                     error)) {
        case Former::none:
            break;
        case Former::taken_over:
            ngx::log(NGX_LOG_NOTICE, cycle->log,
                     "the queue of an earlier build, " + former + ", is now " + directory);
            break;
        case Former::in_use:
            main.queue_directory = ngx::copy(cycle->pool, former);
            tell_of_former(cycle, NGX_LOG_WARN,
                           "the queue of an earlier build, " + former +
                               ", stays in use, because another process has it open: it will become " +
                               directory + " when nginx is started again");
            break;
        case Former::left:
            tell_what_is_left(cycle, former, error);
            break;
    }
}

/// What waits where an earlier build had its queue shall not be left behind in silence.
void look_for_former(ngx_cycle_t* cycle, settings::MainConf& main) {
    const std::string former = former_directory(cycle);
    if (main.queue_directory_is_chosen == 0) {
        take_over_former(cycle, main, former);
    } else if (former != ngx::view(main.queue_directory) &&
               queue::sqlite::has_queue(former, std::string(ngx::view(core_of(cycle).pid)))) {
        tell_what_is_left(cycle, former, "aep_queue names another directory");
    }
}

queue::Limits limits_of(const settings::MainConf& main) {
    queue::Limits limits;
    if (main.queue_max_size != 0) {
        limits.max_size = static_cast<std::uint64_t>(main.queue_max_size);
    }
    if (main.queue_max_age != 0) {
        limits.max_age = std::chrono::seconds(main.queue_max_age);
    }
    if (main.queue_min_free_is_set != 0) {
        limits.min_free = static_cast<std::uint64_t>(main.queue_min_free);
        limits.min_free_percent = static_cast<std::uint32_t>(main.queue_min_free_percent);
    }
    return limits;
}

}  // namespace

bool choose_queue_directory(ngx_conf_t* cf, settings::MainConf& main) noexcept {
    if (main.queue_directory_is_chosen != 0) {
        return true;
    }
    return ngx::guarded(
        cf->log, "the queue's directory", [] { return false; },
        [&] {
            std::string_view beside = ngx::view(body_temp_path(cf));
            while (beside.size() > 1 && beside.ends_with('/')) {
                beside.remove_suffix(1);
            }
            const std::string path = std::string(beside.substr(0, beside.rfind('/') + 1)).append(kName);
            main.queue_directory = ngx::copy(cf->pool, path);
            return main.queue_directory.data != nullptr;
        });
}

ngx_int_t prepare_queue_directory(ngx_cycle_t* cycle, settings::MainConf& main) noexcept {
    if (main.queue_directory.len == 0) {
        return NGX_OK;
    }
    if (ngx_test_config == 0) {
        ngx::guarded(
            cycle->log, "the queue of an earlier build", [] {}, [&] { look_for_former(cycle, main); });
    }
    const ngx_core_conf_t& core = core_of(cycle);
    std::string error;
    using queue::sqlite::Fitness;
    const Fitness fitness = ngx::guarded(
        cycle->log, "the queue's directory", [] { return Fitness::spoiled; },
        [&] {
            const std::string directory(ngx::view(main.queue_directory));
            const std::string pid_path(ngx::view(core.pid));
            return ngx_test_config != 0
                       ? queue::sqlite::check_directory(directory, workers_of(core), pid_path, error)
                       : queue::sqlite::prepare_directory(directory, workers_of(core), pid_path, error);
        });
    if (fitness == Fitness::fit) {
        warn_of_restarts(cycle, main);
        return NGX_OK;
    }
    // The shop is worth more than its events: an error here would keep nginx from starting, or end the master when
    // this is a reload. What the workers' user can do must not even fail `nginx -t`, after which services start.
    if (ngx_test_config != 0 && fitness == Fitness::wrong) {
        ngx::log(NGX_LOG_EMERG, cycle->log, error);
        return NGX_ERROR;
    }
    // Without memory there is no string to be made here either.
    const std::string_view said(error);
    const ngx_str_t reason = ngx::unowned(said.empty() ? "the queue's directory cannot be used" : said);
    ngx_log_error(NGX_LOG_ALERT, cycle->log, 0,
                  main.broker == nullptr
                      ? "aep: %V; until the next reload there is no queue, and what Edge does not take is "
                        "refused with 503"
                      : "aep: %V; until the next reload there is no spool, and what neither Edge nor the "
                        "broker takes is refused with 503",
                  &reason);
    main.queue_directory = {};
    return NGX_OK;
}

std::optional<QueueClient::Settings> queue_settings(const settings::MainConf& main,
                                                    const std::vector<Route>& routes) {
    if (!main.keeps_events()) {
        return std::nullopt;
    }
    QueueClient::Settings settings;
    settings.limits = limits_of(main);
    const std::string directory(ngx::view(main.queue_directory));
    if (!directory.empty()) {
        settings.backend = queue::sqlite::make_backend(directory, main.runtime.get<shared::Zone>()->ledger(),
                                                       settings.limits, claim_time(main));
    }
    if (main.broker != nullptr) {
        settings.backend = main.make_broker_backend({.settings = *main.broker,
                                                     .lanes = lanes_of(routes),
                                                     .limits = settings.limits,
                                                     .claim_time = claim_time(main),
                                                     .spool = std::move(settings.backend),
                                                     .workers = worker_processes(),
                                                     .spool_directory = directory});
    }
    settings.limits.websites = count_of_lanes(routes);
    return settings;
}

}  // namespace aep::delivery
