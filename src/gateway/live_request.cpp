#include "ngx/ngx.hpp"

#include "gateway/live_request.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "edge/retry_policy.hpp"
#include "gateway/incoming.hpp"
#include "ngx/guard.hpp"
#include "ngx/log_action.hpp"
#include "ngx/request.hpp"
#include "ngx/string.hpp"
#include "protocol/consent_identity.hpp"
#include "protocol/event_types.hpp"
#include "protocol/first_party_id.hpp"
#include "protocol/local_answer.hpp"
#include "protocol/site.hpp"
#include "text/digest.hpp"
#include "text/uuid.hpp"

namespace aep::gateway {
namespace {

constexpr ngx_msec_t kDiskPatience = 3000;  ///< how long the queue may take

using shared::Counter;

/// With three decimals, as nginx's own times.
std::string in_seconds(std::chrono::microseconds duration) {
    const auto whole = std::chrono::round<std::chrono::milliseconds>(duration).count();
    const std::string decimals = std::to_string(whole % 1000);
    return std::to_string(whole / 1000) + "." + std::string(3 - decimals.size(), '0') + decimals;
}

ngx_msec_t milliseconds(std::chrono::milliseconds duration) noexcept {
    return static_cast<ngx_msec_t>(duration.count());
}

}  // namespace

LiveRequest::LiveRequest(ngx_http_request_t* request, const settings::Website& website, shared::Zone& zone,
                         Transfers* transfers)
    : ngx::RequestContext{kRoom},
      request_(request),
      website_(website),
      zone_(zone),
      transfers_(transfers),
      tally_(std::make_shared<shared::Tally>(zone.statistics(), zone.worker(), website.counted_at)),
      waiting_(request, *this) {}

void LiveRequest::admit(Admission&& admission) {
    admission_ = std::move(admission);
    tally_->set_action(static_cast<std::size_t>(admission_.target.action));
    if (const std::string& datastream = admission_.datastream_id; datastream != website_.datastream_id) {
        const bool is_listed = std::ranges::count(website_.web_sdk_datastreams, datastream) != 0;
        tally_->set_website(zone_.statistics().website(website_.server_name, datastream, is_listed));
    }
}

ngx_int_t LiveRequest::refuse(const protocol::Problem& problem, Counter reason) {
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0, "aep gateway: refused with %d: %*s",
                   problem.status, problem.title.size(), problem.title.data());
    outcome_ = Outcome::rejected;
    zone_.counters().add(reason);
    return send(answer_of(problem, admission_.request_id));
}

ngx_int_t LiveRequest::respect_objection(const protocol::Target& target, std::string_view request_id) {
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0,
                   "aep gateway: the visitor objects, nothing is sent");
    outcome_ = Outcome::consent;
    zone_.counters().add(Counter::no_consent);
    protocol::LocalAnswerFacts facts;  // without an identity: none is made for a visitor who objects
    facts.action = target.action;
    facts.request_id = request_id;
    facts.organization_id = website_.organization_id;
    // What the visitor does not want sent is not even read: it counts as one event.
    if (target.action != protocol::Action::acquire) {
        tally_->take(std::array<std::string, 1>{"unknown"});
    }
    return send(answer_of(protocol::local_answer(facts)));
}

