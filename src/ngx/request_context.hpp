#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>

extern "C" ngx_module_t ngx_http_aep_module;

namespace aep::ngx {

/// What the module keeps for a request, in its one slot of r->ctx. The rooms derive their own from it.
struct RequestContext {
    enum class Room : std::uint8_t { page, gateway, back_office, status };
    Room room;
};

/// The context of one room, or null when the request has none or another room's.
template <typename Context>
Context* context(ngx_http_request_t* request) noexcept {
    auto* base = static_cast<RequestContext*>(ngx_http_get_module_ctx(request, ngx_http_aep_module));
    return base != nullptr && base->room == Context::kRoom ? static_cast<Context*>(base) : nullptr;
}

inline void set_context(ngx_http_request_t* request, RequestContext* context) noexcept {
    request->ctx[ngx_http_aep_module.ctx_index] = context;
}

}  // namespace aep::ngx
