#pragma once

#include "ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "edge/message.hpp"
#include "protocol/local_answer.hpp"
#include "protocol/problem.hpp"

namespace aep::gateway {

/// What a page gets.
struct Answer {
    int status = 200;
    std::string content_type = "application/json;charset=utf-8";
    std::string body;  ///< empty with status 204
    std::vector<std::string> set_cookies;
    std::vector<edge::Header> headers;  ///< of Edge's answer, those that alloy reads
};

/// A refusal of ours.
Answer answer_of(const protocol::Problem& problem, std::string_view request_id);

/// An answer of ours in the place of Edge's.
Answer answer_of(protocol::LocalAnswer&& local);

/// Edge's own refusal, as far as a page may get it: JSON. What anything between here and Edge has written instead, a
/// page of HTML above all, would be the shop's own.
Answer refusal_of(edge::Response&& response, std::string_view request_id);

/// The members of Edge's header that go on to the page; Retry-After shortened, as alloy obeys it without limit.
std::vector<edge::Header> passed_on_header(const edge::Response& response);

/// The cookies that Edge has set by itself, where it takes itself for a first party of the shop: see
/// protocol::cookie_of_edge. Of one that it sets twice the last.
std::vector<std::string> cookies_of_edge(const edge::Response& response, std::string_view organization_id,
                                         std::string_view domain);

/// Sends an answer. `foreign_origin`: of a page on another host of the same site (CORS); empty for the same
/// host. Returns what ngx_http_finalize_request takes.
ngx_int_t send_answer(ngx_http_request_t* request, const Answer& answer, std::string_view foreign_origin);

}  // namespace aep::gateway
