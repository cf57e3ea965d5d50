#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// One value for each datastream of which something is worth remembering, in shared memory (all zero at first); the
/// caller holds the lock.
///
/// Anybody can name datastreams, where a merchant's SDK may use any. So there is a limit, and what was used longest ago
/// makes room: of those that are not configured, as long as there is one in the same set.
template <typename Value>
class PerDatastream {
  public:
    static constexpr std::size_t kSets = 128;
    static constexpr std::size_t kWays = 8;

    /// Null: nothing is remembered. `key` must not be 0.
    Value* find(std::uint64_t key) noexcept {
        Set& set = set_of(key);
        auto* const place = std::ranges::find(set, key, &Place::key);
        return place != set.end() ? &place->value : nullptr;
    }

    /// The value of a datastream; a new one, where there is none. `now`: of any clock that does not go back.
    Value& of(std::uint64_t key, bool is_configured, std::uint64_t now) noexcept {
        Set& set = set_of(key);
        auto* place = std::ranges::find(set, key, &Place::key);
        if (place == set.end()) {
            place = std::ranges::min_element(set, goes_before);
            *place = Place{.key = key};
        }
        place->is_configured = is_configured;
        place->used = now;
        return place->value;
    }

  private:
    struct Place {
        std::uint64_t key = 0;  ///< 0: free
        bool is_configured = false;
        std::uint64_t used = 0;
        Value value{};
    };
    using Set = std::array<Place, kWays>;

    /// Whether the first makes room rather than the second.
    static bool goes_before(const Place& one, const Place& other) noexcept {
        if ((one.key == 0) != (other.key == 0)) {
            return one.key == 0;
        }
        return one.is_configured != other.is_configured ? other.is_configured : one.used < other.used;
    }

    Set& set_of(std::uint64_t key) noexcept { return sets_[key % kSets]; }

    std::array<Set, kSets> sets_;
};

}  // namespace aep::shared
