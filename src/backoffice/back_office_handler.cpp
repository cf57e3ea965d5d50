#include "ngx/ngx.hpp"

#include "backoffice/back_office_handler.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "backoffice/admission.hpp"
#include "backoffice/problems.hpp"
#include "backoffice/submission.hpp"
#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/pool.hpp"
#include "ngx/request.hpp"
#include "ngx/response.hpp"
#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::backoffice {
namespace {

constexpr std::size_t kLongestChallenge = 256;

std::string_view media_type(ngx_http_request_t* request) noexcept {
    const ngx_table_elt_t* type = request->headers_in.content_type;
    const std::string_view value = type == nullptr ? std::string_view() : ngx::view(type->value);
    return text::trimmed(value.substr(0, value.find(';')));
}

bool is_ndjson_type(std::string_view type) noexcept {
    return text::equals_ignoring_case(type, "application/x-ndjson") ||
           text::equals_ignoring_case(type, "application/ndjson") ||
           text::equals_ignoring_case(type, "application/jsonl");
}

/// Also those of CloudEvents, alone and in batches (CloudEvents HTTP Protocol Binding 3.2, 3.3).
bool is_json_type(std::string_view type) noexcept {
    return text::equals_ignoring_case(type, "application/json") ||
           text::equals_ignoring_case(type, "application/cloudevents+json") ||
           text::equals_ignoring_case(type, "application/cloudevents-batch+json");
}

/// Adobe I/O Events asks once, when somebody registers this address, whether it is meant for that.
bool is_challenge(ngx_http_request_t* request, const settings::BackOfficeAccess& access) noexcept {
    return access.event_keys != nullptr && request->method == NGX_HTTP_GET &&
           !ngx::query_argument(request, "challenge").empty();
}

ngx_int_t answer_challenge(ngx_http_request_t* request) noexcept {
    const std::string_view challenge = ngx::query_argument(request, "challenge");
    const bool is_harmless =
        challenge.size() <= kLongestChallenge && std::ranges::all_of(challenge, [](char c) {
            constexpr std::string_view kMarks("-_.~");
            return text::is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
        });
    if (!is_harmless) {
        return NGX_HTTP_BAD_REQUEST;
    }
    ngx::add_header(request, "X-Content-Type-Options", "nosniff");
    ngx::add_header(request, "Cache-Control", "no-store");
    ngx::Response response;
    response.content_type = "text/plain";
    response.body = challenge;
    return ngx::send_response(request, response);
}

std::string_view named_event(ngx_http_request_t* request) noexcept {
    const std::string_view argument = ngx::query_argument(request, "event");
    return argument.empty() ? ngx::request_header(request, "x-aep-event") : argument;
}

/// Why a request is refused by its header alone.
std::optional<protocol::Problem> objection_to(ngx_http_request_t* request, const Submission::Facts& facts,
                                              Admission admission) {
    if (admission == Admission::refused) {
        return unauthorized();
    }
    const std::string_view type = media_type(request);
    if (!is_json_type(type) && !is_ndjson_type(type)) {
        return unsupported_type();
    }
    if (!facts.event.empty() && !mapping::event_of(facts.event)) {
        return unknown_event();
    }
    if (facts.datastream_id.empty()) {
        return no_datastream();
    }
    if (facts.is_whole() &&
        request->headers_in.content_length_n > static_cast<off_t>(Submission::kMostWhole)) {
        return too_large();
    }
    return std::nullopt;
}

ngx_int_t take_in(ngx_http_request_t* request, const settings::BackOfficeAccess& access,
                  Submission& submission, shared::Zone& zone) {
    if (request->method != NGX_HTTP_POST) {
        const ngx_int_t discarded = ngx_http_discard_request_body(request);
        return discarded == NGX_OK ? submission.refuse(method_not_allowed()) : discarded;
    }
    Submission::Facts facts;
    facts.credentials = read_credentials(request);
    const Admission admission = admission_of(access, facts.credentials);
    facts.checks_signature = admission == Admission::needs_body;
    facts.is_ndjson = is_ndjson_type(media_type(request));
    facts.event = named_event(request);
    facts.datastream_id = settings::back_office_datastream_id(request);
    facts.environment = settings::commerce_environment(request);
    if (const auto problem = objection_to(request, facts, admission)) {
        zone.counters().add(shared::Counter::back_office_refused);
        const ngx_int_t discarded = ngx_http_discard_request_body(request);
        return discarded == NGX_OK ? submission.refuse(*problem) : discarded;
    }
    return submission.start(facts);
}

}  // namespace

ngx_int_t handle_back_office(ngx_http_request_t* request) noexcept {
    const auto failed = []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; };
    return ngx::guarded(request->connection->log, "the back office", failed, [&]() -> ngx_int_t {
        const settings::ServerConf& server = *settings::server_conf(request);
        const settings::Runtime& runtime = settings::main_conf(request)->runtime;
        const auto* documents = server.runtime.get<Documents>();
        auto* zone = runtime.get<shared::Zone>();
        if (documents == nullptr || zone == nullptr || request != request->main) {
            return NGX_HTTP_NOT_FOUND;
        }
        const settings::BackOfficeAccess& access = settings::location_conf(request)->back_office_access;
        if (is_challenge(request, access)) {
            return answer_challenge(request);
        }
        auto* intake = runtime.get<Intake>();
        if (intake == nullptr || !intake->has_queue()) {
            return NGX_HTTP_SERVICE_UNAVAILABLE;
        }
        auto* submission = ngx::make<Submission>(request->pool, request, *server.website, *documents, access,
                                                 *intake, *zone);
        if (submission == nullptr) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        ngx::set_context(request, submission);
        return take_in(request, access, *submission, *zone);
    });
}

}  // namespace aep::backoffice
