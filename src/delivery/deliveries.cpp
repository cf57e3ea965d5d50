#include "ngx/ngx.hpp"

#include "delivery/deliveries.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"
#include "protocol/event_types.hpp"
#include "queue/lanes.hpp"

namespace aep::delivery {
namespace {

/// Each look costs a write.
constexpr std::chrono::milliseconds kLeastPauseInCommonLane{1000};

void nothing() noexcept {}

std::uint32_t random_number() noexcept {
    return static_cast<std::uint32_t>(ngx_random());
}

}  // namespace

Deliveries::Deliveries(const shared::Zone& zone, edge::Engine& edge, Hosts& hosts, const Routes& routes,
                       Authorization* authorization) noexcept
    : zone_(zone),
      edge_(edge),
      hosts_(hosts),
      routes_(routes),
      trouble_limits_(routes),
      batches_(kSender, zone, edge, hosts, routes, trouble_limits_, authorization) {}

void Deliveries::start(queue::Engine& queue, ngx_connection_t* connection) {
    queue_ = &queue;
    batches_.start(queue);
    timer_.prepare(connection, false);
    for (const std::string& edge : routes_.edges()) {
        on_edge(edge);
    }
}

queue::Time Deliveries::now() const noexcept {
    return queue_ == nullptr ? 0 : queue_->now();
}

void Deliveries::on_edge(const std::string& edge) noexcept {
    ngx::guarded(ngx_cycle->log, "an Edge of the queue", nothing, [&] {
        if (std::ranges::find(edges_, edge) == edges_.end()) {
            edges_.push_back(edge);
            courier_.add(edge, routes_.connections_to(edge));
        }
    });
    pump(edge);
}

void Deliveries::pump(const std::string& edge) noexcept {
    if (quitting_ || queue_ == nullptr) {
        return;
    }
    ngx::guarded(ngx_cycle->log, "deliveries", nothing, [&] {
        const Courier::Demand demand = courier_.demand(edge, hosts_.look(edge), ngx_current_msec);
        ngx_log_debug5(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                       "aep delivery: for \"%*s\", takes back:%d, wants:%uz, a probe:%d", edge.size(),
                       edge.data(), demand.want_nothing, demand.want, demand.is_probe);
        if (demand.want_nothing) {
            queue_->want_nothing(edge);
        }
        if (demand.want != 0) {
            queue_->want(edge, demand.want, demand.is_probe);
        }
    });
    wake_in_time();
}

void Deliveries::wake_in_time() noexcept {
    const std::uint64_t wake = courier_.next_wake();
    if (wake == 0 || quitting_) {
        timer_.cancel();
        return;
    }
    timer_.set(wake > ngx_current_msec ? wake - ngx_current_msec : 1);
}

void Deliveries::on_timer() noexcept {
    for (const std::string& edge : edges_) {
        pump(edge);
    }
}

void Deliveries::on_work(queue::Work&& work) noexcept {
    courier_.on_given(work.edge, work.claims.size());
    for (queue::Claim& claim : work.claims) {
        const queue::EntryId id = claim.id;
        const bool done = ngx::guarded(
            ngx_cycle->log, "a delivery", [] { return false; },
            [&] {
                deliver(work.edge, claim);
                return true;
            });
        if (!done) {
            courier_.on_ended(work.edge, Courier::Ending::not_sent, ngx_current_msec);
            queue_->release(id);
        }
    }
    pump(work.edge);
}

void Deliveries::on_batch(queue::Batch&& batch) noexcept {
    courier_.on_given(batch.edge, 1);
    on_end_of_batch(batches_.send(std::move(batch)));
}

void Deliveries::on_end_of_batch(const std::optional<BatchDeliveries::Ended>& ended) noexcept {
    if (ended) {
        courier_.on_ended(ended->edge, ended->ending, ngx_current_msec);
        pump(ended->edge);
    }
}

/// Sends an entry, or gives it back to the queue.
void Deliveries::deliver(const std::string& edge, queue::Claim& claim) {
    const auto endpoint = routes_.endpoint_of(edge, claim.entry.website);
    if (!quitting_ && endpoint == nullptr) {
        wait_for_website(edge, claim);
        courier_.on_ended(edge, Courier::Ending::postponed, ngx_current_msec);
    } else if (quitting_ || !send(edge, endpoint, claim)) {
        put_back(edge, endpoint, claim);
    }
}

/// What is not sent now for the sake of its host comes again soon; for the sake of its datastream, when that has rested.
void Deliveries::put_back(const std::string& edge, const std::shared_ptr<const settings::Endpoint>& endpoint,
                          const queue::Claim& claim) {
    const std::uint64_t rest =
        quitting_ || endpoint == nullptr ? 0 : hosts_.rest_of(endpoint->base_url, claim.entry.website);
    if (rest == 0) {
        queue_->release(claim.id);
        courier_.on_ended(edge, Courier::Ending::not_sent, ngx_current_msec);
        return;
    }
    const std::chrono::milliseconds pause(rest);
    if (queue::datastream_of(claim.entry.lane).empty()) {
        postpone(claim, std::max(pause, kLeastPauseInCommonLane));  // others of its lane go on
    } else {
        queue_->rest(claim.entry.lane, pause);
        queue_->release(claim.id);
    }
    courier_.on_ended(edge, Courier::Ending::postponed, ngx_current_msec);
}

/// The entry stays for its website, until it is too old. Others of its lane go on.
void Deliveries::wait_for_website(const std::string& edge, const queue::Claim& claim) {
    postpone(claim, kLookForWebsiteAgain);
    report_missing_website(zone_, claim.entry.lane, edge, claim.entry.website);
}

void Deliveries::postpone(const queue::Claim& claim, std::chrono::milliseconds pause) {
    queue::Settlement settlement;
    settlement.id = claim.id;
    settlement.result = queue::Settlement::Result::retry;
    settlement.attempts = claim.entry.attempts;
    settlement.due = now() + pause.count();
    queue_->settle(std::move(settlement));
}

/// Takes the claim over. False where it does not go out now: the claim is unchanged then.
bool Deliveries::send(const std::string& edge, const std::shared_ptr<const settings::Endpoint>& endpoint,
                      queue::Claim& claim) {
    Hosts::Permit permit = hosts_.ask(endpoint, claim.entry.website);
    if (!permit) {
        return false;
    }
    const std::uint64_t id = ++last_id_;
    UnderWay delivery;
    delivery.entry = claim.id;
    delivery.received = claim.entry.received;
    delivery.attempts = claim.entry.attempts;
    delivery.edge = edge;
    delivery.action = std::move(claim.entry.action);
    delivery.website = std::move(claim.entry.website);
    delivery.permit = std::move(permit);
    if (queue::Pace::is_backlog(claim.entry.received, now())) {
        hosts_.charge(endpoint->base_url, claim.entry.body.size(), queue_->drain_factor());
    }
    const auto request = std::make_shared<edge::Request>();
    request->sender = kSender;
    request->id = id;
    request->endpoint = endpoint;
    request->target = std::move(claim.entry.target);
    request->headers = std::move(claim.entry.headers);
    request->body = std::move(claim.entry.body);
    ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: %uL for datastream \"%*s\", attempts before:%uD", id,
                   delivery.website.size(), delivery.website.data(), delivery.attempts);
    shared::Statistics& statistics = zone_.statistics();
    statistics.count_bytes_sent(statistics.website_of(delivery.website), request->body.size());
    under_way_.emplace(id, std::move(delivery));
    edge_.submit(request);
    return true;
}

