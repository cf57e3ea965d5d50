#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>

namespace aep::page {

// A browser that has a page with our tag asks for it by our entity tag, which the maker of the page does not know. A
// browser that has the page from the time before this module must get it anew, though the page itself has not changed.

/// Before the page is asked for: makes the request's conditions those of the original page.
ngx_int_t translate_conditions(ngx_http_request_t* request) noexcept;

/// Puts a header filter where it runs before nginx decides on 304: a response that gets no tag is answered by
/// the conditions that the client sent.
void install_condition_filter() noexcept;

/// Makes the response's entity tag that of a page with the tag; without one, takes away its date, which would
/// be the same for another tag. Takes away digests and signatures, which are those of the original.
bool mark_validators(ngx_http_request_t* request, std::uint32_t version) noexcept;

/// Handles a response that could have been a page with a tag, and turned out to be none before its header has left:
/// makes it a 304 if it is what the client has. A body that follows must not leave then.
void confirm_copy(ngx_http_request_t* request) noexcept;

/// Gives a 304 our entity tag: by that one the client knows the page.
void mark_not_modified(ngx_http_request_t* request) noexcept;

}  // namespace aep::page
