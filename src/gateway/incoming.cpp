#include "ngx/ngx.hpp"

#include "gateway/incoming.hpp"

#include <algorithm>
#include <array>

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "protocol/client_address.hpp"

namespace aep::gateway {
namespace {

constexpr std::array<std::string_view, 4> kForwarded{"user-agent", "accept-language", "referer", "origin"};
constexpr std::string_view kClientHint = "sec-ch-";  // User-Agent Client Hints

std::string_view lower_name(const ngx_table_elt_t& header) noexcept {
    return {reinterpret_cast<const char*>(header.lowcase_key), header.key.len};
}

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

Incoming read_header(ngx_http_request_t* request) {
    Incoming in;
    in.host = ngx::view(request->headers_in.server);
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = lower_name(header);
        const std::string_view value = ngx::view(header.value);
        if (name == "cookie") {
            in.cookies.push_back(value);
        } else if (name == "origin") {
            in.origin = value;
        } else if (name == "sec-fetch-site") {
            in.sec_fetch_site = value;
        } else if (name == "sec-gpc") {
            in.sec_gpc = value;
        } else if (name == "content-type") {
            in.content_type = value;
        }
        return true;
    });
    return in;
}

std::vector<edge::Header> forwarded_header(ngx_http_request_t* request, std::string_view content_type,
                                           settings::ClientIp privacy) {
    std::vector<edge::Header> headers;
    headers.reserve(12);
    headers.emplace_back("Content-Type", content_type.empty() ? "text/plain; charset=UTF-8" : content_type);
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const std::string_view name = lower_name(header);
        if (std::ranges::find(kForwarded, name) != kForwarded.end() || name.starts_with(kClientHint)) {
            headers.emplace_back(ngx::view(header.key), ngx::view(header.value));
        }
        return true;
    });
    std::string address = protocol::client_address(ngx::view(request->connection->addr_text), privacy);
    if (!address.empty()) {
        headers.emplace_back("X-Forwarded-For", std::move(address));
    }
    return headers;
}

std::string_view query_argument(ngx_http_request_t* request, std::string_view name) noexcept {
    ngx_str_t value{};
    const ngx_str_t key = ngx::unowned(name);
    return ngx_http_arg(request, key.data, key.len, &value) == NGX_OK ? ngx::view(value) : std::string_view{};
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
            body.append(ngx::view(link->buf->pos, link->buf->last));
        } else if (link->buf->in_file && !append_file(link->buf, body)) {
            return false;
        }
    }
    return true;
}

}  // namespace aep::gateway
