#include "courier.hpp"

#include <algorithm>

#include "shared/jitter.hpp"

namespace aep::delivery {
namespace {

/// The pause before jitter. It ends where another quarter reaches kLongestPause.
std::uint64_t pause_after(std::uint32_t failures) noexcept {
    constexpr std::uint64_t kLongest = Courier::kLongestPause * 4 / 5;
    constexpr std::uint32_t kExponentLimit = 5;
    return std::min(Courier::kFirstPause << std::min(failures, kExponentLimit), kLongest);
}

}  // namespace

void Courier::add(std::string_view lane, std::size_t connections) {
    LaneWork* known = find(lane);
    if (known == nullptr) {
        known = &lanes_.try_emplace(std::string(lane)).first->second;
    }
    known->most = std::max<std::size_t>(connections / 2, 1);
    known->limit = std::min(known->limit, known->most);
}

Courier::Demand Courier::demand(std::string_view lane, const Host& host, std::uint64_t now) {
    Demand demand;
    LaneWork* const state = find(lane);
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
        state->wanted += more;
    }
    return demand;
}

void Courier::on_given(std::string_view lane, std::size_t count) noexcept {
    if (LaneWork* const state = find(lane); state != nullptr) {
        state->wanted -= std::min(state->wanted, count);
        state->in_flight += count;
    }
}

void Courier::on_ended(std::string_view lane, Ending ending, std::uint64_t retry_after, std::uint64_t now,
                       std::uint32_t random) noexcept {
    LaneWork* const state = find(lane);
    if (state == nullptr) {
        return;
    }
    state->in_flight -= std::min<std::size_t>(state->in_flight, 1);
    switch (ending) {
        case Ending::answered:
            state->failures = 0;
            state->limit = std::min(state->limit + 1, state->most);
            return;
        case Ending::failed:
            hold(*state, retry_after, now, random);
            return;
        case Ending::not_sent:
            state->held_until = std::max(state->held_until, now + kPauseWhenNotSent);
            return;
    }
}

std::uint64_t Courier::next_wake() const noexcept {
    std::uint64_t next = 0;
    for (const auto& [name, lane] : lanes_) {
        if (lane.wake != 0 && (next == 0 || lane.wake < next)) {
            next = lane.wake;
        }
    }
    return next;
}

std::size_t Courier::in_flight(std::string_view lane) const noexcept {
    const auto found = lanes_.find(lane);
    return found != lanes_.end() ? found->second.in_flight : 0;
}

Courier::LaneWork* Courier::find(std::string_view lane) noexcept {
    const auto found = lanes_.find(lane);
    return found != lanes_.end() ? &found->second : nullptr;
}

void Courier::hold(LaneWork& lane, std::uint64_t retry_after, std::uint64_t now,
                   std::uint32_t random) noexcept {
    lane.limit = 1;
    // Others of the same time fail with it. They say nothing new, but for what Edge asks for.
    if (now >= lane.held_until) {
        lane.held_until = now + shared::with_jitter(pause_after(lane.failures), random);
        ++lane.failures;
    }
    lane.held_until = std::max(lane.held_until, now + std::min(retry_after, kLongestRetryAfter));
}

}  // namespace aep::delivery
