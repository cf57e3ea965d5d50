#include "ngx/ngx.hpp"

#include "gateway/variables.hpp"

#include <string_view>

#include "gateway/address_limit.hpp"
#include "gateway/live_request.hpp"
#include "ngx/string.hpp"
#include "page/page_filter.hpp"

namespace aep::gateway {
namespace {

using Reader = std::string_view (*)(ngx_http_request_t*);

template <Reader Read>
ngx_int_t get_variable(ngx_http_request_t* request, ngx_http_variable_value_t* value, uintptr_t) noexcept {
    const std::string_view text = Read(request);
    const ngx_str_t kept = text.empty() ? ngx_str_t{} : ngx::copy(request->pool, text);
    value->not_found = kept.data == nullptr ? 1 : 0;
    value->valid = kept.data == nullptr ? 0 : 1;
    value->no_cacheable = 0;
    value->len = static_cast<unsigned>(kept.len & 0x0fffffffU);  // nginx has 28 bits for it
    value->data = kept.data;
    return NGX_OK;
}

template <std::string_view (LiveRequest::*Read)() const noexcept>
std::string_view of_live_request(ngx_http_request_t* request) noexcept {
    const auto* live = ngx::context<LiveRequest>(request);
    return live == nullptr ? std::string_view{} : (live->*Read)();
}

// Not cacheable by nginx: each of them changes while the request is handled.
constexpr ngx_uint_t kChanges = NGX_HTTP_VAR_NOCACHEABLE;

ngx_http_variable_t variables[] = {
    {ngx::unowned("aep_tag"), nullptr, get_variable<page::tag_outcome>, 0, kChanges, 0},
    {ngx::unowned("aep_address_key"), nullptr, get_variable<address_key>, 0, 0, 0},
    {ngx::unowned("aep_event_types"), nullptr, get_variable<of_live_request<&LiveRequest::event_types>>, 0,
     kChanges, 0},
    {ngx::unowned("aep_outcome"), nullptr, get_variable<of_live_request<&LiveRequest::outcome>>, 0, kChanges,
     0},
    {ngx::unowned("aep_edge_time"), nullptr, get_variable<of_live_request<&LiveRequest::edge_time>>, 0,
     kChanges, 0},
    {ngx::unowned("aep_request_id"), nullptr, get_variable<of_live_request<&LiveRequest::request_id>>, 0,
     kChanges, 0},
};

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) noexcept {
    for (ngx_http_variable_t& each : variables) {
        ngx_http_variable_t* variable = ngx_http_add_variable(cf, &each.name, each.flags);
        if (variable == nullptr) {
            return NGX_ERROR;
        }
        variable->get_handler = each.get_handler;
        variable->data = each.data;
    }
    return NGX_OK;
}

}  // namespace aep::gateway
