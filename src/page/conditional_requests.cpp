#include "ngx/ngx.hpp"

#include "page/conditional_requests.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/log_action.hpp"
#include "ngx/string.hpp"
#include "page/eligibility.hpp"
#include "page/page_tag.hpp"
#include "page/validators.hpp"
#include "settings/configuration.hpp"

namespace aep::page {
namespace {

ngx_http_output_header_filter_pt next_header_filter;

/// What the client sent, for as long as the request lives. An internal redirect asks for another page under the
/// same conditions, and clears r->ctx, so a cleanup entry of the pool holds this (nginx's realip module does the same).
struct Conditions {
    ngx_str_t if_none_match{};
    ngx_str_t if_modified_since{};
    std::uint32_t version = 0;
    bool has_our_version = false;
    bool are_changed = false;  ///< the maker of the response has judged by others
};

void mark_of_conditions(void*) noexcept {}

Conditions* find_conditions(ngx_http_request_t* request) noexcept {
    for (ngx_pool_cleanup_t* each = request->pool->cleanup; each != nullptr; each = each->next) {
        if (each->handler == mark_of_conditions) {
            return static_cast<Conditions*>(each->data);
        }
    }
    return nullptr;
}

Conditions* save_conditions(ngx_http_request_t* request) noexcept {
    ngx_pool_cleanup_t* entry = ngx_pool_cleanup_add(request->pool, sizeof(Conditions));
    if (entry == nullptr) {
        return nullptr;
    }
    auto* conditions = new (entry->data) Conditions();
    const auto& in = request->headers_in;
    conditions->if_none_match = in.if_none_match == nullptr ? ngx_str_t{} : in.if_none_match->value;
    conditions->if_modified_since =
        in.if_modified_since == nullptr ? ngx_str_t{} : in.if_modified_since->value;
    entry->handler = mark_of_conditions;
    return conditions;
}

void restore(ngx_http_request_t* request, const Conditions& conditions) noexcept {
    auto& in = request->headers_in;
    if (in.if_none_match != nullptr) {
        in.if_none_match->value = conditions.if_none_match;
    }
    if (in.if_modified_since != nullptr) {
        in.if_modified_since->value = conditions.if_modified_since;
    }
}

/// Whether a browser asks for a page to show, not a script for some data (Fetch Standard 2.2.7, 4.6).
bool wants_page(ngx_http_request_t* request) noexcept {
    bool wants = false;
    ngx::for_each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        wants = ngx::equals_ignoring_case(ngx::view(header.key), "accept") &&
                ngx::view(header.value).find("text/html") != std::string_view::npos;
        return !wants;
    });
    return wants;
}

ngx_int_t translate(ngx_http_request_t* request, Conditions& conditions) {
    auto& in = request->headers_in;
    conditions.version = tag_version_for(request);
    conditions.has_our_version = false;
    conditions.are_changed = false;
    // A website whose datastream is none for this request has no tag, and a copy without one is good.
    const bool page = wants_page(request) && tag_for(request).len != 0;
    if (in.if_none_match != nullptr) {
        const IfNoneMatch original =
            original_if_none_match(ngx::view(in.if_none_match->value), conditions.version, page);
        conditions.has_our_version = original.has_our_version;
        conditions.are_changed = original.is_changed;
        if (original.is_changed) {
            const ngx_str_t value = ngx::copy(request->pool, original.value);
            if (value.data == nullptr) {
                return NGX_ERROR;
            }
            in.if_none_match->value = value;
            ngx_log_debug1(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                           "aep page: If-None-Match for the original: %V", &in.if_none_match->value);
        }
    } else {
        // A page with the tag has no date without an entity tag, so this copy is from before.
        conditions.are_changed = page;
    }
    if (in.if_modified_since != nullptr && conditions.are_changed && !conditions.has_our_version) {
        // Not every shop that makes entity tags reads them: by the date, too, the copy is not good.
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                       "aep page: If-Modified-Since is set to the beginning of time");
        in.if_modified_since->value = ngx::unowned("Thu, 01 Jan 1970 00:00:00 GMT");
    }
    return NGX_DECLINED;
}

/// Decides as nginx's own filter does, by the directive of that name.
bool is_modified_since(ngx_http_request_t* request, const ngx_str_t& date) noexcept {
    const auto* core =
        static_cast<ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    const time_t modified = request->headers_out.last_modified_time;
    const time_t since = ngx_parse_http_time(date.data, date.len);
    if (modified == -1 || core->if_modified_since == NGX_HTTP_IMS_OFF) {
        return true;
    }
    return since != modified && (core->if_modified_since == NGX_HTTP_IMS_EXACT || since < modified);
}

