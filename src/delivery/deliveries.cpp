#include "ngx/ngx.hpp"

#include "delivery/deliveries.hpp"

#include <algorithm>
#include <utility>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"

namespace aep::delivery {
namespace {

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

std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept {
    for (const edge::Header& header : response.headers) {
        if (header.first == "retry-after") {
            return edge::retry_after(header.second, ngx_time());
        }
    }
    return std::chrono::milliseconds(0);
}

Deliveries::Deliveries(const shared::Zone& zone, edge::Engine& edge, std::vector<Route>&& routes)
    : zone_(zone), edge_(edge), routes_(std::move(routes)) {}

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

shared::Breaker::Permit Deliveries::ask(const settings::Endpoint& endpoint) noexcept {
    const auto probe_timeout = static_cast<std::uint64_t>(endpoint.timeout.count());
    return zone_.locked([&](shared::SharedState& shared) {
        return shared.breakers.of(endpoint.base_url).ask(ngx_current_msec, probe_timeout);
    });
}

void Deliveries::give_back(const settings::Endpoint& endpoint, shared::Breaker::Permit permit) noexcept {
    if (permit == shared::Breaker::Permit::probe) {
        zone_.locked(
            [&](shared::SharedState& shared) { shared.breakers.of(endpoint.base_url).give_back_probe(); });
    }
}

void Deliveries::inform_breaker(const settings::Endpoint& endpoint, shared::Breaker::Permit permit,
                                const edge::Response& response) noexcept {
    if (response.failure == edge::Failure::refused) {
        give_back(endpoint, permit);  // it says nothing of the host
        return;
    }
    const bool failure = edge::is_host_failure(response);
    const auto wait = failure ? static_cast<std::uint64_t>(wait_asked_for(response).count()) : 0;
    zone_.locked([&](shared::SharedState& shared) {
        shared::Breaker& breaker = shared.breakers.of(endpoint.base_url);
        if (failure) {
            breaker.failure(ngx_current_msec, wait, random_number());
        } else {
            breaker.success();
        }
    });
}

/// The website's endpoint of today, where it is configured; else the one that the entry was meant for, or any where
/// nobody has that any more.
const std::shared_ptr<const settings::Endpoint>& Deliveries::endpoint_of(
    std::string_view lane, std::string_view website) const noexcept {
    auto route = std::ranges::find_if(
        routes_, [&](const Route& each) { return !website.empty() && each.datastream_id == website; });
    if (route == routes_.end()) {
        route =
            std::ranges::find_if(routes_, [&](const Route& each) { return each.endpoint->base_url == lane; });
    }
    return (route == routes_.end() ? routes_.front() : *route).endpoint;
}

void Deliveries::on_lane(const std::string& lane) noexcept {
    ngx::guarded(ngx_cycle->log, "a lane of the queue", nothing, [&] {
        if (std::ranges::find(lanes_, lane) == lanes_.end()) {
            lanes_.push_back(lane);
            courier_.add(lane, endpoint_of(lane, {})->connections);
        }
    });
    pump(lane);
}

Courier::Host Deliveries::host_of(std::string_view lane) noexcept {
    const std::string& base_url = endpoint_of(lane, {})->base_url;
    return zone_.locked([&](shared::SharedState& shared) {
        shared::Breaker& breaker = shared.breakers.of(base_url);
        Courier::Host host;
        host.needs_probe = breaker.open_until != 0;
        host.refuses_until = host.needs_probe ? std::max(breaker.open_until, breaker.probe_until) : 0;
        host.pace_wait = shared.paces.of(base_url).wait(ngx_current_msec);
        return host;
    });
}

void Deliveries::pump(const std::string& lane) noexcept {
    if (quitting_ || queue_ == nullptr) {
        return;
    }
    ngx::guarded(ngx_cycle->log, "deliveries", nothing, [&] {
        const Courier::Demand demand = courier_.demand(lane, host_of(lane), ngx_current_msec);
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
        const bool sent = !quitting_ && ngx::guarded(
                                            ngx_cycle->log, "a delivery", [] { return false; },
                                            [&] { return send(work.lane, std::move(claim)); });
        if (!sent) {
            courier_.on_ended(work.lane, Courier::Ending::not_sent, 0, ngx_current_msec, random_number());
            queue_->release(id);
        }
    }
    pump(work.lane);
}

/// False where it does not go out now: the claim is then to be put back.
bool Deliveries::send(const std::string& lane, queue::Claim&& claim) {
    const auto& endpoint = endpoint_of(lane, claim.entry.website);
    const shared::Breaker::Permit permit = ask(*endpoint);
    if (permit == shared::Breaker::Permit::refuse) {
        return false;
    }
    const std::uint64_t id = kDelivery | ++last_id_;
    UnderWay delivery;
    delivery.entry = claim.id;
    delivery.attempts = claim.entry.attempts;
    delivery.lane = lane;
    delivery.action = std::move(claim.entry.action);
    delivery.website = std::move(claim.entry.website);
    delivery.endpoint = endpoint;
    delivery.permit = permit;
    if (queue::Pace::is_backlog(claim.entry.received, now())) {
        zone_.locked([&](shared::SharedState& shared) {
            shared.paces.of(endpoint->base_url).charge(ngx_current_msec, claim.entry.body.size());
        });
    }
    const auto request = std::make_shared<edge::Request>();
    request->id = id;
    request->endpoint = endpoint;
    request->target = std::move(claim.entry.target);
    request->headers = std::move(claim.entry.headers);
    request->body = std::move(claim.entry.body);
    under_way_.emplace(id, std::move(delivery));
    edge_.submit(request);
    return true;
}

void Deliveries::on_response(edge::Response&& response) noexcept {
    const auto found = under_way_.find(response.id);
    if (found == under_way_.end()) {
        return;
    }
    const UnderWay delivery = std::move(found->second);
    under_way_.erase(found);
    inform_breaker(*delivery.endpoint, delivery.permit, response);
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
