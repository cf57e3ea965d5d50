#include "ngx/ngx.hpp"

#include "page/byte_range.hpp"

#include <algorithm>
#include <cstddef>

#include "ngx/buffer.hpp"
#include "ngx/header.hpp"
#include "ngx/string.hpp"

extern "C" ngx_module_t ngx_http_range_body_filter_module;

namespace aep::page {

ByteRange ByteRange::take_over(ngx_http_request_t* request) noexcept {
    const auto& out = request->headers_out;
    if (out.status != NGX_HTTP_PARTIAL_CONTENT) {
        return {};
    }
    request->ctx[ngx_http_range_body_filter_module.ctx_index] = nullptr;
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, request->connection->log, 0, "aep page: range of %O bytes at %O",
                   out.content_length_n, out.content_offset);
    const auto begin = static_cast<std::uint64_t>(out.content_offset);
    return {begin, begin + static_cast<std::uint64_t>(out.content_length_n)};
}

void ByteRange::refuse(ngx_http_request_t* request, ngx_int_t error) noexcept {
    auto& out = request->headers_out;
    const ngx_str_t length = out.content_range == nullptr ? ngx_str_t{} : out.content_range->value;
    ngx_http_clean_header(request);
    if (length.data != nullptr) {
        out.content_range = ngx::add_header(request, "Content-Range", ngx::view(length));
    }
    std::fill_n(request->ctx, ngx_http_max_module, nullptr);
    request->filter_finalize = 1;
    ngx_http_special_response_handler(request, error);
}

bool ByteRange::cut(ngx_pool_t* pool, ngx_chain_t** chain) noexcept {
    ngx_chain_t* in = *chain;
    ngx_chain_t** end = chain;
    for (*end = nullptr; in != nullptr; in = in->next) {
        ngx_buf_t* buffer = cut(pool, in->buf);
        ngx_chain_t* link = ngx_alloc_chain_link(pool);
        if (buffer == nullptr || link == nullptr) {
            return false;
        }
        *link = {buffer, nullptr};
        *end = link;
        end = &link->next;
    }
    return true;
}

/// The buffer without the bytes outside of the range; a buffer that is only marks where none are left.
ngx_buf_t* ByteRange::cut(ngx_pool_t* pool, ngx_buf_t* buffer) noexcept {
    const std::uint64_t size = ngx::size_of(*buffer);
    const std::uint64_t front = std::min(size, begin_ - std::min(begin_, read_));
    read_ += size;
    const std::uint64_t back = std::min(size - front, read_ - std::min(end_, read_));
    ngx::take_front(*buffer, front);
    ngx::take_back(*buffer, back);
    if (size == 0 || front + back < size) {
        return buffer;
    }
    auto* mark = static_cast<ngx_buf_t*>(ngx_calloc_buf(pool));
    if (mark != nullptr) {
        mark->sync = 1;
        ngx::move_marks(*buffer, *mark);
    }
    return mark;
}

}  // namespace aep::page
