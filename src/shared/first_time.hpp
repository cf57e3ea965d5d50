#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// Tells whether something happens for the first time in any worker, for messages that are wanted once. In shared
/// memory; the caller holds the lock. When it is full (256 things), nothing more is new.
class FirstTime {
  public:
    /// `key` must not be 0.
    bool note(std::uint64_t key) noexcept {
        for (std::uint64_t& place : keys_) {
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
    std::array<std::uint64_t, 256> keys_{};
};

}  // namespace aep::shared
