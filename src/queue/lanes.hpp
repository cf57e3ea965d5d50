#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry.hpp"

namespace aep::queue {

/// What a lane is called: the base URL of an Edge; or that, a space, and the ID of a datastream that has a lane of its
/// own. What is away is away for an Edge or for a datastream, and the lanes of an Edge take turns.
inline std::string lane_name(std::string_view edge, std::string_view datastream) {
    std::string name(edge);
    return datastream.empty() ? name : name.append(" ").append(datastream);
}

/// The base URL in a lane's name.
constexpr std::string_view edge_of(std::string_view lane) noexcept {
    return lane.substr(0, lane.find(' '));
}

/// The datastream in a lane's name; empty: those that have none of their own share it.
constexpr std::string_view datastream_of(std::string_view lane) noexcept {
    const std::size_t space = lane.find(' ');
    return lane.substr(space == std::string_view::npos ? lane.size() : space + 1);
}

/// What is wanted for each Edge, which lanes there are for it, and when each of them is worth asking
/// the store for. Pure.
class Lanes {
  public:
    struct LaneState {
        bool worth_a_look = true;  ///< the store may have an entry of it that is due
        bool look_for_consents = true;
        bool look_for_orders = true;  ///< that are due
        Time due = 0;                 ///< when it may have one; 0: not known
        Time rests_until = 0;         ///< nothing of it is handed out before

        [[nodiscard]] bool may_have_something(Time now) const noexcept {
            return rests_until <= now && (worth_a_look || look_for_consents);
        }
        [[nodiscard]] bool may_have_orders(Time now) const noexcept {
            return rests_until <= now && look_for_orders;
        }
    };
    using LaneMap = std::map<std::string, LaneState, std::less<>>;

    struct EdgeState {
        std::size_t wanted = 0;
        bool wants_probe = false;  ///< the one that is wanted finds out whether the Edge is well
        LaneMap lanes;
        std::string last_served;    ///< lane
        std::string last_batch;     ///< the lane that has given the last one
        bool gave_batches = false;  ///< the last time that something was handed out

        /// A lane of it; met, if it was not.
        LaneState& of(std::string_view lane);

        /// The lanes that may have something, those behind the one that was served last first: they take turns.
        std::vector<LaneMap::pointer> in_turn(Time now);
        /// The same, of those that may have back office events.
        std::vector<LaneMap::pointer> in_turn_for_orders(Time now);
        [[nodiscard]] bool may_have_orders(Time now) const noexcept;
    };
    using Map = std::map<std::string, EdgeState, std::less<>>;

    /// Notes that a lane has entries. Whether its Edge was unheard of.
    bool meet(std::string_view lane);

    void want(std::string_view edge, std::size_t count, bool is_probe);
    void want_nothing(std::string_view edge);
    void want_nothing() noexcept;
    /// What is wanted is not known: for each Edge one entry more, which is sent or put back.
    void want_again() noexcept;
    /// Puts one back that was to be handed out.
    void want_one_more(std::string_view lane) { edge_of_lane(lane).wanted += 1; }

    void rest(std::string_view lane, Time until) { of(lane).rests_until = until; }

    /// A lane, and its Edge; met, if it was not.
    LaneState& of(std::string_view lane);
    EdgeState& edge_of_lane(std::string_view lane);

    /// Any lane may have an entry that is due.
    void look_at_all() noexcept;
    /// Any lane may have a consent that is due.
    void look_for_consents() noexcept;
    /// Any lane may have back office events that are due.
    void look_for_orders() noexcept;
    /// Any lane may have an entry that is due at that time.
    void look_at_all(Time due) noexcept;

    /// All of them, after the lanes that have become due are marked as worth a look.
    Map& at(Time now) noexcept;

    /// When the next wanted entry may be there: 0: now; nothing: nobody knows.
    [[nodiscard]] std::optional<Time> next(Time now) const noexcept;

  private:
    Map edges_;
};

}  // namespace aep::queue
