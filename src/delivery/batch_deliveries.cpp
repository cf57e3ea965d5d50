#include "ngx/ngx.hpp"

#include "delivery/batch_deliveries.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"
#include "protocol/event_types.hpp"
#include "queue/pace.hpp"

namespace aep::delivery {
namespace {

constexpr std::string_view kAction = "back-office";
constexpr std::string_view kActionThatWaits = "back-office; the events stay in the queue";
constexpr int kUnauthorized = 401;

}  // namespace

BatchDeliveries::BatchDeliveries(std::uint32_t sender, const shared::Zone& zone, edge::Engine& edge,
                                 Hosts& hosts, const Routes& routes, LogLimits& trouble_limits,
                                 Authorization* authorization) noexcept
    : sender_(sender),
      zone_(zone),
      edge_(edge),
      hosts_(hosts),
      routes_(routes),
      trouble_limits_(trouble_limits),
      authorization_(authorization) {}

std::optional<BatchDeliveries::Ended> BatchDeliveries::send(queue::Batch&& batch) noexcept {
    const std::uint64_t id = kMark | ++last_id_;
    UnderWay* const delivery = ngx::guarded(
        ngx_cycle->log, "a batch of back office events", []() -> UnderWay* { return nullptr; },
        [&]() -> UnderWay* {
            UnderWay made;
            made.id = id;
            made.edge = batch.edge;
            made.website = batch.claims.at(0).entry.website;
            UnderWay& kept = under_way_.try_emplace(id, std::move(made)).first->second;
            kept.batch = Batch(std::move(batch.claims));
            return &kept;
        });
    if (delivery != nullptr) {
        return take(*delivery, [this](UnderWay& kept) { return send_next(kept); });
    }
    under_way_.erase(id);
    for (const queue::Claim& claim : batch.claims) {
        queue_->release(claim.id);
    }
    return Ended{std::move(batch.edge), Courier::Ending::not_sent};
}

std::optional<BatchDeliveries::Ended> BatchDeliveries::on_response(const edge::Response& response) noexcept {
    const auto found = under_way_.find(response.id);
    if (found == under_way_.end()) {
        return std::nullopt;
    }
    found->second.permit.conclude(response);
    return take(found->second, [&](UnderWay& delivery) { return conclude(delivery, response); });
}

/// A step of a batch, which tells whether that is its end. Where memory ends, the rest of the batch is put back.
template <typename Step>
std::optional<BatchDeliveries::Ended> BatchDeliveries::take(UnderWay& delivery, Step step) noexcept {
    using Ending = std::optional<Courier::Ending>;
    const auto give_up = [&]() -> Ending {
        put_back(delivery);
        return Courier::Ending::not_sent;
    };
    const Ending ending = ngx::guarded(ngx_cycle->log, "a batch of back office events", give_up,
                                       [&]() -> Ending { return step(delivery); });
    if (!ending) {
        return std::nullopt;
    }
    Ended ended{std::move(delivery.edge), *ending};
    under_way_.erase(delivery.id);
    return ended;
}

std::optional<Courier::Ending> BatchDeliveries::send_next(UnderWay& delivery) {
    const auto endpoint = routes_.back_office_endpoint_of(delivery.edge, delivery.website);
    if (quitting_) {
        put_back(delivery);
        return Courier::Ending::not_sent;
    }
    const queue::Entry& first = delivery.batch.next().front().entry;
    if (endpoint == nullptr) {
        report_missing_website(zone_, first.lane, delivery.edge, delivery.website);
        postpone(delivery, {.attempts = first.attempts, .due = queue_->now() + kLookForWebsiteAgain.count()});
        return Courier::Ending::postponed;
    }
    delivery.is_elsewhere = endpoint->base_url != delivery.edge;
    if (authorization_ != nullptr) {
        std::optional<Authorization::Header> header = authorization_->header();
        if (!header) {
            put_back(delivery);
            return Courier::Ending::postponed;
        }
        delivery.shown = std::move(*header);
    }
    delivery.permit = hosts_.ask(endpoint, delivery.website);
    if (!delivery.permit) {
        put_back(delivery);
        const bool is_host = hosts_.rest_of(endpoint->base_url, delivery.website) == 0;
        return is_host && !delivery.is_elsewhere ? Courier::Ending::not_sent : Courier::Ending::postponed;
    }
    submit(delivery, endpoint);
    return std::nullopt;
}

void BatchDeliveries::submit(UnderWay& delivery, const std::shared_ptr<const settings::Endpoint>& endpoint) {
    const std::span<const queue::Claim> events = delivery.batch.next();
    const auto request = std::make_shared<edge::Request>();
    request->sender = sender_;
    request->id = delivery.id;
    request->endpoint = endpoint;
    request->body = body_of(events);
    request->target = target_of(delivery.website, request->body);
    request->headers = delivery.shown;
    request->headers.emplace_back("Content-Type", "application/json");
    if (queue::Pace::is_backlog(events.front().entry.received, queue_->now())) {
        // Whatever host takes them: what Edge grants, it grants an organization.
        hosts_.charge(delivery.edge, request->body.size(), queue_->drain_factor());
    }
    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: a batch of %uz for datastream \"%*s\", attempts before:%uD", events.size(),
                   delivery.website.size(), delivery.website.data(), events.front().entry.attempts);
    shared::Statistics& statistics = zone_.statistics();
    statistics.count_bytes_sent(statistics.website_of(delivery.website), request->body.size());
    edge_.submit(request);
}

