#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "entry.hpp"

namespace aep::queue {

/// What is wanted of each lane, and when it is worth asking the store for it. Pure.
class Lanes {
  public:
    struct LaneState {
        std::size_t wanted = 0;
        bool worth_a_look = true;  ///< the store may have an entry of it that is due
        bool look_for_consents = true;
        Time due = 0;  ///< when it may have one; 0: not known
    };
    using Map = std::map<std::string, LaneState, std::less<>>;

    /// Notes that a lane has entries. Whether it was unheard of.
    bool meet(std::string_view lane);

    void want(std::string_view lane, std::size_t count);
    void want_nothing(std::string_view lane);
    void want_nothing() noexcept;
    /// What is wanted is not known: of each lane one entry more, which is sent or put back.
    void want_again() noexcept;

    /// A lane; met, if it was not.
    LaneState& of(std::string_view lane);

    /// Any lane may have an entry that is due.
    void look_at_all() noexcept;
    /// Any lane may have a consent that is due.
    void look_for_consents() noexcept;
    /// Any lane may have an entry that is due at that time.
    void look_at_all(Time due) noexcept;

    /// All lanes, after those that have become due are marked as worth a look.
    Map& at(Time now) noexcept;

    /// When the next wanted entry may be there: 0: now; nothing: nobody knows.
    [[nodiscard]] std::optional<Time> next() const noexcept;

  private:
    Map lanes_;
};

}  // namespace aep::queue
