#include "ngx/ngx.hpp"

#include "sdk/sdk_handler.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "sdk/bundle.hpp"
#include "sdk/negotiation.hpp"
#include "settings/configuration.hpp"

namespace aep::sdk {
namespace {

constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr std::string_view kRevalidate = "no-cache";
constexpr std::string_view kSuffix = ".js";

struct Variant {
    std::string_view bytes;
    std::string_view coding;  ///< Content-Encoding; empty: none
};

Variant choose(ngx_http_request_t* request) noexcept {
    const Bundle& file = bundle();
    std::string_view accept_encoding;
#if (NGX_HTTP_GZIP || NGX_HTTP_HEADERS)
    if (request->headers_in.accept_encoding != nullptr) {
        accept_encoding = ngx::view(request->headers_in.accept_encoding->value);
    }
#endif
    switch (negotiate(accept_encoding)) {
        case BundleForm::brotli:
            return {file.brotli, "br"};
        case BundleForm::gzip:
            return {file.gzip, "gzip"};
        case BundleForm::plain:
            break;
    }
    return {file.plain, {}};
}

/// "0123abcd.js" behind the location's path: some content hash, ours or another version's.
bool is_file_name(std::string_view name) noexcept {
    constexpr std::size_t kLongest = 128;
    if (!name.ends_with(kSuffix) || name.size() == kSuffix.size() || name.size() > kLongest) {
        return false;
    }
    name.remove_suffix(kSuffix.size());
    return std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_';
    });
}

bool set_etag(ngx_http_request_t* request, std::string_view coding) {
    const std::string text =
        '"' + std::string(bundle().hash) + (coding.empty() ? "" : "-") + std::string(coding) + '"';
    const ngx_str_t value = ngx::copy(request->pool, text);
    ngx_table_elt_t* header =
        value.data == nullptr ? nullptr : ngx::add_header(request, "ETag", ngx::view(value));
    request->headers_out.etag = header;
    return header != nullptr;
}

bool describe(ngx_http_request_t* request, const Variant& variant, bool is_current) {
    auto& out = request->headers_out;
    constexpr std::string_view kType = "text/javascript; charset=utf-8";  // RFC 9239
    out.status = NGX_HTTP_OK;
    out.content_length_n = static_cast<off_t>(variant.bytes.size());
    out.content_type = ngx::unowned(kType);
    out.content_type_len = kType.find(';');
    if (!variant.coding.empty()) {
        out.content_encoding = ngx::add_header(request, "Content-Encoding", variant.coding);
        if (out.content_encoding == nullptr) {
            return false;
        }
    }
    return set_etag(request, variant.coding) &&
           ngx::add_header(request, "Cache-Control", is_current ? kImmutable : kRevalidate) != nullptr &&
           ngx::add_header(request, "Vary", "Accept-Encoding") != nullptr &&
           ngx::add_header(request, "X-Content-Type-Options", "nosniff") != nullptr;
}

ngx_int_t send(ngx_http_request_t* request, const Variant& variant) noexcept {
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) {
        return result;
    }
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    if (buffer == nullptr) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    const ngx_str_t bytes = ngx::unowned(variant.bytes);
    buffer->start = bytes.data;
    buffer->pos = bytes.data;
    buffer->last = bytes.data + bytes.len;
    buffer->end = buffer->last;
    buffer->memory = 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return ngx_http_output_filter(request, &out);
}

}  // namespace

ngx_int_t handle_sdk(ngx_http_request_t* request) noexcept {
    if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) {
        return NGX_HTTP_NOT_ALLOWED;
    }
    const ngx_int_t discarded = ngx_http_discard_request_body(request);
    if (discarded != NGX_OK) {
        return discarded;
    }
    const auto failed = []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; };
    return ngx::guarded(request->connection->log, "the SDK file", failed, [&]() -> ngx_int_t {
        const settings::Website* website = settings::server_conf(request)->website;
        std::string_view name = ngx::view(request->uri);
        if (website == nullptr || !name.starts_with(website->sdk_path)) {
            return NGX_HTTP_NOT_FOUND;
        }
        name.remove_prefix(website->sdk_path.size());
        if (!is_file_name(name)) {
            return NGX_HTTP_NOT_FOUND;
        }
        const Variant variant = choose(request);
        const bool is_current = name.substr(0, name.size() - kSuffix.size()) == bundle().hash;
        if (!describe(request, variant, is_current)) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        return send(request, variant);
    });
}

}  // namespace aep::sdk
