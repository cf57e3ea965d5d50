#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::status {

/// In which order the decisions of a visitor came, through whichever worker: one whose transfer fails is not kept
/// when a newer one has come meanwhile. Of fixed size, in shared memory (all zero: none came); the caller holds the
/// lock. What is forgotten, as another visitor has the place, is at worst kept.
class ConsentOrder {
  public:
    /// A decision of an identity (the hash of it) comes in; returns its place in the order.
    std::uint64_t begin(std::uint64_t identity) noexcept {
        places_[identity % kPlaces] = {identity, ++last_};
        return last_;
    }

    /// Whether a newer one has come.
    [[nodiscard]] bool is_overtaken(std::uint64_t identity, std::uint64_t turn) const noexcept {
        const Place& place = places_[identity % kPlaces];
        return place.identity == identity && place.turn > turn;
    }

  private:
    static constexpr std::size_t kPlaces = 4096;

    struct Place {
        std::uint64_t identity;
        std::uint64_t turn;
    };

    std::uint64_t last_ = 0;
    std::array<Place, kPlaces> places_{};
};

}  // namespace aep::status