/// Whether the client has this very response, by the conditions that it sent. What comes from a shop is called
/// the same only by an entity tag: whether it minds dates is for the shop to say.
bool is_known(ngx_http_request_t* request, const Conditions& conditions) {
    const bool minds_dates = request->disable_not_modified == 0;
    const bool has_date = conditions.if_modified_since.data != nullptr;
    if (minds_dates && has_date && is_modified_since(request, conditions.if_modified_since)) {
        return false;
    }
    if (conditions.if_none_match.data == nullptr) {
        return minds_dates && has_date;
    }
    const ngx_table_elt_t* etag = request->headers_out.etag;
    return etag != nullptr && has_entity_tag(ngx::view(conditions.if_none_match), ngx::view(etag->value));
}

/// Headers that describe the original's bytes: RFC 1864, RFC 3230, RFC 9530, and signatures of such (RFC 9421).
constexpr std::array<std::string_view, 6> kDigests{"content-md5", "digest",    "content-digest",
                                                   "repr-digest", "signature", "signature-input"};

void remove_digests(ngx_http_request_t* request) noexcept {
    ngx::for_each_header(request->headers_out.headers, [](ngx_table_elt_t& header) {
        const bool is_digest = std::ranges::any_of(kDigests, [&](std::string_view name) {
            return ngx::equals_ignoring_case(ngx::view(header.key), name);
        });
        header.hash = is_digest ? 0 : header.hash;
        return true;
    });
}

/// Makes the response a 304 if it is what the client has.
void answer_conditions(ngx_http_request_t* request) {
    auto& out = request->headers_out;
    if (out.status != NGX_HTTP_OK || (request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) {
        return;
    }
    const Conditions* conditions = find_conditions(request);
    if (conditions == nullptr || !conditions->are_changed || !is_known(request, *conditions)) {
        return;
    }
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, request->connection->log, 0,
                   "aep page: the client has this copy: 304");
    // nginx's own filter makes the same changes.
    out.status = NGX_HTTP_NOT_MODIFIED;
    out.status_line.len = 0;
    out.content_type.len = 0;
    ngx_http_clear_content_length(request);
    ngx_http_clear_accept_ranges(request);
    if (out.content_encoding != nullptr) {
        out.content_encoding->hash = 0;
        out.content_encoding = nullptr;
    }
}

ngx_int_t condition_filter(ngx_http_request_t* request) noexcept {
    if (request == request->main && request->headers_out.status == NGX_HTTP_OK) {
        const Conditions* conditions = find_conditions(request);
        if (conditions != nullptr && eligibility(request) != TagOutcome::searching) {
            restore(request, *conditions);
            if (request->disable_not_modified) {
                confirm_copy(request);  // else nginx's own filter does, behind this one
            }
        }
    }
    return next_header_filter(request);
}

}  // namespace

ngx_int_t translate_conditions(ngx_http_request_t* request) noexcept {
    const auto& in = request->headers_in;
    if (request != request->main || (in.if_none_match == nullptr && in.if_modified_since == nullptr)) {
        return NGX_DECLINED;
    }
    Conditions* conditions = find_conditions(request);
    if (conditions != nullptr) {
        restore(request, *conditions);
    }
    const settings::LocationConf& conf = *settings::location_conf(request);
    if ((conf.tag.len == 0 && conf.tag_varies == 0) || !settings::may_inject(conf)) {
        return NGX_DECLINED;
    }
    conditions = conditions == nullptr ? save_conditions(request) : conditions;
    if (conditions == nullptr) {
        return NGX_DECLINED;
    }
    const ngx::LogAction action(request->connection->log, "translating a conditional request");
    return ngx::guarded(
        request->connection->log, "a conditional request", []() -> ngx_int_t { return NGX_DECLINED; },
        [&] { return translate(request, *conditions); });
}

void install_condition_filter() noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = condition_filter;
}

bool mark_validators(ngx_http_request_t* request, std::uint32_t version) noexcept {
    remove_digests(request);
    ngx_table_elt_t* etag = request->headers_out.etag;
    if (etag == nullptr) {
        ngx_http_clear_last_modified(request);
        return true;
    }
    auto* room = static_cast<char*>(ngx_pnalloc(request->pool, etag->value.len + kTagVersionRoom));
    if (room == nullptr) {
        return false;
    }
    etag->value = ngx::unowned(with_tag_version(ngx::view(etag->value), version, room));
    return true;
}

void confirm_copy(ngx_http_request_t* request) noexcept {
    ngx::guarded(
        request->connection->log, "a conditional request", [] { return false; },
        [&] {
            answer_conditions(request);
            return true;
        });
}

void mark_not_modified(ngx_http_request_t* request) noexcept {
    const Conditions* conditions = find_conditions(request);
    if (conditions != nullptr && conditions->has_our_version) {
        mark_validators(request, conditions->version);
    }
}

}  // namespace aep::page
