#include "ngx/ngx.hpp"

#include "page/page_context.hpp"

#include "settings/configuration.hpp"

namespace aep::page {
namespace {

/// Verdict::searching stands for a search that was given up.
TagOutcome outcome_of(html::Verdict verdict, ngx_http_request_t* request) noexcept {
    switch (verdict) {
        case html::Verdict::found:
            return settings::server_conf(request)->website->defers() ? TagOutcome::deferred
                                                                     : TagOutcome::injected;
        case html::Verdict::not_document:
            return TagOutcome::fragment;
        case html::Verdict::tagged:
            return TagOutcome::tagged;
        case html::Verdict::amp:
            return TagOutcome::amp;
        case html::Verdict::encoding:
            return TagOutcome::charset;
        case html::Verdict::no_head:
        case html::Verdict::searching:
            break;
    }
    return TagOutcome::no_head;
}

}  // namespace

void PageContext::conclude([[maybe_unused]] ngx_http_request_t* request, TagOutcome the_outcome) noexcept {
    outcome = the_outcome;
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                   "aep page: no tag: %*s, decided in %uL bytes", to_string(outcome).size(),
                   to_string(outcome).data(), read);
}

void PageContext::conclude(ngx_http_request_t* request, html::Verdict verdict,
                           [[maybe_unused]] std::uint64_t place) noexcept {
    if (verdict != html::Verdict::found) {
        conclude(request, outcome_of(verdict, request));
        return;
    }
    outcome = outcome_of(verdict, request);
    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                   "aep page: tag at byte %uL: %*s, decided in %uL bytes", place, to_string(outcome).size(),
                   to_string(outcome).data(), read);
}

}  // namespace aep::page
