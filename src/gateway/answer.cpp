#include "ngx/ngx.hpp"

#include "gateway/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "edge/retry_policy.hpp"
#include "ngx/header.hpp"
#include "ngx/response.hpp"

namespace aep::gateway {
namespace {

constexpr std::string_view kProblemType = "application/problem+json;charset=utf-8";
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

}  // namespace

Answer answer_of(const protocol::Problem& problem, std::string_view request_id) {
    Answer answer;
    answer.status = problem.status;
    answer.content_type = kProblemType;
    answer.body = protocol::to_json(problem, std::string(request_id));
    return answer;
}

std::vector<edge::Header> passed_on_header(const edge::Response& response) {
    constexpr std::chrono::seconds kLongestWait{3};
    std::vector<edge::Header> passed_on;
    for (const edge::Header& header : response.headers) {
        if (std::ranges::find(kPassedOn, header.first) != kPassedOn.end()) {
            passed_on.push_back(header);
        } else if (header.first == "retry-after") {
            const auto wait = std::clamp(edge::retry_after(header.second, ngx_time()),
                                         std::chrono::seconds{1}, kLongestWait);
            passed_on.emplace_back("Retry-After", std::to_string(wait.count()));
        }
    }
    return passed_on;
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
