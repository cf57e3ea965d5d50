#pragma once

#include <cstdint>
#include <string_view>

namespace aep::page {

/// What became of a page: the values of $aep_tag.
enum class TagOutcome : std::uint8_t {
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

std::string_view to_string(TagOutcome outcome) noexcept;

}  // namespace aep::page
