#pragma once

#include "ngx/ngx.hpp"

namespace aep::ngx {

/// Whether nginx's structures are laid out here as in the nginx that runs, as far as that can be seen: nginx compares
/// versions and options, but a distribution's patches may add members without changing either. While a configuration is
/// read; false after a message in the log.
bool structures_fit(ngx_conf_t* cf) noexcept;

}  // namespace aep::ngx
