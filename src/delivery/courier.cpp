#include "courier.hpp"

#include <algorithm>

#include "edge/retry_policy.hpp"

namespace aep::delivery {

void Courier::add(std::string_view edge, std::size_t connections) {
    EdgeWork* known = find(edge);
    if (known == nullptr) {
        known = &edges_.try_emplace(std::string(edge)).first->second;
    }
    known->most = std::max<std::size_t>(connections / 2, 1);
    known->limit = std::min(known->limit, known->most);
}

Courier::Demand Courier::demand(std::string_view edge, const Host& host, std::uint64_t now) {
    Demand demand;
    EdgeWork* const state = find(edge);
    if (state == nullptr) {
        return demand;
    }
    const std::uint64_t held_until = std::max({state->held_until, host.refuses_until, now + host.pace_wait});
    const bool is_held = held_until > now;
    state->wake = is_held ? held_until : 0;
    const std::size_t limit = is_held ? 0 : (host.needs_probe ? 1 : state->limit);
    const std::size_t room = limit - std::min(limit, state->in_flight);
    if (state->wanted > room) {
        demand.want_nothing = true;
        state->wanted = 0;
    }
    // In larger parts: each one wakes the engine's thread.
    const std::size_t more = room - state->wanted;
    if (more != 0 && more >= limit / 2) {
        demand.want = more;
        demand.is_probe = host.needs_probe;
        state->wanted += more;
    }
    return demand;
}

void Courier::on_given(std::string_view edge, std::size_t count) noexcept {
    if (EdgeWork* const state = find(edge); state != nullptr) {
        state->wanted -= std::min(state->wanted, count);
        state->in_flight += count;
    }
}

void Courier::on_ended(std::string_view edge, Ending ending, std::uint64_t now) noexcept {
    EdgeWork* const state = find(edge);
    if (state == nullptr) {
        return;
    }
    state->in_flight -= std::min<std::size_t>(state->in_flight, 1);
    switch (ending) {
        case Ending::answered:
            state->limit = std::min(state->limit + 1, state->most);
            return;
        case Ending::postponed:
            return;
        case Ending::failed:
            state->limit = std::max<std::size_t>(state->limit / 2, 1);
            return;
        case Ending::not_sent:
            state->held_until = std::max(state->held_until, now + kPauseWhenNotSent);
            return;
    }
}

Courier::Ending Courier::ending_of(const edge::Response& response) noexcept {
    if (response.failure == edge::Failure::refused) {
        return Ending::not_sent;
    }
    if (edge::is_host_failure(response)) {
        return Ending::failed;
    }
    return edge::is_datastream_failure(response) ? Ending::postponed : Ending::answered;
}

std::uint64_t Courier::next_wake() const noexcept {
    std::uint64_t next = 0;
    for (const auto& [name, edge] : edges_) {
        if (edge.wake != 0 && (next == 0 || edge.wake < next)) {
            next = edge.wake;
        }
    }
    return next;
}

std::size_t Courier::in_flight(std::string_view edge) const noexcept {
    const auto found = edges_.find(edge);
    return found != edges_.end() ? found->second.in_flight : 0;
}

Courier::EdgeWork* Courier::find(std::string_view edge) noexcept {
    const auto found = edges_.find(edge);
    return found != edges_.end() ? &found->second : nullptr;
}

}  // namespace aep::delivery
