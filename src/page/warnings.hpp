#pragma once

#include "ngx/ngx.hpp"

#include "page/compression/coding.hpp"

namespace aep::page {

/// Says at the start which other module keeps the tag from working as it should.
void warn_of_filter_order(ngx_conf_t* cf) noexcept;

// What the error log says of pages that come compressed and cannot be decoded as they should: each line once a second at
// most.

/// The page is not in the coding that its header names, and passes unchanged.
void warn_of_wrong_coding(ngx_http_request_t* request, compression::Coding coding) noexcept;

/// The page is damaged behind its head, or cut short.
void warn_of_broken_page(ngx_http_request_t* request, compression::Coding coding) noexcept;

/// The page grows as no page does when it is decoded.
void warn_of_bomb(ngx_http_request_t* request, compression::Coding coding) noexcept;

}  // namespace aep::page
