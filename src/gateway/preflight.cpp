#include "ngx/ngx.hpp"

#include "gateway/preflight.hpp"

#include <algorithm>

#include "ngx/header.hpp"
#include "ngx/response.hpp"
#include "text/http_field.hpp"

namespace aep::gateway {
namespace {

/// A list of names of header fields (RFC 9110 5.1), and nothing that a browser would not send.
bool is_list_of_names(std::string_view text) noexcept {
    constexpr std::size_t kLongest = 1024;
    return text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
               return text::is_token_character(c) || c == ',' || c == ' ';
           });
}

}  // namespace

bool is_preflight(ngx_http_request_t* request, const Incoming& in) noexcept {
    return request->method == NGX_HTTP_OPTIONS && !in.origin.empty() && !in.requested_method.empty();
}

ngx_int_t allow_request(ngx_http_request_t* request, const Incoming& in) noexcept {
    constexpr std::string_view kLongestInBrowsers = "7200";  // seconds: browsers take no more (Chromium)
    const bool allows_headers = !in.requested_headers.empty() && is_list_of_names(in.requested_headers);
    const bool added =
        ngx::add_copied_header(request, "Access-Control-Allow-Origin", in.origin) &&
        ngx::add_header(request, "Access-Control-Allow-Credentials", "true") != nullptr &&
        ngx::add_header(request, "Access-Control-Allow-Methods", "POST") != nullptr &&
        (!allows_headers ||
         ngx::add_copied_header(request, "Access-Control-Allow-Headers", in.requested_headers)) &&
        ngx::add_header(request, "Access-Control-Max-Age", kLongestInBrowsers) != nullptr &&
        ngx::add_header(request, "Vary",
                        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers") != nullptr;
    if (!added) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    ngx::Response response;
    response.status = NGX_HTTP_NO_CONTENT;
    return ngx::send_response(request, response);
}

}  // namespace aep::gateway
