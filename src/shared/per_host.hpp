#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/digest.hpp"

namespace aep::shared {

/// One value for each Edge host, in shared memory (all zero at first); the caller holds the lock.
template <typename Value>
class PerHost {
  public:
    /// The value of a base URL. Beyond kHosts hosts, some share one.
    Value& of(std::string_view base_url) noexcept {
        const std::uint64_t host = text::fingerprint("host", base_url);
        for (std::size_t step = 0; step < kHosts; ++step) {
            Slot& slot = slots_[(host + step) % kHosts];
            if (slot.host == 0) {
                slot.host = host;
            }
            if (slot.host == host) {
                return slot.value;
            }
        }
        return slots_[host % kHosts].value;
    }

  private:
    static constexpr std::size_t kHosts = 64;

    struct Slot {
        std::uint64_t host;  ///< 0: free
        Value value;
    };
    std::array<Slot, kHosts> slots_;
};

}  // namespace aep::shared
