#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

#include "page/compression/coding.hpp"

namespace aep::page {

/// What became of a page: the values of $aep_tag.
enum class Outcome : std::uint8_t {
    searching,  ///< the header allows a tag, the page is still being read
    injected,
    deferred,    ///< injected, and the tag defers to the merchant's own Web SDK
    off,         ///< by configuration
    subrequest,  ///< part of another page
    status,      ///< no page by its status: 1xx, 204, 206, 304, redirects
    not_html,
    encoded,     ///< compressed in a way that is not known here
    attachment,  ///< Content-Disposition: a download
    charset,     ///< an encoding that is not ASCII-compatible
    fragment,    ///< HTML, but no document
    no_head,
    tagged,  ///< the tag is there already: the page comes from an nginx with this module
    amp,
    nginx_page,  ///< an error page that nginx made itself
    policy,      ///< the page's Content-Security-Policy would block it
    error,       ///< out of memory or the like; the page went as it came
};

std::string_view to_string(Outcome outcome) noexcept;

/// Whether the response's header allows a tag: Outcome::searching, or why not.
Outcome eligibility(ngx_http_request_t* request) noexcept;

/// The coding in which an eligible page comes; nothing when it comes as it is.
std::optional<compression::Coding> coding_of(ngx_http_request_t* request) noexcept;

/// Whether the response's header names the encoding, so that the tag need not wait for a <meta>.
bool names_charset(ngx_http_request_t* request) noexcept;

}  // namespace aep::page
