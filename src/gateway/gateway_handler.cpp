#include "ngx/ngx.hpp"

#include "gateway/gateway_handler.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/incoming.hpp"
#include "gateway/live_request.hpp"
#include "gateway/preflight.hpp"
#include "ngx/guard.hpp"
#include "ngx/header.hpp"
#include "ngx/log.hpp"
#include "ngx/log_action.hpp"
#include "ngx/pool.hpp"
#include "ngx/request.hpp"
#include "ngx/string.hpp"
#include "protocol/site.hpp"
#include "settings/configuration.hpp"
#include "settings/identifiers.hpp"
#include "text/ascii.hpp"
#include "text/uuid.hpp"

namespace aep::gateway {
namespace {

using settings::Website;
using shared::Counter;

protocol::Problem problem(int status, std::string_view code, std::string_view title,
                          std::string_view detail) {
    return {status, code.empty() ? "about:blank" : "https://ns.adobe.com/aep/errors/" + std::string(code),
            std::string(title), std::string(detail)};
}

protocol::Problem not_found(std::string_view detail) {
    return problem(NGX_HTTP_NOT_FOUND, {}, "Not found", detail);
}

/// The part of the path that is behind the gateway's location, without the slash between.
std::string_view path_in_gateway(ngx_http_request_t* request, const Website& website) noexcept {
    std::string_view path = ngx::view(request->uri);
    path.remove_prefix(std::min(website.gateway_path.size(), path.size()));
    path.remove_prefix(path.starts_with('/') ? 1 : 0);
    return path;
}

bool is_token(std::string_view value, std::size_t most, std::string_view marks) noexcept {
    return value.size() <= most && std::ranges::all_of(value, [marks](char c) {
               return text::is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
           });
}

/// Media types of a JSON text that Edge takes (its error EXEG-0111-415 lists them).
bool is_json_type(std::string_view type) noexcept {
    const std::string_view essence = type.substr(0, type.find_first_of("; \t"));
    return essence.empty() || ngx::equals_ignoring_case(essence, "text/plain") ||
           ngx::equals_ignoring_case(essence, "application/json") ||
           ngx::equals_ignoring_case(essence, "text/javascript");
}

/// Which datastream a request goes to, or why to none.
std::optional<protocol::Problem> find_datastream(ngx_http_request_t* request, const Website& website,
                                                 std::string& datastream) {
    if (!website.defers()) {
        datastream = settings::datastream_id(request);
        return datastream.empty() ? std::optional(not_found("This website has no datastream."))
                                  : std::nullopt;
    }
    datastream = ngx::query_argument(request, "configId");
    if (datastream.empty()) {
        return problem(NGX_HTTP_BAD_REQUEST, "EXEG-0002-400", "Missing datastream ID",
                       "Expected the query argument configId with the shop's datastream ID.");
    }
    const auto& allowed = website.web_sdk_datastreams;
    const bool listed = allowed.empty() || std::ranges::find(allowed, datastream) != allowed.end();
    if (!settings::is_datastream_id(datastream) || !listed) {
        return problem(NGX_HTTP_BAD_REQUEST, "EXEG-0003-400", "Invalid datastream ID",
                       "The query argument configId names no datastream that this website may use.");
    }
    return std::nullopt;
}

/// The identifiers in the query, checked: they go into Edge's URL.
std::optional<protocol::Problem> read_query(ngx_http_request_t* request, LiveRequest::Admission& admission) {
    constexpr std::size_t kLongestId = 64;
    constexpr std::size_t kLongestToken = 256;
    const std::string_view id = ngx::query_argument(request, "requestId");
    const std::string_view token = ngx::query_argument(request, "adobeAepValidationToken");
    if (!is_token(id, kLongestId, "-_") || !is_token(token, kLongestToken, "-_%|.~")) {
        return problem(NGX_HTTP_BAD_REQUEST, "EXEG-0108-400", "Invalid query argument",
                       "Expected a UUID in requestId, and nothing but a token in adobeAepValidationToken.");
    }
    admission.request_id = id.empty() ? text::random_uuid() : std::string(id);
    admission.assurance_token = token;
    return std::nullopt;
}

std::optional<protocol::Problem> check_shape(ngx_http_request_t* request, const Incoming& in) {
    if (!is_json_type(in.content_type)) {
        return problem(NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, "EXEG-0111-415", "Unsupported content type",
                       "Expected JSON as text/plain or application/json.");
    }
    if (request->headers_in.content_length_n > static_cast<off_t>(protocol::kMaxBody)) {
        return protocol::body_too_large();
    }
    return std::nullopt;
}

protocol::Objection objection_of(const Incoming& in, const Website& website,
                                 const protocol::VisitorState& visitor) noexcept {
    protocol::ConsentFacts facts;
    facts.has_opt_out_cookie = visitor.has_opt_out_cookie;
    facts.honours_global_privacy_control = website.global_privacy_control;
    facts.sec_gpc = in.sec_gpc;
    facts.cookie = visitor.consent;
    return protocol::consent_objection(facts);
}

/// Answers without having read the body, which is then thrown away.
template <typename Answering>
ngx_int_t answer_early(ngx_http_request_t* request, Answering&& answering) {
    const ngx_int_t discarded = ngx_http_discard_request_body(request);
    return discarded == NGX_OK ? answering() : discarded;
}

void handle_body(ngx_http_request_t* request) noexcept {
    // The whole body is there, so nginx need not wait for more of it (lingering_timeout, 5 s) when it closes the
    // connection: a worker that is told to quit could not end before.
    request->lingering_close = 0;
    auto* live = ngx::context<LiveRequest>(request);
    const ngx_int_t result = ngx::guarded(
        request->connection->log, "the gateway", []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [live, log = request->connection->log]() -> ngx_int_t {
            const ngx::LogAction action(log, "forwarding an event to Edge");
            return live == nullptr ? NGX_HTTP_INTERNAL_SERVER_ERROR : live->start();
        });
    if (result != NGX_DONE) {
        ngx_http_finalize_request(request, result);
    }
}

ngx_int_t read_body(ngx_http_request_t* request) {
    const ngx_int_t result = ngx_http_read_client_request_body(request, handle_body);
    return result >= NGX_HTTP_SPECIAL_RESPONSE ? result : NGX_DONE;
}

ngx_int_t method_not_allowed(ngx_http_request_t* request, LiveRequest& live) {
    ngx::add_header(request, "Allow", "POST");
    return live.refuse(problem(NGX_HTTP_NOT_ALLOWED, {}, "Method not allowed", "Expected POST."),
                       Counter::not_served);
}

/// Where a proxy in front rewrites Host, all events look like those of another site. Browsers that say themselves that
/// it is another site are no reason to suspect that, nor are pages that do not tell where they are from.
void warn_of_other_host(ngx_http_request_t* request, const Website& website, const Incoming& in) {
    if (in.sec_fetch_site == "cross-site" || in.sec_fetch_site == "none" ||
        protocol::origin_host(in.origin).empty()) {
        return;
    }
    auto* zone = settings::main_conf(request)->runtime.get<shared::Zone>();
    if (!zone->is_news(website.server_name, "another host")) {
        return;
    }
    constexpr std::size_t kLongest = 100;
    ngx::log(
        NGX_LOG_WARN, request->connection->log,
        "an event of website \"" + website.server_name + "\" was refused with 403, because its page (\"" +
            std::string(in.origin.substr(0, kLongest)) + "\") is not of the host that it was sent to (\"" +
            std::string(in.host.substr(0, kLongest)) +
            "\"): where a proxy in front rewrites Host, set \"proxy_set_header Host $host;\" there, or say "
            "with \"aep_public_host\" what browsers call this website; further ones are counted, not logged");
}

ngx_int_t take_in(ngx_http_request_t* request, const Website& website, LiveRequest& live) {
    const auto target = protocol::parse_target(path_in_gateway(request, website));
    if (!target) {
        return answer_early(request, [&] {
            return live.refuse(not_found("The Web SDK has no such action."), Counter::not_served);
        });
    }
    const Incoming in = read_header(request);
    const bool is_preflight = gateway::is_preflight(request, in);
    if (request->method != NGX_HTTP_POST && !is_preflight) {
        return answer_early(request, [&] { return method_not_allowed(request, live); });
    }
    const protocol::SiteFacts site{in.host, in.origin, in.sec_fetch_site, ngx::is_secure(request)};
    if (protocol::is_cross_site(site)) {
        return answer_early(request, [&] {
            warn_of_other_host(request, website, in);
            return live.refuse(problem(NGX_HTTP_FORBIDDEN, {}, "Cross-site request",
                                       "Expected a request from a page of this website."),
                               Counter::cross_site);
        });
    }
    if (is_preflight) {
        return answer_early(request, [&] { return allow_request(request, in); });
    }
    live.set_foreign_origin(protocol::foreign_origin(site));
    LiveRequest::Admission admission;
    admission.target = *target;
    auto wrong = find_datastream(request, website, admission.datastream_id);
    wrong = wrong ? std::move(wrong) : read_query(request, admission);
    wrong = wrong ? std::move(wrong) : check_shape(request, in);
    if (wrong) {
        return answer_early(request, [&] { return live.refuse(*wrong, Counter::invalid); });
    }
    admission.visitor = protocol::read_cookies(in.cookies, website.organization_id, website.opt_out_cookie,
                                               website.first_party_id.cookie);
    const protocol::Objection objection = objection_of(in, website, admission.visitor);
    // A consent cookie is what a set-consent may change; the others stand.
    admission.objects =
        objection != protocol::Objection::none && objection != protocol::Objection::consent_cookie;
    if (target->action != protocol::Action::set_consent && objection != protocol::Objection::none) {
        const std::string id = admission.request_id;
        live.admit(std::move(admission));
        return answer_early(request, [&] { return live.respect_objection(*target, id); });
    }
    admission.host = in.host;
    admission.origin = in.origin;
    admission.content_type = in.content_type;
    live.admit(std::move(admission));
    return read_body(request);
}

}  // namespace

ngx_int_t handle_gateway(ngx_http_request_t* request) noexcept {
    const auto failed = []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; };
    return ngx::guarded(request->connection->log, "the gateway", failed, [&]() -> ngx_int_t {
        const Website* website = settings::server_conf(request)->website;
        const settings::Runtime& runtime = settings::main_conf(request)->runtime;
        auto* zone = runtime.get<shared::Zone>();
        // A part of another page cannot be an event of the browser's.
        if (website == nullptr || !website->storefront_events || zone == nullptr ||
            request != request->main) {
            return NGX_HTTP_NOT_FOUND;
        }
        auto* live =
            ngx::make<LiveRequest>(request->pool, request, *website, *zone, runtime.get<Transfers>());
        if (live == nullptr) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        ngx::set_context(request, live);
        zone->counters().add(Counter::requests);
        return take_in(request, *website, *live);
    });
}

}  // namespace aep::gateway
