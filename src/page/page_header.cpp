#include "ngx/ngx.hpp"

#include "page/page_header.hpp"

#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "page/conditional_requests.hpp"
#include "page/page_context.hpp"

namespace aep::page {
namespace {

void clear_content_length(ngx_http_request_t* request) noexcept {
    ngx_http_clear_content_length(request);
}

/// Whether this answers a HEAD for which no body came. The length and the entity tag of a GET are then unknown, and the
/// answer need not have them (RFC 9110 9.3.2).
bool is_unknowable(const ngx_http_request_t& request, const PageContext& page) noexcept {
    return (request.method & NGX_HTTP_HEAD) != 0 && page.read == 0;
}

}  // namespace

void clear_content_encoding(ngx_http_request_t* request) noexcept {
    ngx::for_each_header(request->headers_out.headers, [](ngx_table_elt_t& header) {
        const bool is_here = ngx::equals_ignoring_case(ngx::view(header.key), "content-encoding");
        header.hash = is_here ? 0 : header.hash;
        return true;
    });
    request->headers_out.content_encoding = nullptr;
}

void weaken(ngx_http_request_t* request, const PageContext& page) noexcept {
    ngx_http_clear_accept_ranges(request);
    if (!mark_validators(request, page.version)) {
        ngx_http_weak_etag(request);
    }
}

void describe(ngx_http_request_t* request, const PageContext& page) noexcept {
    if (!page.announces_tag() && !is_unknowable(*request, page)) {
        if (page.outcome != TagOutcome::error) {
            confirm_copy(request);
        }
        return;
    }
    const off_t length = request->headers_out.content_length_n;
    clear_content_length(request);
    if (!page.announces_tag()) {
        ngx_http_clear_accept_ranges(request);
        ngx_http_clear_etag(request);
        return;
    }
    weaken(request, page);
    if (page.recoding != nullptr) {
        clear_content_encoding(request);
    } else {
        request->headers_out.content_length_n = length + static_cast<off_t>(page.tag.len);
    }
}

}  // namespace aep::page
