#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// Tells whether something happens for the first time in any worker, for messages that are wanted once. In shared
/// memory (all zero at first); the caller holds the lock. When it is full (kPlaces things), nothing more is new: so what
/// it is asked about must not be for visitors to make up.
class FirstTime {
  public:
    static constexpr std::size_t kPlaces = 4096;

    /// `key` must not be 0.
    bool note(std::uint64_t key) noexcept {
        for (std::size_t step = 0; step < kPlaces; ++step) {
            std::uint64_t& place = keys_[(key + step) % kPlaces];
            if (place == key) {
                return false;
            }
            if (place == 0) {
                place = key;
                return true;
            }
        }
        return false;
    }

  private:
    std::array<std::uint64_t, kPlaces> keys_{};
};

}  // namespace aep::shared
