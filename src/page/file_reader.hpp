#pragma once

#include "ngx/ngx.hpp"

namespace aep::page {

/// Whether some filter of this request wants the page in memory.
inline bool needs_memory(const ngx_http_request_t& request) noexcept {
    return request.main_filter_need_in_memory || request.filter_need_in_memory ||
           request.filter_need_temporary;
}

/// Whether files are read by aio in this location: reading the start of one here would block.
bool reads_files_asynchronously(ngx_http_request_t* request) noexcept;

/// Reads file buffers into memory for the filters from `next` on, as nginx's copy filter does. Null without memory.
ngx_output_chain_ctx_t* make_file_reader(ngx_http_request_t* request,
                                         ngx_http_output_body_filter_pt next) noexcept;

/// Passes buffers through the reader; `in` may be null, as for any body filter.
ngx_int_t read_files(ngx_http_request_t* request, ngx_output_chain_ctx_t& reader, ngx_chain_t* in) noexcept;

}  // namespace aep::page
