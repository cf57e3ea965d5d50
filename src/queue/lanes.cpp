#include "lanes.hpp"

#include <algorithm>

namespace aep::queue {
namespace {

/// The element of a map, made if there is none.
template <typename Map>
typename Map::mapped_type& found_or_made(Map& map, std::string_view key) {
    const auto found = map.find(key);
    return found != map.end() ? found->second : map.try_emplace(std::string(key)).first->second;
}

/// The lanes that are wanted, those behind the one that was served last first: they take turns.
template <typename IsWanted>
std::vector<Lanes::LaneMap::pointer> lanes_behind(Lanes::LaneMap& lanes, std::string_view last_served,
                                                  IsWanted is_wanted) {
    std::vector<Lanes::LaneMap::pointer> turn;
    const auto add = [&](auto begin, auto end) {
        for (auto lane = begin; lane != end; ++lane) {
            if (is_wanted(lane->second)) {
                turn.push_back(&*lane);
            }
        }
    };
    const auto next = lanes.upper_bound(last_served);
    add(next, lanes.end());
    add(lanes.begin(), next);
    return turn;
}

template <typename Change>
void for_each_lane(Lanes::Map& edges, Change change) {
    for (auto& [edge, state] : edges) {
        for (auto& [name, lane] : state.lanes) {
            change(lane);
        }
    }
}

}  // namespace

Lanes::LaneState& Lanes::EdgeState::of(std::string_view lane) {
    return found_or_made(lanes, lane);
}

std::vector<Lanes::LaneMap::pointer> Lanes::EdgeState::in_turn(Time now) {
    return lanes_behind(lanes, last_served,
                        [now](const LaneState& lane) { return lane.may_have_something(now); });
}

std::vector<Lanes::LaneMap::pointer> Lanes::EdgeState::in_turn_for_orders(Time now) {
    return lanes_behind(lanes, last_batch,
                        [now](const LaneState& lane) { return lane.may_have_orders(now); });
}

bool Lanes::EdgeState::may_have_orders(Time now) const noexcept {
    return std::ranges::any_of(lanes, [now](const auto& named) { return named.second.may_have_orders(now); });
}

bool Lanes::meet(std::string_view lane) {
    const bool is_new = !edges_.contains(edge_of(lane));
    of(lane);
    return is_new;
}

void Lanes::want(std::string_view edge, std::size_t count, bool is_probe) {
    EdgeState& state = found_or_made(edges_, edge);
    state.wanted += count;
    state.wants_probe = is_probe;
}

void Lanes::want_nothing(std::string_view edge) {
    found_or_made(edges_, edge).wanted = 0;
}

void Lanes::want_nothing() noexcept {
    for (auto& [name, edge] : edges_) {
        edge.wanted = 0;
    }
}

void Lanes::want_again() noexcept {
    for (auto& [name, edge] : edges_) {
        ++edge.wanted;
    }
}

void Lanes::look_at_all() noexcept {
    for_each_lane(edges_, [](LaneState& lane) { lane.worth_a_look = true; });
}

void Lanes::look_for_consents() noexcept {
    for_each_lane(edges_, [](LaneState& lane) { lane.look_for_consents = true; });
}

void Lanes::look_for_orders() noexcept {
    for_each_lane(edges_, [](LaneState& lane) { lane.look_for_orders = true; });
}

void Lanes::look_at_all(Time due) noexcept {
    for_each_lane(edges_,
                  [due](LaneState& lane) { lane.due = lane.due == 0 ? due : std::min(lane.due, due); });
}

Lanes::Map& Lanes::at(Time now) noexcept {
    for_each_lane(edges_, [now](LaneState& lane) {
        if (lane.due != 0 && lane.due <= now) {
            lane.due = 0;
            lane.worth_a_look = true;
        }
    });
    return edges_;
}

std::optional<Time> Lanes::next(Time now) const noexcept {
    std::optional<Time> next;
    const auto note = [&next](Time time) { next = next ? std::min(*next, time) : time; };
    for (const auto& [name, edge] : edges_) {
        if (edge.wanted == 0) {
            continue;
        }
        for (const auto& [lane_name, lane] : edge.lanes) {
            const bool rests = lane.rests_until > now;
            if (lane.worth_a_look || lane.look_for_consents || lane.look_for_orders) {
                note(rests ? lane.rests_until : Time{0});
            } else if (lane.due != 0) {
                note(rests ? std::max(lane.due, lane.rests_until) : lane.due);
            }
        }
    }
    return next;
}

Lanes::EdgeState& Lanes::edge_of_lane(std::string_view lane) {
    return found_or_made(edges_, edge_of(lane));
}

Lanes::LaneState& Lanes::of(std::string_view lane) {
    return edge_of_lane(lane).of(lane);
}

}  // namespace aep::queue
