#include "ngx/ngx.hpp"

#include "ngx/response.hpp"

#include <algorithm>

#include "ngx/header.hpp"
#include "ngx/string.hpp"

namespace aep::ngx {
namespace {

bool fits_into_a_line(std::string_view value) noexcept {
    constexpr std::string_view kEnds("\r\n\0", 3);
    return value.find_first_of(kEnds) == std::string_view::npos;
}

/// `data` is null without memory.
ngx_str_t stored(ngx_pool_t* pool, std::string_view text, Storage storage) noexcept {
    return storage == Storage::lasting ? unowned(text) : copy(pool, text);
}

/// False without memory.
bool describe(ngx_http_request_t* request, const Response& response) noexcept {
    auto& out = request->headers_out;
    out.status = response.status;
    out.content_length_n = static_cast<off_t>(response.body.size());
    if (response.body.empty() || !fits_into_a_line(response.content_type)) {
        return true;
    }
    out.content_type = stored(request->pool, response.content_type, response.storage);
    out.content_type_len = std::min(response.content_type.find(';'), response.content_type.size());
    out.content_type_lowcase = nullptr;
    return out.content_type.data != nullptr;
}

/// Null without memory.
ngx_buf_t* buffer_of(ngx_http_request_t* request, const Response& response) noexcept {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    const ngx_str_t bytes = stored(request->pool, response.body, response.storage);
    if (buffer == nullptr || bytes.data == nullptr) {
        return nullptr;
    }
    buffer->start = bytes.data;
    buffer->pos = bytes.data;
    buffer->last = bytes.data + bytes.len;
    buffer->end = buffer->last;
    buffer->memory = 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    return buffer;
}

}  // namespace

bool add_copied_header(ngx_http_request_t* request, std::string_view name, std::string_view value) noexcept {
    if (!fits_into_a_line(value)) {
        return true;
    }
    const ngx_str_t kept_name = copy(request->pool, name);
    const ngx_str_t kept_value = copy(request->pool, value);
    return kept_name.data != nullptr && kept_value.data != nullptr &&
           add_header(request, view(kept_name), view(kept_value)) != nullptr;
}

ngx_int_t send_response(ngx_http_request_t* request, const Response& response) noexcept {
    if (!describe(request, response)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (response.body.empty()) {
        request->header_only = 1;
        return ngx_http_send_header(request);
    }
    ngx_buf_t* buffer = buffer_of(request, response);
    if (buffer == nullptr) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) {
        return result;
    }
    ngx_chain_t out{buffer, nullptr};
    return ngx_http_output_filter(request, &out);
}

}  // namespace aep::ngx
