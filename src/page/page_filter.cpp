#include "ngx/ngx.hpp"

#include "page/page_filter.hpp"

#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/log_action.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "page/conditional_requests.hpp"
#include "page/eligibility.hpp"
#include "page/file_reader.hpp"
#include "page/page_context.hpp"
#include "page/page_header.hpp"
#include "page/page_policy.hpp"
#include "page/page_search.hpp"
#include "page/page_tag.hpp"
#include "page/range_requests.hpp"
#include "page/recoding.hpp"
#include "page/warnings.hpp"
#include "page/worker_state.hpp"
#include "settings/configuration.hpp"

namespace aep::page {
namespace {

ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;
ngx_http_output_header_filter_pt next_header_filter_behind_encoders;
ngx_http_output_body_filter_pt next_body_filter_of_all;

constexpr const char* kAction = "putting the tag into a page";

void go_on(ngx_http_request_t* request) noexcept;

// ---- the header ----

/// Sends the header that was held. True when a body may follow; else `result` is what to return.
bool send_header(ngx_http_request_t* request, PageContext& page, ngx_int_t& result) noexcept {
    page.header_held = false;
    describe(request, page);
    result = next_header_filter(request);
    if (result > NGX_OK) {
        // Nothing was sent: nginx's range filter wants an error page, as the response has no such range.
        page.refusal = ngx::make<RangeRefusal>(request->pool, request, result);
        result = page.refusal == nullptr ? NGX_ERROR : NGX_OK;
        return false;
    }
    return result != NGX_ERROR && !request->header_only;
}

/// The same for a response whose bytes have passed nginx's range filter.
bool send_header_late(ngx_http_request_t* request, PageContext& page, ngx_int_t& result) noexcept {
    request->single_range = 1;  // several ranges are not cut here; who asks for them gets all
    const bool may_follow = send_header(request, page, result);
    if (page.refusal == nullptr) {
        page.range = ByteRange::take_over(request);
    }
    return may_follow;
}

/// The state of this worker. May throw std::bad_alloc.
WorkerState& worker_state(ngx_http_request_t* request) {
    settings::Runtime& runtime = settings::main_conf(request)->runtime;
    if (runtime.get<WorkerState>() == nullptr) {
        runtime.set(new WorkerState);
    }
    return *runtime.get<WorkerState>();
}

/// What says whether a policy in <head> leaves the tag as it is.
struct PolicyQuestion {
    ngx_http_request_t* request;
    ngx_str_t tag;
};

bool allows_same_tag(void* context, std::string_view policy) noexcept {
    const auto& question = *static_cast<PolicyQuestion*>(context);
    return ngx::guarded(
        question.request->connection->log, "a policy in a page", [] { return false; },
        [&] {
            const csp::PolicyDecision decision = policy_with(question.request, policy);
            return decision.allowed &&
                   ngx::view(tag_for(question.request, decision)) == ngx::view(question.tag);
        });
}

html::HeadEndFinder* make_end_finder(ngx_http_request_t* request, ngx_str_t tag, bool has_charset) noexcept {
    auto* question = ngx::make<PolicyQuestion>(request->pool, PolicyQuestion{request, tag});
    if (question == nullptr) {
        return nullptr;
    }
    return ngx::make<html::HeadEndFinder>(request->pool, has_charset,
                                          html::PolicyJudge{allows_same_tag, question});
}

PageContext* make_page(ngx_http_request_t* request) {
    const csp::PolicyDecision policy = policy_for(request);
    const ngx_str_t tag = tag_for(request, policy);
    if (tag.len == 0) {
        return nullptr;
    }
    const bool has_charset = names_charset(request);
    WorkerState& state = worker_state(request);
    html::HeadEndFinder* end = nullptr;
    if (settings::location_conf(request)->tag_place == settings::LocationConf::kHeadEnd) {
        end = make_end_finder(request, tag, has_charset);
        if (end == nullptr) {
            return nullptr;
        }
    }
    auto* page =
        ngx::make<PageContext>(request->pool, tag, tag_version_for(request), has_charset, end, state);
    if (page == nullptr) {
        return nullptr;
    }
    if (!policy.allowed) {
        page->conclude(request, TagOutcome::policy);
        return page;
    }
    if (const auto coding = coding_of(request)) {
        page->recoding =
            ngx::make<Recoding>(request->pool, request, *coding, has_charset, end, state.blocks, go_on);
        return page->recoding == nullptr ? nullptr : page;
    }
    return page;
}

bool is_eligible(ngx_http_request_t* request) noexcept {
    const TagOutcome outcome = eligibility(request);
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, request->connection->log, 0, "aep page: header of status %ui: %*s",
                   request->headers_out.status, to_string(outcome).size(), to_string(outcome).data());
    return outcome == TagOutcome::searching;
}

PageContext* begin(ngx_http_request_t* request) noexcept {
    if (request->headers_out.content_length_n == 0 || !is_eligible(request) ||
        ngx_http_get_module_ctx(request, ngx_http_aep_module) != nullptr) {
        return nullptr;
    }
    const ngx::LogAction action(request->connection->log, kAction);
    const auto failed = []() -> PageContext* { return nullptr; };
    return ngx::guarded(request->connection->log, "the tag", failed, [&] { return make_page(request); });
}

ngx_int_t header_filter(ngx_http_request_t* request) noexcept {
    PageContext* page = begin(request);
    if (page == nullptr) {
        if (request->headers_out.status == NGX_HTTP_NOT_MODIFIED && request == request->main) {
            mark_not_modified(request);
        }
        return next_header_filter(request);
    }
    ngx::set_context(request, page);
    if (page->done()) {
        confirm_copy(request);
        return next_header_filter(request);
    }
    if (page->recoding != nullptr || reads_files_asynchronously(request)) {
        // Bodies of subrequests (SSI) come here through the main request, so it is asked for there.
        request->main_filter_need_in_memory = 1;
    }
    page->memory_is_asked_for = needs_memory(*request);
    // A page with a length is held until the tag is in, as image_filter and xslt hold theirs; and one that
    // comes compressed, because only then is known how it leaves.
    page->header_held = request->headers_out.content_length_n > 0 || page->recoding != nullptr;
    page->announces_length = request->headers_out.content_length_n > 0 && page->recoding == nullptr;
    page->awaits_range = page->header_held && asks_for_range(*request);
    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, request->connection->log, 0, "aep page: header held:%d, compressed:%d",
                   page->header_held, page->recoding != nullptr);
    if (page->header_held) {
        return NGX_OK;
    }
    weaken(request, *page);
    return next_header_filter(request);
}

