#pragma once

#include "ngx/ngx.hpp"

#include <optional>
#include <string_view>

#include "page/compression/coding.hpp"
#include "page/tag_outcome.hpp"

namespace aep::page {

/// Whether the response's header allows a tag: TagOutcome::searching, or why not.
TagOutcome eligibility(ngx_http_request_t* request) noexcept;

/// The coding in which an eligible page comes; nothing when it comes as it is.
std::optional<compression::Coding> coding_of(ngx_http_request_t* request) noexcept;

/// Whether the response's header names the encoding, so that the tag need not wait for a <meta>.
bool names_charset(ngx_http_request_t* request) noexcept;

}  // namespace aep::page
