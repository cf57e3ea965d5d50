#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

namespace aep::gateway {

/// $aep_address_key: what stands for a visitor's address where requests are counted, in the request's pool; empty for
/// those that no visitor from the internet has (protocol::address_key).
std::string_view address_key(ngx_http_request_t* request) noexcept;

/// Makes the zone that `limit_req zone=aep` of website.inc asks for, where the configuration asks and has made none: two
/// IDs shall be enough. To be called when all of the configuration has been read. NGX_ERROR after a message.
ngx_int_t make_address_limit(ngx_conf_t* cf) noexcept;

}  // namespace aep::gateway
