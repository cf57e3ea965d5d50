#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// The request IDs of the last minute, so that a repeat (alloy's own retries) is known as one, whichever
/// worker gets it: first as one that is under way, then as one that is safe. Of fixed size, in
/// shared memory; the caller holds the lock. When more requests come in a minute than it holds (131072), the
/// oldest of a bucket is forgotten early. Times are seconds.
class RequestWindow {
  public:
    static constexpr std::uint32_t kSeconds = 60;

    enum class Sighting : std::uint8_t {
        fresh,      ///< it was not there, and is noted now
        under_way,  ///< it is there, and nobody knows yet what becomes of it
        safe,
    };

    /// Notes a request as under way. It is forgotten after `patience` seconds if nothing follows, as its worker may
    /// have been killed.
    Sighting note(std::uint64_t key, std::uint32_t now, std::uint32_t patience) noexcept;

    /// Edge or the queue has it: its repeats are safe.
    void confirm(std::uint64_t key, std::uint32_t now) noexcept;

    /// Forgets a request that was neither delivered nor queued, so that its repeat counts.
    void forget(std::uint64_t key) noexcept;

  private:
    static constexpr std::size_t kWays = 16;
    static constexpr std::size_t kBuckets = 8192;

    struct Bucket {
        std::array<std::uint64_t, kWays> keys;
        std::array<std::uint32_t, kWays> expiries;
        std::array<bool, kWays> are_safe;
    };

    Bucket& bucket(std::uint64_t key) noexcept { return buckets_[key % kBuckets]; }

    std::array<Bucket, kBuckets> buckets_;
};

}  // namespace aep::shared
