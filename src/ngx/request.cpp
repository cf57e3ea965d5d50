#include "ngx/ngx.hpp"

#include "ngx/request.hpp"

#include "ngx/header.hpp"
#include "ngx/string.hpp"

namespace aep::ngx {
namespace {

bool append_file(ngx_buf_t* buffer, std::string& body) {
    const auto size = static_cast<std::size_t>(buffer->file_last - buffer->file_pos);
    const std::size_t before = body.size();
    body.resize(before + size);
    // nginx has only just written it: this reads the page cache, not the disk.
    const ssize_t count =
        ngx_read_file(buffer->file, reinterpret_cast<u_char*>(body.data() + before), size, buffer->file_pos);
    return count == static_cast<ssize_t>(size);
}

}  // namespace

std::string_view request_header(ngx_http_request_t* request, std::string_view name) noexcept {
    std::string_view found;
    for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        found = lower_name(header) == name ? view(header.value) : found;
        return found.empty();
    });
    return found;
}

std::string_view query_argument(ngx_http_request_t* request, std::string_view name) noexcept {
    ngx_str_t value{};
    const ngx_str_t key = unowned(name);
    return ngx_http_arg(request, key.data, key.len, &value) == NGX_OK ? view(value) : std::string_view{};
}

bool collect_body(ngx_http_request_t* request, std::size_t limit, std::string& body, int& error) {
    error = NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (request->request_body == nullptr) {
        return true;
    }
    off_t size = 0;
    for (const ngx_chain_t* link = request->request_body->bufs; link != nullptr; link = link->next) {
        size += ngx_buf_size(link->buf);
    }
    if (size > static_cast<off_t>(limit)) {
        error = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        return false;
    }
    constexpr std::size_t kRoomForChanges = 1024;
    body.reserve(static_cast<std::size_t>(size) + kRoomForChanges);
    for (const ngx_chain_t* link = request->request_body->bufs; link != nullptr; link = link->next) {
        if (ngx_buf_in_memory(link->buf)) {
            body.append(view(link->buf->pos, link->buf->last));
        } else if (link->buf->in_file && !append_file(link->buf, body)) {
            return false;
        }
    }
    return true;
}

}  // namespace aep::ngx
