#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

#include "settings/configuration.hpp"

namespace aep::settings {

/// Takes one of the parameters that aep_queue has with a directory and with a broker: max_size=, max_age=, min_free=.
/// False where it is none of them, or its value is wrong.
bool set_queue_parameter(MainConf& conf, std::string_view argument) noexcept;

/// aep_queue with the URL of a broker.
char* set_broker(ngx_conf_t* cf, MainConf& conf) noexcept;

}  // namespace aep::settings
