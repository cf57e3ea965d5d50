#include "ngx/ngx.hpp"

#include "status/status_handler.hpp"

namespace aep::status {

ngx_int_t handle_status(ngx_http_request_t*) noexcept {
    return NGX_HTTP_NOT_FOUND;
}

}  // namespace aep::status
