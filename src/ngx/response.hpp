#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <string_view>

namespace aep::ngx {

/// Whether a text lives as long as the program, or has to be copied into the request's pool.
enum class Storage : std::uint8_t { lasting, copied };

struct Response {
    ngx_uint_t status = NGX_HTTP_OK;
    std::string_view content_type;      ///< without a body it is not sent
    std::string_view body;              ///< empty: the header alone is sent
    Storage storage = Storage::copied;  ///< of both texts
};

/// Adds a header whose name and value are copied. A value that would end its line is left out. False without memory.
bool add_copied_header(ngx_http_request_t* request, std::string_view name, std::string_view value) noexcept;

/// Sends a response, with the headers that were added before. Returns what ngx_http_finalize_request takes.
ngx_int_t send_response(ngx_http_request_t* request, const Response& response) noexcept;

}  // namespace aep::ngx
