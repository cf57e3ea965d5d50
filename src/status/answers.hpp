#pragma once

#include "ngx/ngx.hpp"

#include <string>
#include <string_view>

#include "protocol/problem.hpp"

namespace aep::status {

/// Sends what nobody may keep, nor take for anything else than it is. Each returns what ngx_http_finalize_request takes.
ngx_int_t send(ngx_http_request_t* request, std::string_view content_type, std::string_view body);
ngx_int_t send_json(ngx_http_request_t* request, std::string_view body);
/// The page, with the policy that it lives under.
ngx_int_t send_page(ngx_http_request_t* request, std::string_view html);
/// A file of the page's; 404 where there is none of that name.
ngx_int_t send_asset(ngx_http_request_t* request, std::string_view name);
ngx_int_t refuse(ngx_http_request_t* request, const protocol::Problem& problem);

protocol::Problem no_token_configured();
protocol::Problem wrong_token();
protocol::Problem other_site();
protocol::Problem no_such_thing(std::string_view expected);
protocol::Problem no_dead_letter();
protocol::Problem no_queue();
protocol::Problem not_just_now();
protocol::Problem method_not_allowed();

}  // namespace aep::status