ngx_int_t LiveRequest::start() {
    std::string body;
    int error = 0;
    if (!ngx::collect_body(request_, protocol::kMaxBody, body, error)) {
        return error == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE
                   ? refuse(protocol::body_too_large(), Counter::invalid)
                   : error;
    }
    tally_->count_received(body.size());
    origin_site_ = transfers_ == nullptr ? protocol::site_of_origin(admission_.origin)
                                         : transfers_->sites().site_of_origin(admission_.origin);
    const std::string site =
        admission_.origin.empty() ? protocol::registrable_domain(admission_.host) : origin_site_;
    protocol::RequestFacts facts;
    facts.action = admission_.target.action;
    facts.datastream_id = admission_.datastream_id;
    facts.request_id = admission_.request_id;
    facts.defers = website_.defers();
    facts.entries = admission_.visitor.entries;
    facts.minted_ecid = admission_.visitor.minted_ecid;
    facts.site = site;
    choose_first_party_id(facts);
    auto result = protocol::rewrite_request(std::move(body), facts);
    if (const auto* problem = std::get_if<protocol::Problem>(&result)) {
        return refuse(*problem, Counter::invalid);
    }
    auto& rewritten = std::get<protocol::RewrittenRequest>(result);
    note_events(rewritten);
    keep_first_party_id(rewritten);
    std::uint64_t key = 0;
    if (facts.action == protocol::Action::interact || facts.action == protocol::Action::collect) {
        key = text::fingerprint(admission_.datastream_id, admission_.request_id);
        switch (claim(key)) {
            case shared::RequestWindow::Sighting::fresh:
                break;
            case shared::RequestWindow::Sighting::under_way:
                return refuse_for_now();  // what becomes of the first is not known yet
            case shared::RequestWindow::Sighting::safe:
                outcome_ = Outcome::duplicate;
                first_party_id_cookie_.clear();  // the first answer's stays
                zone_.counters().add(Counter::duplicate);
                return send(answer_locally());
        }
    }
    return forward_claimed(std::move(rewritten), key);
}

void LiveRequest::note_events(const protocol::RewrittenRequest& rewritten) {
    zone_.counters().add(Counter::events, rewritten.event_types.size());
    event_types_ = protocol::list_event_types(rewritten.event_types);
    tally_->take(rewritten.event_types);
    if (rewritten.consent) {
        consent_change_ = *rewritten.consent;
    }
    if (rewritten.cookies_enabled) {
        cookie_domain_ = protocol::cookie_domain(origin_site_, rewritten.state_domain);
    }
}

void LiveRequest::choose_first_party_id(protocol::RequestFacts& facts) {
    first_party_id_ = admission_.visitor.fpid;
    facts.fpid_is_new = first_party_id_.empty();
    if (facts.fpid_is_new && !website_.first_party_id.cookie.empty() && !admission_.objects) {
        first_party_id_ = text::random_uuid();
    }
    facts.fpid = first_party_id_;
}

/// Each answer renews the cookie, as only a visitor who stays away shall be forgotten; but not that of a visitor who
/// objects.
void LiveRequest::keep_first_party_id(const protocol::RewrittenRequest& rewritten) {
    if (!rewritten.has_fpid) {
        first_party_id_.clear();
        return;
    }
    const bool says_out = consent_change_.general == protocol::Consent::out && !consent_change_.provisional;
    if (rewritten.cookies_enabled && !admission_.objects && !says_out) {
        const auto& [name, max_age] = website_.first_party_id;
        first_party_id_cookie_ =
            protocol::first_party_id_cookie(name, first_party_id_, origin_site_, max_age);
    }
}

shared::RequestWindow::Sighting LiveRequest::claim(std::uint64_t key) noexcept {
    const auto now = static_cast<std::uint32_t>(ngx_current_msec / 1000);
    const auto patience = static_cast<std::uint32_t>(
        (milliseconds(website_.endpoint->answer_timeout) + kDiskPatience) / 1000 + 1);
    return zone_.locked([&](shared::SharedState& shared) { return shared.window.note(key, now, patience); });
}

/// What is neither sent nor kept leaves no claim behind: a repeat of it counts.
ngx_int_t LiveRequest::forward_claimed(protocol::RewrittenRequest&& rewritten, std::uint64_t key) {
    struct Claimed {
        ~Claimed() {
            if (key != 0 && !is_taken) {
                zone.locked([this](shared::SharedState& shared) { shared.window.forget(key); });
            }
        }
        shared::Zone& zone;
        std::uint64_t key;
        bool is_taken = false;
    };
    Claimed claimed{zone_, key};
    const ngx_int_t result = forward(std::move(rewritten), key);
    claimed.is_taken = result == NGX_DONE;
    return result;
}

std::string LiveRequest::edge_target() const {
    return protocol::edge_target(
        admission_.target, {admission_.datastream_id, admission_.request_id, admission_.assurance_token});
}

