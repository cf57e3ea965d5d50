#pragma once

#include "ngx/ngx.hpp"

#include "settings/configuration.hpp"

namespace aep::status {

/// Says of each website what is on, what is off and why, where its events go and where they wait: one line at "notice". May
/// throw std::bad_alloc.
void log_summary(ngx_log_t* log, const settings::MainConf& main);

}  // namespace aep::status
