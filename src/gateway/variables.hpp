#pragma once

#include "ngx/ngx.hpp"

namespace aep::gateway {

/// Makes nginx's configuration know the module's variables, for logs and "map". NGX_ERROR without memory.
ngx_int_t add_variables(ngx_conf_t* cf) noexcept;

}  // namespace aep::gateway
