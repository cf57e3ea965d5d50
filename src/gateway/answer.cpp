#include "ngx/ngx.hpp"

#include "gateway/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "edge/retry_policy.hpp"
#include "ngx/header.hpp"
#include "ngx/string.hpp"

namespace aep::gateway {
namespace {

constexpr std::string_view kProblemType = "application/problem+json;charset=utf-8";
constexpr std::string_view kNotCached = "no-cache, no-store, max-age=0, no-transform, private";
constexpr std::array<std::string_view, 2> kKept{"x-adobe-edge", "x-request-id"};

/// Nothing of Edge's may end a line of ours.
bool fits_into_a_line(std::string_view value) noexcept {
    constexpr std::string_view kEnds("\r\n\0", 3);
    return value.find_first_of(kEnds) == std::string_view::npos;
}

/// A header whose value is copied into the request's pool, unless it is more than that.
bool add_copied(ngx_http_request_t* request, std::string_view name, std::string_view value) noexcept {
    if (!fits_into_a_line(value)) {
        return true;
    }
    const ngx_str_t kept_name = ngx::copy(request->pool, name);
    const ngx_str_t kept_value = ngx::copy(request->pool, value);
    return kept_name.data != nullptr && kept_value.data != nullptr &&
           ngx::add_header(request, ngx::view(kept_name), ngx::view(kept_value)) != nullptr;
}

bool add_cors(ngx_http_request_t* request, std::string_view origin) noexcept {
    return origin.empty() ||
           (add_copied(request, "Access-Control-Allow-Origin", origin) &&
            ngx::add_header(request, "Access-Control-Allow-Credentials", "true") != nullptr &&
            ngx::add_header(request, "Access-Control-Expose-Headers",
                            "X-Adobe-Edge, X-Request-Id, Retry-After") != nullptr &&
            ngx::add_header(request, "Vary", "Origin") != nullptr);
}

bool describe(ngx_http_request_t* request, const Answer& answer, std::string_view foreign_origin) noexcept {
    auto& out = request->headers_out;
    out.status = static_cast<ngx_uint_t>(answer.status);
    out.content_length_n = static_cast<off_t>(answer.body.size());
    if (!answer.body.empty() && fits_into_a_line(answer.content_type)) {
        out.content_type = ngx::copy(request->pool, answer.content_type);
        out.content_type_len = std::min(answer.content_type.find(';'), answer.content_type.size());
        out.content_type_lowcase = nullptr;
        if (out.content_type.data == nullptr) {
            return false;
        }
    }
    const auto add = [request](const edge::Header& header) {
        return add_copied(request, header.first, header.second);
    };
    const auto add_cookie = [request](const std::string& value) {
        return add_copied(request, "Set-Cookie", value);
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

std::vector<edge::Header> kept_header(const edge::Response& response) {
    constexpr std::chrono::seconds kLongestWait{3};
    std::vector<edge::Header> kept;
    for (const edge::Header& header : response.headers) {
        if (std::ranges::find(kKept, header.first) != kKept.end()) {
            kept.push_back(header);
        } else if (header.first == "retry-after") {
            const auto wait = std::clamp(edge::retry_after(header.second, ngx_time()),
                                         std::chrono::seconds{1}, kLongestWait);
            kept.emplace_back("Retry-After", std::to_string(wait.count()));
        }
    }
    return kept;
}

ngx_int_t send_answer(ngx_http_request_t* request, const Answer& answer, std::string_view foreign_origin) {
    if (!describe(request, answer, foreign_origin)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (answer.body.empty()) {
        request->header_only = 1;
        return ngx_http_send_header(request);
    }
    ngx_buf_t* buffer = ngx_create_temp_buf(request->pool, answer.body.size());
    if (buffer == nullptr) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    buffer->last = ngx_cpymem(buffer->last, answer.body.data(), answer.body.size());
    buffer->last_buf = 1;
    buffer->last_in_chain = 1;
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) {
        return result;
    }
    ngx_chain_t out{buffer, nullptr};
    return ngx_http_output_filter(request, &out);
}

}  // namespace aep::gateway
