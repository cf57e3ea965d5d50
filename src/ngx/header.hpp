#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

namespace aep::ngx {

/// Adds a response header; null without memory. `name` and `value` must live as long as the request (literals,
/// pool memory).
inline ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name,
                                   std::string_view value) noexcept {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_out.headers));
    if (header == nullptr) {
        return nullptr;
    }
    *header = {};  // also `next`, which nginx has since 1.23
    header->hash = 1;
    header->key = {name.size(), const_cast<u_char*>(reinterpret_cast<const u_char*>(name.data()))};
    header->value = {value.size(), const_cast<u_char*>(reinterpret_cast<const u_char*>(value.data()))};
    return header;
}

/// The name of a request's header, in lower case.
inline std::string_view lower_name(const ngx_table_elt_t& header) noexcept {
    return {reinterpret_cast<const char*>(header.lowcase_key), header.key.len};
}

/// Calls `visit(ngx_table_elt_t&)` for each header of a list that is not deleted, until it returns false.
template <typename Visit>
void for_each_header(ngx_list_t& list, Visit&& visit) {
    for (ngx_list_part_t* part = &list.part; part != nullptr; part = part->next) {
        auto* headers = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (headers[i].hash != 0 && !visit(headers[i])) {
                return;
            }
        }
    }
}

}  // namespace aep::ngx
