#include "ngx/ngx.hpp"

#include "status/answers.hpp"

#include "ngx/header.hpp"
#include "ngx/response.hpp"
#include "ngx/string.hpp"
#include "status/assets.hpp"

namespace aep::status {
namespace {

protocol::Problem problem(int status, std::string title, std::string detail) {
    return {status, "about:blank", std::move(title), std::move(detail)};
}

void add_common_headers(ngx_http_request_t* request) noexcept {
    ngx::add_header(request, "X-Content-Type-Options", "nosniff");
    ngx::add_header(request, "Referrer-Policy", "no-referrer");
    ngx::add_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

ngx_int_t send(ngx_http_request_t* request, ngx_uint_t status, std::string_view content_type,
               std::string_view body) {
    add_common_headers(request);
    ngx::add_header(request, "Cache-Control", "no-store");
    ngx::Response response;
    response.status = status;
    response.content_type = content_type;
    response.body = body;
    return ngx::send_response(request, response);
}

}  // namespace

ngx_int_t send(ngx_http_request_t* request, std::string_view content_type, std::string_view body) {
    return send(request, NGX_HTTP_OK, content_type, body);
}

ngx_int_t send_json(ngx_http_request_t* request, std::string_view body) {
    return send(request, NGX_HTTP_OK, "application/json", body);
}

ngx_int_t send_page(ngx_http_request_t* request, std::string_view html) {
    ngx::add_header(
        request, "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
    return send(request, NGX_HTTP_OK, "text/html; charset=utf-8", html);
}

ngx_int_t send_asset(ngx_http_request_t* request, std::string_view name) {
    const Asset* const asset = find_asset(name);
    if (asset == nullptr) {
        return refuse(request, no_such_thing("a file of the page's in the argument asset"));
    }
    add_common_headers(request);
    ngx::add_header(request, "Cache-Control", "no-cache");
    ngx::add_header(request, "ETag", asset->etag);
    const ngx_table_elt_t* const known = request->headers_in.if_none_match;
    ngx::Response response;
    response.storage = ngx::Storage::lasting;
    if (known != nullptr && ngx::view(known->value) == asset->etag) {
        response.status = NGX_HTTP_NOT_MODIFIED;
        return ngx::send_response(request, response);
    }
    response.content_type = asset->content_type;
    response.body = asset->content;
    return ngx::send_response(request, response);
}

ngx_int_t refuse(ngx_http_request_t* request, const protocol::Problem& problem) {
    return send(request, static_cast<ngx_uint_t>(problem.status), "application/problem+json",
                protocol::to_json(problem, {}));
}

protocol::Problem no_token_configured() {
    return problem(
        NGX_HTTP_FORBIDDEN, "Read only",
        "Nothing can be changed here, because no token is configured. Expected \"aep_status_token\" with a "
        "file of tokens in this location.");
}

protocol::Problem wrong_token() {
    return problem(
        NGX_HTTP_UNAUTHORIZED, "Not authorized",
        "Expected the header \"Authorization: Bearer\" with a token from the file of aep_status_token.");
}

protocol::Problem other_site() {
    return problem(NGX_HTTP_FORBIDDEN, "Cross-site request",
                   "Expected a request from the status page itself.");
}

protocol::Problem no_such_thing(std::string_view expected) {
    return problem(NGX_HTTP_BAD_REQUEST, "Unknown request", "Expected " + std::string(expected) + ".");
}

protocol::Problem no_dead_letter() {
    return problem(NGX_HTTP_NOT_FOUND, "No such dead letter",
                   "It may have been requeued or discarded meanwhile. Expected the id of one in the list.");
}

protocol::Problem no_queue() {
    return problem(
        NGX_HTTP_SERVICE_UNAVAILABLE, "No queue",
        "This worker has no queue: aep_queue is off, or could not be started, which the error log tells.");
}

protocol::Problem not_just_now() {
    return problem(NGX_HTTP_SERVICE_UNAVAILABLE, "Not available just now",
                   "The answer did not come in time, or too many were asked for. Try again in a moment.");
}

protocol::Problem method_not_allowed() {
    return problem(NGX_HTTP_NOT_ALLOWED, "Method not allowed", "Expected GET or POST.");
}

}  // namespace aep::status