std::optional<Courier::Ending> BatchDeliveries::conclude(UnderWay& delivery, const edge::Response& response) {
    if (response.failure == edge::Failure::refused) {
        put_back(delivery);
        return Courier::Ending::not_sent;
    }
    if (response.status == kUnauthorized && authorization_ != nullptr) {
        authorization_->on_unauthorized(delivery.shown);
    }
    const std::span<const queue::Claim> sent = delivery.batch.next();
    const Sent facts{.attempts = sent.front().entry.attempts, .retry_after = wait_asked_for(response)};
    const Ruling ruling = rule_on(facts, response, queue_->now(), static_cast<std::uint32_t>(ngx_random()));
    const Courier::Ending ending = delivery.is_elsewhere && edge::is_host_failure(response)
                                       ? Courier::Ending::postponed
                                       : Courier::ending_of(response);
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: Edge's status %d for a batch of %uz, ruling %d", response.status,
                   sent.size(), static_cast<int>(ruling.result));
    switch (ruling.result) {
        case Ruling::Result::taken:
            settle_taken(delivery, response);
            delivery.batch.pass();
            break;
        case Ruling::Result::later:
            report_trouble(trouble_limits_, kAction, delivery.website, response);
            postpone(delivery, ruling);
            zone_.counters().add(shared::Counter::retries);
            return ending;
        case Ruling::Result::repair:
            report_refusal(zone_, kActionThatWaits, delivery.website, routes_.is_configured(delivery.website),
                           response);
            postpone(delivery, ruling);
            zone_.counters().add(shared::Counter::retries);
            return ending;
        case Ruling::Result::refused:
            if (sent.size() > 1) {
                delivery.batch.split(named_event(response.body, sent.size()));
            } else {
                bury(delivery, response);
                delivery.batch.pass();
            }
            break;
    }
    if (delivery.batch.next().empty()) {
        return ending;
    }
    return send_next(delivery);
}

void BatchDeliveries::settle_taken(const UnderWay& delivery, const edge::Response& response) {
    const std::span<const queue::Claim> taken = delivery.batch.next();
    for (const queue::Claim& claim : taken) {
        queue::Settlement settlement;
        settlement.id = claim.id;
        queue_->settle(std::move(settlement));
    }
    zone_.counters().add(shared::Counter::delivered, taken.size());
    zone_.counters().add(shared::Counter::delivered_later, taken.size());
    std::vector<std::string> types;
    types.reserve(taken.size());
    for (const queue::Claim& claim : taken) {
        types.emplace_back(protocol::event_type_of(claim.entry.body));
    }
    count_delivery(zone_, delivery.website, types, response);
}

/// What Edge refuses by itself is not sent again.
void BatchDeliveries::bury(const UnderWay& delivery, const edge::Response& response) {
    const queue::Claim& refused = delivery.batch.next().front();
    queue::Settlement settlement;
    settlement.id = refused.id;
    settlement.result = queue::Settlement::Result::dead;
    settlement.attempts = refused.entry.attempts + 1;
    settlement.status = response.status;
    settlement.reason = reason_in(response);
    count_refusal(zone_, delivery.website, settlement);
    report_refusal(zone_, kAction, delivery.website, routes_.is_configured(delivery.website), response);
    queue_->settle(std::move(settlement));
}

void BatchDeliveries::put_back(const UnderWay& delivery) noexcept {
    for (const queue::Claim& claim : delivery.batch.rest()) {
        queue_->release(claim.id);
    }
}

/// The first one waits, and all that are behind it with it.
void BatchDeliveries::postpone(const UnderWay& delivery, const Ruling& ruling) {
    queue::Settlement settlement;
    settlement.id = delivery.batch.rest().front().id;
    settlement.result = queue::Settlement::Result::retry;
    settlement.attempts = ruling.attempts;
    settlement.due = ruling.due;
    queue_->settle(std::move(settlement));
    put_back(delivery);
}

}  // namespace aep::delivery