void Deliveries::on_response(edge::Response&& response) noexcept {
    if (BatchDeliveries::is_own(response.id)) {
        on_end_of_batch(batches_.on_response(response));
        return;
    }
    const auto found = under_way_.find(response.id);
    if (found == under_way_.end()) {
        return;
    }
    UnderWay delivery = std::move(found->second);
    under_way_.erase(found);
    const bool others_succeed = delivery.permit.conclude(response);
    courier_.on_ended(delivery.edge, Courier::ending_of(response), ngx_current_msec);
    ngx::guarded(ngx_cycle->log, "what became of a delivery", nothing,
                 [&] { settle(delivery, response, others_succeed); });
    pump(delivery.edge);
}

void Deliveries::settle(const UnderWay& delivery, const edge::Response& response, bool others_succeed) {
    if (response.failure == edge::Failure::refused) {
        queue_->release(delivery.entry);
        return;
    }
    Delivery facts;
    facts.id = delivery.entry;
    facts.received = delivery.received;
    facts.attempts = delivery.attempts;
    facts.is_configured = routes_.is_configured(delivery.website);
    facts.others_succeed = others_succeed;
    facts.retry_after = wait_asked_for(response);
    queue::Settlement settlement = settlement_of(facts, response, now(), random_number());
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: Edge's status %d, settled as %d, due:%L", response.status,
                   static_cast<int>(settlement.result), settlement.due);
    switch (settlement.result) {
        case queue::Settlement::Result::delivered:
            zone_.counters().add(shared::Counter::delivered);
            zone_.counters().add(shared::Counter::delivered_later);
            if (response.request != nullptr) {
                count_delivery(zone_, delivery.website, protocol::event_types_in(response.request->body),
                               response);
            }
            break;
        case queue::Settlement::Result::dead:
        case queue::Settlement::Result::sampled:
            count_refusal(zone_, delivery.website, settlement);
            report_refusal(zone_, delivery.action, delivery.website, routes_.is_configured(delivery.website),
                           response);
            break;
        case queue::Settlement::Result::retry:
            zone_.counters().add(shared::Counter::retries);
            report_trouble(trouble_limits_, delivery.action, delivery.website, response);
            break;
        case queue::Settlement::Result::discarded:
            break;
    }
    queue_->settle(std::move(settlement));
}

void Deliveries::quit() noexcept {
    quitting_ = true;
    batches_.quit();
    timer_.cancel();
    for (const std::string& edge : edges_) {
        if (queue_ != nullptr) {
            ngx::guarded(ngx_cycle->log, "the end of deliveries", nothing,
                         [&] { queue_->want_nothing(edge); });
        }
    }
}

void Deliveries::leave() noexcept {
    if (queue_ == nullptr || std::exchange(left_, true)) {
        return;
    }
    quitting_ = true;
    batches_.quit();
    ngx::guarded(ngx_cycle->log, "the end of deliveries", nothing, [&] { queue_->leave(); });
}

}  // namespace aep::delivery
