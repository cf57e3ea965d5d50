#pragma once

#include "ngx/ngx.hpp"

#include <string_view>

#include "page/tag_outcome.hpp"

namespace aep::page {

/// Puts the header and the body filter in front of the filters that nginx has so far. They then run behind all filters
/// that make or change text, and before those that compress it.
void install_filters() noexcept;

/// Puts a header filter where it runs after the filters that compress. Only there it is known whether one of them does.
void install_encoding_filter() noexcept;

/// Puts a body filter where it runs before nginx's range filter.
void install_first_filter() noexcept;

/// What happened to this request's page, or why it is none.
TagOutcome outcome_of(ngx_http_request_t* request) noexcept;

/// $aep_tag: what happened to this request's page, and why.
std::string_view tag_outcome(ngx_http_request_t* request) noexcept;

}  // namespace aep::page