Subject LiveRequest::subject_of(const protocol::RewrittenRequest& rewritten, std::uint64_t window_key) {
    Subject subject;
    subject.action = admission_.target.action;
    subject.path = admission_.target.path;
    subject.datastream_id = admission_.datastream_id;
    subject.request_id = admission_.request_id;
    subject.assurance_token = admission_.assurance_token;
    subject.window_key = window_key;
    subject.tally = tally_;
    const bool mints_none = admission_.visitor.has_identity || admission_.objects;
    if (!mints_none && subject.action != protocol::Action::collect &&
        subject.action != protocol::Action::media) {
        new_ecid_ = protocol::random_ecid();
        subject.new_ecid = new_ecid_;
    }
    if (subject.action == protocol::Action::set_consent) {
        protocol::ConsentIdentityFacts facts;
        facts.organization_id = website_.organization_id;
        facts.datastream_id = admission_.datastream_id;
        facts.request_id = admission_.request_id;
        facts.fpid = first_party_id_;
        facts.new_ecid = new_ecid_;
        subject.consent_identity = protocol::consent_identity(rewritten.body, facts);
    }
    return subject;
}

/// Tries Edge where it may take the request. A beacon, whose answer no page reads, leaves half of the connections to
/// those that are waited for: it goes to the queue where the others are in use.
ngx_int_t LiveRequest::forward(protocol::RewrittenRequest&& rewritten, std::uint64_t window_key) {
    if (transfers_ == nullptr) {
        return refuse_for_now();
    }
    const protocol::Action action = admission_.target.action;
    const bool has_queue = transfers_->has_queue();
    Subject subject = subject_of(rewritten, window_key);
    delivery::Hosts& hosts = transfers_->hosts();
    bool tries_edge = action != protocol::Action::collect || !has_queue || hosts.has_room(*website_.endpoint);
    delivery::Hosts::Permit permit =
        tries_edge ? hosts.ask(website_.endpoint, admission_.datastream_id) : delivery::Hosts::Permit();
    if (tries_edge && !permit) {
        zone_.counters().add(Counter::breaker_refusals);
        tries_edge = false;
        if (!has_queue) {
            return refuse_for_now();
        }
        if (!can_be_queued(action)) {
            outcome_ = Outcome::local;
            return send(answer_locally());
        }
    }
    edge::Request request;
    request.endpoint = website_.endpoint;
    request.target = edge_target();
    request.headers = forwarded_header(request_, admission_.content_type, website_.client_ip);
    request.body = std::move(rewritten.body);
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0, "aep gateway: request %*s, first to %s",
                   admission_.request_id.size(), admission_.request_id.data(),
                   tries_edge ? "Edge" : "the queue");
    waits_for_queue_ = !tries_edge;
    if (!waiting_.begin(waits_for_queue_ ? kDiskPatience : milliseconds(website_.endpoint->answer_timeout))) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    transfer_ = tries_edge
                    ? transfers_->submit(std::move(request), std::move(subject), std::move(permit), *this)
                    : transfers_->append(std::move(request), std::move(subject), *this);
    return NGX_DONE;
}

/// alloy comes again: it was neither sent nor kept, or that is not known yet.
ngx_int_t LiveRequest::refuse_for_now() {
    outcome_ = Outcome::unavailable;
    zone_.counters().add(Counter::not_kept);
    Answer answer =
        answer_of({NGX_HTTP_SERVICE_UNAVAILABLE, "https://ns.adobe.com/aep/errors/EXEG-0201-503",
                   "Not available just now",
                   "The request was not taken. Expected the same request once more, in a second."},
                  admission_.request_id);
    answer.headers.emplace_back("Retry-After", "1");
    return send(std::move(answer));
}

void LiveRequest::detach() noexcept {
    if (transfer_ != 0) {
        transfers_->detach(std::exchange(transfer_, 0));
    }
}

void LiveRequest::on_deadline() noexcept {
    if (!waits_for_queue_) {
        // The transfer goes on, but the page has waited long enough for it.
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0,
                       "aep gateway: Edge has not answered in time, the queue is asked");
        waits_for_queue_ = true;
        waiting_.extend(kDiskPatience);
        transfers_->end_patience(transfer_);  // may end this object
        return;
    }
    detach();
    end(ngx::guarded(
        request_->connection->log, "a refusal", []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [this] { return refuse_for_now(); }));
}