/// Runs behind the filters that compress. A page that came compressed, and that none of them has taken, is encoded
/// here.
ngx_int_t encoding_filter(ngx_http_request_t* request) noexcept {
    auto* page = request == request->main ? ngx::context<PageContext>(request) : nullptr;
    if (page != nullptr && page->recoding != nullptr && page->has_tag() &&
        request->headers_out.content_encoding == nullptr) {
        ngx_table_elt_t* header =
            ngx::add_header(request, "Content-Encoding", compression::to_string(page->recoding->coding()));
        if (header == nullptr) {
            return NGX_ERROR;
        }
        request->headers_out.content_encoding = header;
        page->encode = true;
        ngx_log_debug2(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                       "aep page: leaves encoded in %*s again",
                       compression::to_string(page->recoding->coding()).size(),
                       compression::to_string(page->recoding->coding()).data());
    }
    return next_header_filter_behind_encoders(request);
}

// ---- the body ----

/// nginx sends no body for a HEAD, but calls the body filters with it when the header comes late.
ngx_int_t discard(ngx_chain_t* chain) noexcept {
    for (; chain != nullptr; chain = chain->next) {
        ngx_buf_t* buffer = chain->buf;
        buffer->pos = buffer->last;
        buffer->file_pos = buffer->file_last;
    }
    return NGX_OK;
}

/// Passes buffers of a page whose header has left to the filters behind ours.
ngx_int_t pass_on(ngx_http_request_t* request, PageContext& page, ngx_chain_t* out) noexcept {
    if (!page.range.is_whole() && !page.range.cut(request->pool, &out)) {
        return NGX_ERROR;
    }
    return page.reader == nullptr ? next_body_filter(request, out) : read_files(request, *page.reader, out);
}

bool look_for_place(ngx_http_request_t* request, PageSearch& search, ngx_chain_t* in) noexcept {
    const ngx::LogAction action(request->connection->log, kAction);
    return search.take(in);
}

ngx_int_t filter_plain(ngx_http_request_t* request, PageContext& page, ngx_chain_t* in) noexcept {
    if (in == nullptr) {
        return page.header_held ? NGX_OK : pass_on(request, page, in);
    }
    PageSearch search(request, page);
    if (!look_for_place(request, search, in)) {
        // Out of memory with part of the page taken over: nothing whole can be sent any more.
        return NGX_ERROR;
    }
    if (page.header_held && (page.done() || page.finder.is_certain())) {
        ngx_int_t result = NGX_OK;
        if (!send_header_late(request, page, result)) {
            discard(search.out());
            return result;
        }
        if (needs_memory(*request) && !page.memory_is_asked_for) {
            // A filter behind us (gzip, brotli) has asked for memory now that it has seen the header: too late
            // for nginx's copy filter, which has given us files.
            page.reader = make_file_reader(request, next_body_filter);
            if (page.reader == nullptr) {
                return NGX_ERROR;
            }
        }
    }
    return search.out() == nullptr ? NGX_OK : pass_on(request, page, search.out());
}

/// Codes anew what stands behind the tag.
ngx_int_t recode(ngx_http_request_t* request, PageContext& page, ngx_chain_t* in) {
    Recoding& recoding = *page.recoding;
    const bool had_failed = recoding.has_failed();
    const ngx_int_t result = recoding.filter(in, next_body_filter);
    if (recoding.has_failed() && !had_failed) {
        const ngx::LogAction action(request->connection->log, kAction);
        (recoding.is_bomb() ? warn_of_bomb : warn_of_broken_page)(request, recoding.coding());
    }
    const html::Verdict verdict = recoding.verdict();
    if (page.has_tag() && verdict != html::Verdict::found && verdict != html::Verdict::searching) {
        page.conclude(request, verdict, 0);  // there was no place after all
    }
    return result;
}

