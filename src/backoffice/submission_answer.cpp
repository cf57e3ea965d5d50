// What Submission says in the end.

#include "ngx/ngx.hpp"

#include <string>
#include <string_view>

#include "backoffice/problems.hpp"
#include "backoffice/submission.hpp"
#include "ngx/header.hpp"
#include "ngx/log.hpp"
#include "ngx/response.hpp"

namespace aep::backoffice {
namespace {

using shared::Counter;
using Kind = DocumentResult::Kind;

constexpr std::string_view kRetryAfter = "5";

}  // namespace

ngx_int_t Submission::refuse(const protocol::Problem& problem) {
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0, "aep back office: refused with %d: %*s",
                   problem.status, problem.title.size(), problem.title.data());
    if (problem.status == NGX_HTTP_UNAUTHORIZED) {
        ngx::add_header(request_, "WWW-Authenticate", "Bearer");
    }
    if (problem.status == NGX_HTTP_NOT_ALLOWED) {
        ngx::add_header(request_, "Allow", "POST");
    }
    if (problem.status == NGX_HTTP_TOO_MANY_REQUESTS || problem.status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        ngx::add_header(request_, "Retry-After",
                        problem.status == NGX_HTTP_TOO_MANY_REQUESTS ? "1" : kRetryAfter);
    }
    ngx::add_header(request_, "Cache-Control", "no-store");
    std::string body = protocol::to_json(problem, {});
    const std::string results = results_.as_list();
    if (!results.empty()) {
        body.insert(body.size() - 1, ",\"results\":[" + results + "]");
    }
    ngx::Response response;
    response.status = static_cast<ngx_uint_t>(problem.status);
    response.content_type = "application/problem+json";
    response.body = body;
    return ngx::send_response(request_, response);
}

void Submission::count(const DocumentResult& result) {
    Counter counter = Counter::back_office_accepted;
    switch (result.kind) {
        case Kind::accepted:
            break;
        case Kind::duplicate:
            counter = Counter::back_office_duplicate;
            break;
        case Kind::ignored:
            counter = Counter::back_office_ignored;
            break;
        case Kind::invalid:
            counter = Counter::back_office_invalid;
            break;
        case Kind::pending:
        case Kind::unavailable:
            counter = Counter::back_office_unavailable;
            break;
    }
    zone_.counters().add(counter);
    zone_.statistics().count_document(website_.counted_at, result.event, name_of(result.kind));
    if (result.kind == Kind::invalid) {
        static ngx::LogLimit limit;
        ngx_uint_t suppressed = 0;
        if (limit.due(suppressed)) {
            ngx::log(NGX_LOG_ERR, request_->connection->log,
                     "a back office document of website \"" + website_.server_name + "\" was not taken" +
                         (result.line == 0 ? std::string() : " (line " + std::to_string(result.line) + ")") +
                         (result.path.empty() ? std::string() : ": " + result.path + " is wrong") +
                         (result.expected.empty() ? std::string() : ", expected " + result.expected) + " (" +
                         std::to_string(suppressed) + " more not logged)");
        }
    }
}

/// Everything is known.
ngx_int_t Submission::answer() {
    if (facts_.is_ndjson) {
        return answer_lines();
    }
    if (is_unavailable_) {
        return refuse(not_available());
    }
    ngx::add_header(request_, "Cache-Control", "no-store");
    ngx::Response response;
    response.content_type = "application/json";
    std::string body;
    if (shape_ == mapping::Shape::webhook && !was_array_) {
        // Anything else could keep a shopper from buying, as Commerce waits for it.
        body = R"({"op":"success"})";
    } else {
        response.status = NGX_HTTP_ACCEPTED;
        body = "{\"results\":[" + results_.as_list() + "]}";
    }
    response.body = body;
    return ngx::send_response(request_, response);
}

ngx_int_t Submission::answer_lines() {
    if (is_over_ && !body_is_read_) {
        // The rest of the body is for nobody.
        request_->keepalive = 0;
        request_->lingering_close = 1;
    }
    if (is_over_ && !has_accepted_) {
        return refuse(not_available());
    }
    ngx::add_header(request_, "Cache-Control", "no-store");
    if (is_over_) {
        ngx::add_header(request_, "Retry-After", kRetryAfter);
    }
    return results_.send_lines();
}

}  // namespace aep::backoffice
