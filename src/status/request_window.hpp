#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aep::status {

/// The request IDs of the last minute, so that a repeat (alloy's own retries) is known as one, whichever
/// worker gets it. Of fixed size, in shared memory; the caller holds the lock. When more requests come in a
/// minute than it holds (131072), the oldest of a bucket is forgotten early. Times are seconds.
class RequestWindow {
  public:
    static constexpr std::uint32_t kSeconds = 60;

    /// What names a request in the window.
    static std::uint64_t key(std::string_view datastream_id, std::string_view request_id) noexcept;

    /// Notes a request; false when it is there already.
    bool claim(std::uint64_t key, std::uint32_t now) noexcept;

    /// Forgets a request that was neither delivered nor kept, so that its repeat counts.
    void forget(std::uint64_t key) noexcept;

  private:
    static constexpr std::size_t kWays = 16;
    static constexpr std::size_t kBuckets = 8192;

    struct Bucket {
        std::array<std::uint64_t, kWays> keys;
        std::array<std::uint32_t, kWays> expiries;
    };

    Bucket& bucket(std::uint64_t key) noexcept { return buckets_[key % kBuckets]; }

    std::array<Bucket, kBuckets> buckets_;
};

}  // namespace aep::status
