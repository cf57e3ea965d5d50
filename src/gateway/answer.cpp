#include "ngx/ngx.hpp"

#include "gateway/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "edge/retry_policy.hpp"
#include "ngx/header.hpp"
#include "ngx/response.hpp"
#include "protocol/cookies.hpp"
#include "protocol/edge_cookies.hpp"
#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::gateway {
namespace {

constexpr std::string_view kProblemType = "application/problem+json;charset=utf-8";
constexpr std::string_view kJsonType = "application/json;charset=utf-8";
constexpr std::string_view kNotCached = "no-cache, no-store, max-age=0, no-transform, private";
constexpr std::array<std::string_view, 2> kPassedOn{"x-adobe-edge", "x-request-id"};

bool add_cors(ngx_http_request_t* request, std::string_view origin) noexcept {
    return origin.empty() ||
           (ngx::add_copied_header(request, "Access-Control-Allow-Origin", origin) &&
            ngx::add_header(request, "Access-Control-Allow-Credentials", "true") != nullptr &&
            ngx::add_header(request, "Access-Control-Expose-Headers",
                            "X-Adobe-Edge, X-Request-Id, Retry-After") != nullptr &&
            ngx::add_header(request, "Vary", "Origin") != nullptr);
}

/// False without memory.
bool add_headers(ngx_http_request_t* request, const Answer& answer,
                 std::string_view foreign_origin) noexcept {
    const auto add = [request](const edge::Header& header) {
        return ngx::add_copied_header(request, header.first, header.second);
    };
    const auto add_cookie = [request](const std::string& value) {
        return ngx::add_copied_header(request, "Set-Cookie", value);
    };
    return ngx::add_header(request, "Cache-Control", kNotCached) != nullptr &&
           ngx::add_header(request, "X-Content-Type-Options", "nosniff") != nullptr &&
           add_cors(request, foreign_origin) && std::ranges::all_of(answer.headers, add) &&
           std::ranges::all_of(answer.set_cookies, add_cookie);
}

/// What a page is told of the media type of Edge's answer; empty where it is no JSON.
std::string_view json_type_of(const edge::Response& response) noexcept {
    const auto found = std::ranges::find(response.headers, "content-type", &edge::Header::first);
    const std::string_view type = found == response.headers.end() ? std::string_view() : found->second;
    const std::string_view essence = text::trimmed(type.substr(0, type.find(';')));
    if (text::equals_ignoring_case(essence, "application/problem+json")) {
        return kProblemType;
    }
    return text::equals_ignoring_case(essence, "application/json") ? kJsonType : std::string_view();
}

}  // namespace

Answer answer_of(const protocol::Problem& problem, std::string_view request_id) {
    Answer answer;
    answer.status = problem.status;
    answer.content_type = kProblemType;
    answer.body = protocol::to_json(problem, std::string(request_id));
    return answer;
}

Answer answer_of(protocol::LocalAnswer&& local) {
    Answer answer;
    answer.status = local.status;
    answer.body = std::move(local.body);
    answer.set_cookies = std::move(local.set_cookies);
    return answer;
}

Answer refusal_of(edge::Response&& response, std::string_view request_id) {
    const std::string_view type = json_type_of(response);
    Answer answer;
    if (type.empty() || response.body.empty()) {
        answer = answer_of(protocol::refused_by_edge(response.status), request_id);
    } else {
        answer.status = response.status;
        answer.content_type = type;
        answer.body = std::move(response.body);
    }
    answer.headers = passed_on_header(response);
    return answer;
}

std::vector<edge::Header> passed_on_header(const edge::Response& response) {
    constexpr std::chrono::seconds kLongestWait{3};
    constexpr std::size_t kLongestValue = 256;
    std::vector<edge::Header> passed_on;
    for (const auto& [name, value] : response.headers) {
        const bool is_first = std::ranges::find(passed_on, name, &edge::Header::first) == passed_on.end();
        if (!is_first || value.size() > kLongestValue) {
            continue;
        }
        if (std::ranges::find(kPassedOn, name) != kPassedOn.end()) {
            passed_on.emplace_back(name, value);
        } else if (name == "retry-after") {
            const auto wait =
                std::clamp(edge::retry_after(value, ngx_time()), std::chrono::seconds{1}, kLongestWait);
            passed_on.emplace_back(name, std::to_string(wait.count()));
        }
    }
    return passed_on;
}

std::vector<std::string> cookies_of_edge(const edge::Response& response, std::string_view organization_id,
                                         std::string_view domain) {
    std::vector<std::string> cookies;
    for (const auto& [name, value] : response.headers) {
        std::string cookie = name == "set-cookie"
                                 ? protocol::cookie_of_edge(value, organization_id, domain, ngx_time())
                                 : std::string();
        if (!cookie.empty()) {
            protocol::add_set_cookie(cookies, std::move(cookie));
        }
    }
    return cookies;
}

ngx_int_t send_answer(ngx_http_request_t* request, const Answer& answer, std::string_view foreign_origin) {
    if (!add_headers(request, answer, foreign_origin)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    ngx::Response response;
    response.status = static_cast<ngx_uint_t>(answer.status);
    response.content_type = answer.content_type;
    response.body = answer.body;
    return ngx::send_response(request, response);
}

}  // namespace aep::gateway
