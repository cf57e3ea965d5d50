#pragma once

#include "ngx/ngx.hpp"

#include "settings/configuration.hpp"

namespace aep::settings {

/// Makes the Website of a server block whose settings are merged, and says what is wrong or worth knowing about it.
/// `has_own_sdk_name`: aep_web_sdk_name stands in the block itself. May throw std::bad_alloc.
char* make_website(ngx_conf_t* cf, ServerConf& conf, bool has_own_sdk_name);

}  // namespace aep::settings