void LiveRequest::on_edge_answer(edge::Response&& response) noexcept {
    transfer_ = 0;  // it is not in Transfers any more, or goes on there without this
    waiting_.end();
    end(ngx::guarded(
        request_->connection->log, "an answer of Edge",
        []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [&] { return send(answer_from(std::move(response))); }));
}

void LiveRequest::on_local_answer(bool safe) noexcept {
    transfer_ = 0;
    waiting_.end();
    end(ngx::guarded(
        request_->connection->log, "a local answer",
        []() -> ngx_int_t { return NGX_HTTP_INTERNAL_SERVER_ERROR; },
        [&] {
            if (!safe) {
                return refuse_for_now();
            }
            outcome_ = can_be_queued(admission_.target.action) ? Outcome::queued : Outcome::local;
            return send(answer_locally());
        }));
}

/// Ends the request from outside its connection's own events.
void LiveRequest::end(ngx_int_t result) noexcept {
    ngx_connection_t* connection = request_->connection;
    ngx_http_set_log_request(connection->log, request_);
    ngx_http_finalize_request(request_, result);  // may free this object
    ngx_http_run_posted_requests(connection);
}

/// Edge has spoken: for the request, or against it for good.
Answer LiveRequest::answer_from(edge::Response&& response) {
    edge_time_ = in_seconds(response.elapsed);

    const edge::Disposition disposition = edge::classify(response);
    if (disposition == edge::Disposition::repair || disposition == edge::Disposition::rejected) {
        outcome_ = Outcome::rejected;
        return refusal_of(std::move(response), admission_.request_id);
    }
    Answer answer;
    answer.headers = passed_on_header(response);
    answer.set_cookies = cookies_of_edge(response, website_.organization_id, cookie_domain_);
    outcome_ = Outcome::delivered;
    const protocol::Action action = admission_.target.action;
    const bool needs_body = action == protocol::Action::acquire || action == protocol::Action::set_consent;
    if (response.status == NGX_HTTP_NO_CONTENT && !needs_body) {
        answer.status = NGX_HTTP_NO_CONTENT;
        return answer;
    }
    protocol::ResponseFacts facts;
    facts.action = action;
    facts.organization_id = website_.organization_id;
    facts.cookie_domain = cookie_domain_;
    facts.consent = action == protocol::Action::set_consent ? &consent_change_ : nullptr;
    protocol::RewrittenResponse rewritten = protocol::rewrite_response(std::move(response.body), facts);
    if (!rewritten.usable) {
        return answer_locally();
    }
    // alloy takes a 202 for a failure.
    answer.status = response.status == NGX_HTTP_ACCEPTED ? NGX_HTTP_OK : response.status;
    answer.body = std::move(rewritten.body);
    for (std::string& cookie : rewritten.set_cookies) {
        protocol::add_set_cookie(answer.set_cookies, std::move(cookie));
    }
    return answer;
}

/// An answer without Edge, with the identity that was chosen for a visitor who has none and does not object.
Answer LiveRequest::answer_locally() {
    zone_.counters().add(Counter::local_answers);
    protocol::LocalAnswerFacts facts;
    facts.action = admission_.target.action;
    facts.request_id = admission_.request_id;
    facts.organization_id = website_.organization_id;
    facts.cookie_domain = cookie_domain_;
    facts.known_ecid = admission_.visitor.minted_ecid;
    facts.new_ecid = new_ecid_;
    facts.has_identity = admission_.visitor.has_identity;
    facts.consent = consent_change_;
    return answer_of(protocol::local_answer(facts));
}

ngx_int_t LiveRequest::send(Answer answer) {
    if (!first_party_id_cookie_.empty()) {
        answer.set_cookies.push_back(first_party_id_cookie_);
    }
    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, request_->connection->log, 0,
                   "aep gateway: answered with %d, outcome %*s, cookies:%uz", answer.status, outcome().size(),
                   outcome().data(), answer.set_cookies.size());
    tally_->conclude(outcome_, answer.status, ngx::age_of(request_));
    const ngx::LogAction action(request_->connection->log, "answering an event");
    return send_answer(request_, answer, foreign_origin_);
}

}  // namespace aep::gateway
