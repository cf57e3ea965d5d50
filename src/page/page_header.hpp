#pragma once

#include "ngx/ngx.hpp"

namespace aep::page {

struct PageContext;

/// Removes every line of Content-Encoding. Lines that add_header has added are only in the list.
void clear_content_encoding(ngx_http_request_t* request) noexcept;

/// Takes back what a page with a tag cannot promise: ranges of the original's bytes, and its validators.
void weaken(ngx_http_request_t* request, const PageContext& page) noexcept;

/// Makes the header say what the search has made of the page.
void describe(ngx_http_request_t* request, const PageContext& page) noexcept;

}  // namespace aep::page
