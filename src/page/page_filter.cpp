#include "ngx/ngx.hpp"

#include "page/page_filter.hpp"

#include "ngx/guard.hpp"
#include "ngx/pool.hpp"
#include "page/eligibility.hpp"
#include "page/page_search.hpp"
#include "page/page_tag.hpp"

namespace aep::page {
namespace {

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;

void clear_content_length(ngx_http_request_t* request) noexcept {
    ngx_http_clear_content_length(request);
}

/// What a page with a tag cannot promise: a strong validator and ranges of the original's bytes.
void weaken(ngx_http_request_t* request) noexcept {
    ngx_http_clear_accept_ranges(request);
    ngx_http_weak_etag(request);
}

/// The header as the search has left it.
void describe(ngx_http_request_t* request, const PageContext& page) noexcept {
    if (page.outcome == Outcome::injected || page.outcome == Outcome::deferred) {
        const off_t length = request->headers_out.content_length_n;
        clear_content_length(request);
        request->headers_out.content_length_n = length + static_cast<off_t>(page.tag.len);
        weaken(request);
    }
}

/// Answers a HEAD for which no body came, so that a GET's length cannot be known (RFC 9110 8.6 lets it out).
bool is_unknowable(const ngx_http_request_t& request, const PageContext& page) noexcept {
    return (request.method & NGX_HTTP_HEAD) != 0 && page.read == 0;
}

ngx_int_t header_filter(ngx_http_request_t* request) noexcept {
    PageContext* page = nullptr;
    if (eligibility(request) == Outcome::searching && request->headers_out.content_length_n != 0 &&
        ngx_http_get_module_ctx(request, ngx_http_aep_module) == nullptr) {
        page = ngx::guarded(
            request->connection->log, "the tag", []() -> PageContext* { return nullptr; },
            [&]() -> PageContext* {
                const ngx_str_t tag = tag_for(request);
                return tag.len == 0 ? nullptr
                                    : ngx::make<PageContext>(request->pool, tag, names_charset(request));
            });
    }
    if (page == nullptr) {
        return next_header_filter(request);
    }
    ngx::set_context(request, page);
    // The page is read in memory. Bodies of subrequests (SSI) come here through the main request.
    request->main_filter_need_in_memory = 1;
    page->header_held = request->headers_out.content_length_n > 0;
    if (page->header_held) {
        return NGX_OK;  // the body filter sends it, as image_filter and xslt do
    }
    weaken(request);
    return next_header_filter(request);
}

/// nginx sends no body for a HEAD, but calls the body filters with it when the header comes late.
void discard(ngx_chain_t* chain) noexcept {
    for (; chain != nullptr; chain = chain->next) {
        ngx_buf_t* buffer = chain->buf;
        buffer->pos = buffer->last;
        buffer->file_pos = buffer->file_last;
    }
}

/// Sends the header that was held.
ngx_int_t release_header(ngx_http_request_t* request, PageContext& page) noexcept {
    page.header_held = false;
    if (is_unknowable(*request, page)) {
        clear_content_length(request);
        weaken(request);
    } else {
        describe(request, page);
    }
    request->single_range = 1;  // several ranges are not cut here; who asks for them gets all
    const ngx_int_t result = next_header_filter(request);
    if (result > NGX_OK) {
        // Nothing was sent: nginx's range filter wants an error page, as the page has no such range. Behind it nothing
        // more of the page may follow.
        ngx_http_filter_finalize_request(request, &ngx_http_aep_module, result);
        return NGX_ERROR;
    }
    page.range = ByteRange::take_over(request);
    return result;
}

/// Sends buffers of a page whose header has left.
ngx_int_t send_body(ngx_http_request_t* request, PageContext& page, ngx_chain_t* out) noexcept {
    if (!page.range.is_whole() && !page.range.cut(request->pool, &out)) {
        return NGX_ERROR;
    }
    return next_body_filter(request, out);
}

/// Sends what the search let go, the header first if it was held.
ngx_int_t send(ngx_http_request_t* request, PageContext& page, ngx_chain_t* out) noexcept {
    if (page.header_held && page.done()) {
        const ngx_int_t result = release_header(request, page);
        if (result == NGX_ERROR) {
            return result;
        }
        if (request->header_only) {
            discard(out);
            return result;
        }
    }
    return out == nullptr ? NGX_OK : send_body(request, page, out);
}

ngx_int_t body_filter(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    PageContext* page = request == request->main ? ngx::context<PageContext>(request) : nullptr;
    if (page == nullptr) {
        return next_body_filter(request, in);
    }
    if (request->header_only) {
        discard(in);
        return NGX_OK;
    }
    if (page->done() && !page->header_held) {
        return send_body(request, *page, in);
    }
    if (in == nullptr) {
        return page->header_held ? NGX_OK : next_body_filter(request, in);
    }
    PageSearch search(request, *page);
    if (!search.take(in)) {
        // Out of memory with part of the page taken over: nothing whole can be sent any more.
        return NGX_ERROR;
    }
    return send(request, *page, search.out());
}

}  // namespace

void install_filters() noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
}

std::string_view tag_outcome(ngx_http_request_t* request) noexcept {
    const auto* page = ngx::context<PageContext>(request);
    if (page != nullptr) {
        return to_string(page->outcome);
    }
    const Outcome outcome = eligibility(request);
    // Eligible by its header, but there was nothing to put in, or no body. Before that, as in add_header, nobody knows.
    return to_string(outcome == Outcome::searching && request->header_sent ? Outcome::off : outcome);
}

}  // namespace aep::page
