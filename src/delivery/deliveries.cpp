#include "ngx/ngx.hpp"

#include "delivery/deliveries.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"
#include "text/digest.hpp"

namespace aep::delivery {
namespace {

/// How soon an entry whose website is gone is looked at again.
constexpr std::chrono::minutes kLookForWebsiteAgain{10};

void nothing() noexcept {}

std::uint32_t random_number() noexcept {
    return static_cast<std::uint32_t>(ngx_random());
}

Courier::Ending ending_of(const edge::Response& response) noexcept {
    if (response.failure == edge::Failure::refused) {
        return Courier::Ending::not_sent;
    }
    return edge::is_host_failure(response) ? Courier::Ending::failed : Courier::Ending::answered;
}

}  // namespace

Deliveries::Deliveries(const shared::Zone& zone, edge::Engine& edge, Hosts& hosts,
                       std::vector<Route>&& routes)
    : zone_(zone), edge_(edge), hosts_(hosts), routes_(std::move(routes)) {}

void Deliveries::start(queue::Engine& queue, ngx_connection_t* connection) {
    queue_ = &queue;
    timer_.prepare(connection, false);
    for (const Route& route : routes_) {
        on_lane(route.endpoint->base_url);
    }
}

queue::Time Deliveries::now() const noexcept {
    return queue_ == nullptr ? 0 : queue_->now();
}

/// The website's endpoint of today. A website whose datastream holds variables, or is the shop's own SDK's, is known by
/// the host that the entry was meant for. Null where no website of this configuration may have it: an entry never goes
/// to a host that was not its own.
std::shared_ptr<const settings::Endpoint> Deliveries::endpoint_of(std::string_view lane,
                                                                  std::string_view website) const noexcept {
    auto route = std::ranges::find_if(
        routes_, [&](const Route& each) { return !website.empty() && each.datastream_id == website; });
    if (route == routes_.end()) {
        route = std::ranges::find_if(routes_, [&](const Route& each) {
            return each.datastream_id.empty() && each.endpoint->base_url == lane;
        });
    }
    return route == routes_.end() ? nullptr : route->endpoint;
}

std::size_t Deliveries::connections_to(std::string_view lane) const noexcept {
    const auto route =
        std::ranges::find_if(routes_, [&](const Route& each) { return each.endpoint->base_url == lane; });
    return route == routes_.end() ? 1 : route->endpoint->connections;
}

void Deliveries::on_lane(const std::string& lane) noexcept {
    ngx::guarded(ngx_cycle->log, "a lane of the queue", nothing, [&] {
        if (std::ranges::find(lanes_, lane) == lanes_.end()) {
            lanes_.push_back(lane);
            courier_.add(lane, connections_to(lane));
        }
    });
    pump(lane);
}

void Deliveries::pump(const std::string& lane) noexcept {
    if (quitting_ || queue_ == nullptr) {
        return;
    }
    ngx::guarded(ngx_cycle->log, "deliveries", nothing, [&] {
        const Courier::Demand demand = courier_.demand(lane, hosts_.look(lane), ngx_current_msec);
        ngx_log_debug4(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                       "aep delivery: lane \"%*s\", takes back:%d, wants:%uz", lane.size(), lane.data(),
                       demand.want_nothing, demand.want);
        if (demand.want_nothing) {
            queue_->want_nothing(lane);
        }
        if (demand.want != 0) {
            queue_->want(lane, demand.want);
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
    for (const std::string& lane : lanes_) {
        pump(lane);
    }
}

void Deliveries::on_work(queue::Work&& work) noexcept {
    courier_.on_given(work.lane, work.claims.size());
    for (queue::Claim& claim : work.claims) {
        const queue::EntryId id = claim.id;
        const auto endpoint = endpoint_of(work.lane, claim.entry.website);
        if (!quitting_ && endpoint == nullptr) {
            courier_.on_ended(work.lane, Courier::Ending::answered, 0, ngx_current_msec, random_number());
            ngx::guarded(ngx_cycle->log, "an entry of no website", nothing,
                         [&] { postpone(work.lane, claim); });
            continue;
        }
        const bool sent = !quitting_ && ngx::guarded(
                                            ngx_cycle->log, "a delivery", [] { return false; },
                                            [&] { return send(work.lane, endpoint, std::move(claim)); });
        if (!sent) {
            courier_.on_ended(work.lane, Courier::Ending::not_sent, 0, ngx_current_msec, random_number());
            queue_->release(id);
        }
    }
    pump(work.lane);
}

/// The entry stays for its website, until it is too old. Others of its lane go on.
void Deliveries::postpone(const std::string& lane, const queue::Claim& claim) {
    queue::Settlement settlement;
    settlement.id = claim.id;
    settlement.result = queue::Settlement::Result::retry;
    settlement.attempts = claim.entry.attempts;
    settlement.due = now() + std::chrono::milliseconds(kLookForWebsiteAgain).count();
    queue_->settle(std::move(settlement));
    const std::uint64_t key = text::fingerprint("no website", claim.entry.website);
    if (zone_.locked([key](shared::SharedState& shared) { return shared.notices.note(key); })) {
        ngx::log(NGX_LOG_WARN, ngx_cycle->log,
                 "events for datastream \"" + claim.entry.website + "\" wait in the queue for " + lane +
                     ", but no website of this configuration has that datastream: they stay, and become dead "
                     "letters at the max_age of aep_queue; put the website back to have them delivered");
    }
}

/// False where it does not go out now: the claim is then to be put back.
bool Deliveries::send(const std::string& lane, const std::shared_ptr<const settings::Endpoint>& endpoint,
                      queue::Claim&& claim) {
    Hosts::Permit permit = hosts_.ask(endpoint);
    if (!permit) {
        return false;
    }
    const std::uint64_t id = ++last_id_;
    UnderWay delivery;
    delivery.entry = claim.id;
    delivery.attempts = claim.entry.attempts;
    delivery.lane = lane;
    delivery.action = std::move(claim.entry.action);
    delivery.website = std::move(claim.entry.website);
    delivery.permit = std::move(permit);
    if (queue::Pace::is_backlog(claim.entry.received, now())) {
        hosts_.charge(endpoint->base_url, claim.entry.body.size());
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
    under_way_.emplace(id, std::move(delivery));
    edge_.submit(request);
    return true;
}

void Deliveries::on_response(edge::Response&& response) noexcept {
    const auto found = under_way_.find(response.id);
    if (found == under_way_.end()) {
        return;
    }
    UnderWay delivery = std::move(found->second);
    under_way_.erase(found);
    delivery.permit.conclude(response);
    courier_.on_ended(delivery.lane, ending_of(response),
                      static_cast<std::uint64_t>(wait_asked_for(response).count()), ngx_current_msec,
                      random_number());
    ngx::guarded(ngx_cycle->log, "what became of a delivery", nothing, [&] { settle(delivery, response); });
    pump(delivery.lane);
}

void Deliveries::settle(const UnderWay& delivery, const edge::Response& response) {
    if (response.failure == edge::Failure::refused) {
        queue_->release(delivery.entry);
        return;
    }
    Delivery facts;
    facts.id = delivery.entry;
    facts.attempts = delivery.attempts;
    facts.retry_after = wait_asked_for(response);
    queue::Settlement settlement = settlement_of(facts, response, now(), random_number());
    ngx_log_debug3(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "aep delivery: Edge's status %d, settled as %d, due:%L", response.status,
                   static_cast<int>(settlement.result), settlement.due);
    switch (settlement.result) {
        case queue::Settlement::Result::delivered:
            zone_.counters().add(shared::Counter::delivered);
            zone_.counters().add(shared::Counter::delivered_later);
            break;
        case queue::Settlement::Result::dead:
            zone_.counters().add(shared::Counter::dead_letters);
            report_refusal(zone_, delivery.action, delivery.website, response);
            break;
        case queue::Settlement::Result::retry:
            zone_.counters().add(shared::Counter::retries);
            report_trouble(delivery, response);
            break;
        case queue::Settlement::Result::discarded:
            break;
    }
    queue_->settle(std::move(settlement));
}

/// Where all that a shop sends are beacons, which nobody waits for, this alone tells an operator that Edge is away.
void Deliveries::report_trouble(const UnderWay& delivery, const edge::Response& response) {
    ngx_uint_t suppressed = 0;
    if (!trouble_limit_.due(suppressed)) {
        return;
    }
    ngx::log(NGX_LOG_WARN, ngx_cycle->log,
             "a request (" + delivery.action + ") for datastream \"" + delivery.website +
                 "\" was not delivered and stays in the queue: " + edge::description(response) + " (" +
                 std::to_string(suppressed) + " more not logged)");
}

void Deliveries::quit() noexcept {
    quitting_ = true;
    timer_.cancel();
    for (const std::string& lane : lanes_) {
        if (queue_ != nullptr) {
            ngx::guarded(ngx_cycle->log, "the end of deliveries", nothing,
                         [&] { queue_->want_nothing(lane); });
        }
    }
}

void Deliveries::leave() noexcept {
    if (queue_ == nullptr || std::exchange(left_, true)) {
        return;
    }
    quitting_ = true;
    ngx::guarded(ngx_cycle->log, "the end of deliveries", nothing, [&] { queue_->leave(); });
}

}  // namespace aep::delivery
