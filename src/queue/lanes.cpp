#include "lanes.hpp"

#include <algorithm>

namespace aep::queue {

bool Lanes::meet(std::string_view lane) {
    const bool is_new = !lanes_.contains(lane);
    of(lane);
    return is_new;
}

void Lanes::want(std::string_view lane, std::size_t count) {
    of(lane).wanted += count;
}

void Lanes::want_nothing(std::string_view lane) {
    of(lane).wanted = 0;
}

void Lanes::want_nothing() noexcept {
    for (auto& [name, lane] : lanes_) {
        lane.wanted = 0;
    }
}

void Lanes::want_again() noexcept {
    for (auto& [name, lane] : lanes_) {
        ++lane.wanted;
    }
}

void Lanes::look_at_all() noexcept {
    for (auto& [name, lane] : lanes_) {
        lane.worth_a_look = true;
    }
}

void Lanes::look_for_consents() noexcept {
    for (auto& [name, lane] : lanes_) {
        lane.look_for_consents = true;
    }
}

void Lanes::look_at_all(Time due) noexcept {
    for (auto& [name, lane] : lanes_) {
        lane.due = lane.due == 0 ? due : std::min(lane.due, due);
    }
}

Lanes::Map& Lanes::at(Time now) noexcept {
    for (auto& [name, lane] : lanes_) {
        if (lane.due != 0 && lane.due <= now) {
            lane.due = 0;
            lane.worth_a_look = true;
        }
    }
    return lanes_;
}

std::optional<Time> Lanes::next() const noexcept {
    std::optional<Time> next;
    for (const auto& [name, lane] : lanes_) {
        if (lane.wanted == 0) {
            continue;
        }
        if (lane.worth_a_look || lane.look_for_consents) {
            return Time{0};
        }
        if (lane.due != 0 && (!next || lane.due < *next)) {
            next = lane.due;
        }
    }
    return next;
}

Lanes::LaneState& Lanes::of(std::string_view lane) {
    const auto found = lanes_.find(lane);
    return found != lanes_.end() ? found->second : lanes_.try_emplace(std::string(lane)).first->second;
}

}  // namespace aep::queue
