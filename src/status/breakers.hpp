#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "edge/breaker.hpp"

namespace aep::status {

/// One circuit breaker per Edge host, in shared memory; the caller holds the lock.
class Breakers {
  public:
    /// The breaker of a base URL. Beyond kHosts hosts, some share one.
    edge::Breaker& of(std::string_view base_url) noexcept;

  private:
    static constexpr std::size_t kHosts = 64;

    struct Slot {
        std::uint64_t host;  ///< 0: free
        edge::Breaker breaker;
    };
    std::array<Slot, kHosts> slots_;
};

}  // namespace aep::status
