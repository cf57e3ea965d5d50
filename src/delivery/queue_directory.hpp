#pragma once

#include "ngx/ngx.hpp"

#include <optional>
#include <vector>

#include "delivery/queue_client.hpp"
#include "delivery/routes.hpp"
#include "settings/configuration.hpp"

namespace aep::delivery {

/// Where the queue is when aep_queue does not say: beside nginx's temporary files for request bodies. When the
/// configuration has been read. False without memory.
bool choose_queue_directory(ngx_conf_t* cf, settings::MainConf& main) noexcept;

/// In the master: makes the directory fit for the workers, or checks it for `nginx -t`. NGX_ERROR when nginx must not
/// start with it. A reload goes on without a queue where it cannot be used, after an alert.
ngx_int_t prepare_queue_directory(ngx_cycle_t* cycle, settings::MainConf& main) noexcept;

/// What a worker's queue is started with; nothing when it is off.
std::optional<QueueClient::Settings> queue_settings(const settings::MainConf& main,
                                                    const std::vector<Route>& routes);

}  // namespace aep::delivery
