#include "ngx/ngx.hpp"

#include "page/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

#include "ngx/buffer.hpp"
#include "ngx/string.hpp"

extern "C" ngx_module_t ngx_http_range_body_filter_module;

namespace aep::page {

namespace {

/// The last byte's number plus one in "bytes 2-5/26". The header's length does not tell: it is gone where the response
/// has trailers, and so leaves in chunks.
std::uint64_t end_of(std::string_view content_range) noexcept {
    const std::string_view last = content_range.substr(content_range.find('-') + 1);
    std::uint64_t number = 0;
    std::from_chars(last.data(), last.data() + last.size(), number);
    return number + 1;
}

}  // namespace

ByteRange ByteRange::take_over(ngx_http_request_t* request) noexcept {
    const auto& out = request->headers_out;
    if (out.status != NGX_HTTP_PARTIAL_CONTENT || out.content_range == nullptr) {
        return {};
    }
    request->ctx[ngx_http_range_body_filter_module.ctx_index] = nullptr;
    const auto begin = static_cast<std::uint64_t>(out.content_offset);
    const std::uint64_t end = end_of(ngx::view(out.content_range->value));
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, request->connection->log, 0, "aep page: range of %uL bytes at %uL",
                   end - begin, begin);
    return {begin, end};
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
