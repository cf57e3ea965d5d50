#include "ngx/ngx.hpp"

#include "page/conditional_requests.hpp"

#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/string.hpp"
#include "page/eligibility.hpp"
#include "page/page_tag.hpp"
#include "page/validators.hpp"
#include "settings/configuration.hpp"

namespace aep::page {
namespace {

ngx_http_output_header_filter_pt next_header_filter;

/// What the client sent, for as long as the request lives. An internal redirect asks for another page under the
/// same conditions, and clears r->ctx, so a cleanup entry of the pool keeps it (as nginx's realip module does).
struct Conditions {
    ngx_str_t if_none_match{};
    ngx_str_t if_modified_since{};
    std::uint32_t version = 0;
    bool has_our_version = false;
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

Conditions* keep_conditions(ngx_http_request_t* request) noexcept {
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
    const bool page = wants_page(request);
    if (in.if_none_match != nullptr) {
        const IfNoneMatch original =
            original_if_none_match(ngx::view(in.if_none_match->value), conditions.version, page);
        conditions.has_our_version = original.has_our_version;
        if (original.is_changed) {
            const ngx_str_t value = ngx::copy(request->pool, original.value);
            if (value.data == nullptr) {
                return NGX_ERROR;
            }
            in.if_none_match->value = value;
        }
    } else if (in.if_modified_since != nullptr && page) {
        // A page with the tag has no date without an entity tag, so this copy is from before.
        in.if_modified_since->value = ngx::unowned("Thu, 01 Jan 1970 00:00:00 GMT");
    }
    return NGX_DECLINED;
}

ngx_int_t condition_filter(ngx_http_request_t* request) noexcept {
    if (request == request->main && request->headers_out.status == NGX_HTTP_OK) {
        const Conditions* conditions = find_conditions(request);
        if (conditions != nullptr && eligibility(request) != Outcome::searching) {
            restore(request, *conditions);
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
    if (conf.tag.len == 0 && conf.tag_varies == 0) {
        return NGX_DECLINED;
    }
    conditions = conditions == nullptr ? keep_conditions(request) : conditions;
    if (conditions == nullptr) {
        return NGX_DECLINED;
    }
    return ngx::guarded(
        request->connection->log, "a conditional request", []() -> ngx_int_t { return NGX_DECLINED; },
        [&] { return translate(request, *conditions); });
}

void install_condition_filter() noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = condition_filter;
}

bool mark_validators(ngx_http_request_t* request, std::uint32_t version) {
    ngx_table_elt_t* etag = request->headers_out.etag;
    if (etag == nullptr) {
        ngx_http_clear_last_modified(request);
        return true;
    }
    const ngx_str_t value = ngx::copy(request->pool, with_tag_version(ngx::view(etag->value), version));
    etag->value = value.data == nullptr ? etag->value : value;
    return value.data != nullptr;
}

bool mark_not_modified(ngx_http_request_t* request) {
    const Conditions* conditions = find_conditions(request);
    return conditions == nullptr || !conditions->has_our_version ||
           mark_validators(request, conditions->version);
}

}  // namespace aep::page
