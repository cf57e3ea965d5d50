#include "ngx/ngx.hpp"

#include "page/eligibility.hpp"

#include <algorithm>
#include <array>

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "settings/configuration.hpp"

namespace aep::page {
namespace {

/// Encodings in which "<head>" is not these six ASCII bytes, or may be other text (Encoding Standard 4.2).
constexpr std::array<std::string_view, 6> kOtherEncodings{"utf-16",    "utf-32", "utf-7",
                                                          "iso-2022-", "hz-gb",  "ucs-"};

bool has_page_status(const ngx_http_request_t& request) noexcept {
    const ngx_uint_t status = request.headers_out.status;
    if (status < NGX_HTTP_OK || status == NGX_HTTP_NO_CONTENT || status == NGX_HTTP_PARTIAL_CONTENT) {
        return false;
    }
    return status < NGX_HTTP_SPECIAL_RESPONSE || status >= NGX_HTTP_BAD_REQUEST;  // no 3xx
}

/// A part of a file: nginx's slice module turns 206 into 200 and says so only here. (A 416 says here how long
/// the file is that has no such part.)
bool is_part(const ngx_http_request_t& request) noexcept {
    const auto& out = request.headers_out;
    return out.content_offset != 0 ||
           (out.content_range != nullptr && out.status != NGX_HTTP_RANGE_NOT_SATISFIABLE);
}

/// nginx itself cuts parameters off only where one of them is a charset.
bool is_html(const ngx_http_request_t& request) noexcept {
    constexpr std::string_view kHtml = "text/html";
    const std::string_view type = ngx::view(request.headers_out.content_type);
    if (type == kHtml) {
        return true;
    }
    const std::string_view essence = type.substr(0, type.find(';'));
    return ngx::equals_ignoring_case(essence.substr(0, essence.find_first_of(" \t")), kHtml);
}

/// Content-Encoding, all of it: several lines, or several codings in one, make the text of none.
struct ContentEncoding {
    bool is_there = false;
    std::string_view text;
};

ContentEncoding content_encoding(ngx_http_request_t& request) noexcept {
    ContentEncoding found;
    ngx::for_each_header(request.headers_out.headers, [&](const ngx_table_elt_t& header) {
        if (ngx::equals_ignoring_case(ngx::view(header.key), "content-encoding")) {
            const std::string_view text = ngx::view(header.value);
            if (!text.empty() && !ngx::equals_ignoring_case(text, "identity")) {
                found = {true, found.is_there ? std::string_view{} : text};
            }
        }
        return true;
    });
    return found;
}

bool is_attachment(ngx_http_request_t& request) noexcept {
    bool attachment = false;
    ngx::for_each_header(request.headers_out.headers, [&](const ngx_table_elt_t& header) {
        attachment = ngx::equals_ignoring_case(ngx::view(header.key), "content-disposition") &&
                     ngx::starts_with_ignoring_case(ngx::view(header.value), "attachment");
        return !attachment;
    });
    return attachment;
}

/// The value of charset= in a media type (RFC 9110 8.3.2), without quotes; empty where there is none.
std::string_view charset_parameter(std::string_view type) noexcept {
    constexpr std::string_view kName = "charset=";
    for (std::size_t at = type.find('='); at != std::string_view::npos; at = type.find('=', at + 1)) {
        const std::size_t end = at + 1;
        if (end < kName.size() ||
            !ngx::equals_ignoring_case(type.substr(end - kName.size(), kName.size()), kName)) {
            continue;
        }
        std::string_view value = type.substr(end);
        value = value.substr(0, value.find_first_of("; \t"));
        if (value.starts_with('"')) {
            value = value.substr(1, value.size() - (value.size() > 1 && value.ends_with('"') ? 2 : 1));
        }
        return value;
    }
    return {};
}

std::string_view charset_of(const ngx_http_request_t& request) noexcept {
    const auto& out = request.headers_out;
    return out.charset.len != 0 ? ngx::view(out.charset) : charset_parameter(ngx::view(out.content_type));
}

bool has_other_encoding(const ngx_http_request_t& request) noexcept {
    const std::string_view charset = charset_of(request);
    return !charset.empty() && std::ranges::any_of(kOtherEncodings, [&](std::string_view each) {
        return ngx::starts_with_ignoring_case(charset, each);
    });
}

}  // namespace

TagOutcome eligibility(ngx_http_request_t* request) noexcept {
    if (request != request->main) {
        return TagOutcome::subrequest;
    }
    const settings::LocationConf& conf = *settings::location_conf(request);
    if ((conf.tag.len == 0 && conf.tag_varies == 0) || conf.is_status != 0) {
        return TagOutcome::off;  // the usual case for servers without storefront events, so asked first
    }
    // HTTP/0.9 has no header that could say what this is.
    if (request->http_version < NGX_HTTP_VERSION_10 || !has_page_status(*request)) {
        return TagOutcome::status;
    }
    if (!is_html(*request)) {
        return TagOutcome::not_html;
    }
    if (is_part(*request)) {
        return TagOutcome::status;
    }
    const ContentEncoding encoding = content_encoding(*request);
    if (encoding.is_there && !compression::content_coding(encoding.text)) {
        return TagOutcome::encoded;
    }
    if (is_attachment(*request)) {
        return TagOutcome::attachment;
    }
    if (has_other_encoding(*request)) {
        return TagOutcome::charset;
    }
    return settings::may_inject(request, conf) ? TagOutcome::searching : TagOutcome::off;
}

std::optional<compression::Coding> coding_of(ngx_http_request_t* request) noexcept {
    return compression::content_coding(content_encoding(*request).text);
}

bool names_charset(ngx_http_request_t* request) noexcept {
    return !charset_of(*request).empty();
}

}  // namespace aep::page