void look_for_place(ngx_http_request_t* request, PageContext& page, ngx_chain_t* in, ngx_chain_t*& rest) {
    const ngx::LogAction action(request->connection->log, kAction);
    const Recoding& recoding = *page.recoding;
    const EncodedPage::Search found = page.recoding->search(in, rest);
    page.read += recoding.size_read();
    // An empty body is not in a wrong coding: a shop answers a HEAD without a body.
    const bool is_wrong = found == EncodedPage::Search::wrong && page.read != 0;
    if (is_wrong) {
        warn_of_wrong_coding(request, recoding.coding());
        page.conclude(request, TagOutcome::encoded);
    } else if (found == EncodedPage::Search::found) {
        page.conclude(request, html::Verdict::found, recoding.position());
    } else if (found != EncodedPage::Search::searching) {
        page.conclude(request, recoding.verdict(), 0);
    }
}

ngx_int_t filter_encoded(ngx_http_request_t* request, PageContext& page, ngx_chain_t* in) {
    Recoding& recoding = *page.recoding;
    if (page.done()) {
        return recode(request, page, in);
    }
    ngx_chain_t* rest = nullptr;
    look_for_place(request, page, in, rest);
    if (!page.done()) {
        return NGX_OK;
    }
    ngx_int_t result = NGX_OK;
    if (page.has_tag()) {
        if (!send_header_late(request, page, result)) {
            discard(rest);
            return result;
        }
        return recoding.start(ngx::view(page.tag), page.encode) ? recode(request, page, rest) : NGX_ERROR;
    }
    page.recoding = nullptr;
    ngx_chain_t* original = recoding.original(rest);
    if (!send_header_late(request, page, result)) {
        discard(original);
        return result;
    }
    return pass_on(request, page, original);
}

ngx_int_t body_filter(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    PageContext* page = request == request->main ? ngx::context<PageContext>(request) : nullptr;
    if (page == nullptr) {
        return next_body_filter(request, in);
    }
    if (page->refusal != nullptr) {
        return discard(in);
    }
    if (request->header_only) {
        // A call without buffers sends what is left of the header.
        return in == nullptr ? next_body_filter(request, in) : discard(in);
    }
    if (page->recoding != nullptr) {
        return ngx::guarded(
            request->connection->log, "a compressed page", []() -> ngx_int_t { return NGX_ERROR; },
            [&] { return filter_encoded(request, *page, in); });
    }
    if (page->done() && !page->header_held) {
        return pass_on(request, *page, in);
    }
    return filter_plain(request, *page, in);
}

/// Runs before nginx's range filter. Of a response that turns out to be no page with its first buffers the header leaves
/// here, so that the range filter gets them as they came, and does what it does without this module.
ngx_int_t first_body_filter(ngx_http_request_t* request, ngx_chain_t* in) noexcept {
    PageContext* page = request == request->main ? ngx::context<PageContext>(request) : nullptr;
    if (page == nullptr) {
        return next_body_filter_of_all(request, in);
    }
    if (page->refusal != nullptr) {
        return discard(in);
    }
    if (page->awaits_range && in != nullptr) {
        page->awaits_range = false;
        ngx_int_t result = NGX_OK;
        if (turns_out_as_no_page(request, *page, in) && !send_header(request, *page, result)) {
            discard(in);
            return result;
        }
    }
    return next_body_filter_of_all(request, in);
}

/// Codes the next part of a page after a pause, and calls whoever waits for the page to be sent.
void go_on(ngx_http_request_t* request) noexcept {
    ngx_connection_t* connection = request->connection;
    if (body_filter(request, nullptr) == NGX_ERROR) {
        ngx_http_finalize_request(request, NGX_ERROR);
    } else {
        request->write_event_handler(request);
    }
    ngx_http_run_posted_requests(connection);
}

}  // namespace

void install_filters() noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
}

void install_encoding_filter() noexcept {
    next_header_filter_behind_encoders = ngx_http_top_header_filter;
    ngx_http_top_header_filter = encoding_filter;
}

void install_first_filter() noexcept {
    next_body_filter_of_all = ngx_http_top_body_filter;
    ngx_http_top_body_filter = first_body_filter;
}

TagOutcome outcome_of(ngx_http_request_t* request) noexcept {
    const auto* page = ngx::context<PageContext>(request);
    if (page != nullptr) {
        return page->outcome;
    }
    const TagOutcome outcome = eligibility(request);
    // The header allows a tag. Either nothing is decided yet (add_header asks before the search), or there was no tag.
    return outcome == TagOutcome::searching && request->header_sent ? TagOutcome::off : outcome;
}

std::string_view tag_outcome(ngx_http_request_t* request) noexcept {
    return to_string(outcome_of(request));
}

}  // namespace aep::page
