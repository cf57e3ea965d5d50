#include "ngx/ngx.hpp"

#include "sdk/sdk_handler.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/response.hpp"
#include "ngx/string.hpp"
#include "sdk/bundle.hpp"
#include "sdk/negotiation.hpp"
#include "settings/configuration.hpp"
#include "text/ascii.hpp"

namespace aep::sdk {
namespace {

constexpr std::string_view kType = "text/javascript; charset=utf-8";  // RFC 9239
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
    return std::ranges::all_of(name,
                               [](char c) { return text::is_letter_or_digit(c) || c == '-' || c == '_'; });
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

/// False without memory.
bool add_headers(ngx_http_request_t* request, const Variant& variant, bool is_current) {
    auto& out = request->headers_out;
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
        if (!add_headers(request, variant, is_current)) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        ngx::Response response;
        response.content_type = kType;
        response.body = variant.bytes;
        response.storage = ngx::Storage::lasting;
        return ngx::send_response(request, response);
    });
}

}  // namespace aep::sdk
