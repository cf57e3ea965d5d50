#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// A histogram of durations, in shared memory (all zero: none).
class Latency {
  public:
    /// The upper ends of its buckets, in microseconds; one more bucket has none.
    static constexpr std::array<std::uint64_t, 11> kBounds{5'000,     10'000,    25'000,    50'000,
                                                           100'000,   250'000,   500'000,   1'000'000,
                                                           2'500'000, 5'000'000, 10'000'000};
    static constexpr std::size_t kBuckets = kBounds.size() + 1;

    void add(std::chrono::microseconds duration) noexcept {
        const auto value = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
        std::size_t bucket = 0;
        while (bucket < kBounds.size() && value > kBounds[bucket]) {
            ++bucket;
        }
        counts_[bucket].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(value, std::memory_order_relaxed);
    }

    struct Values {
        std::array<std::uint64_t, kBuckets> counts{};  ///< of each bucket by itself
        std::uint64_t sum = 0;                         ///< microseconds

        [[nodiscard]] std::uint64_t count() const noexcept {
            std::uint64_t sum_of_counts = 0;
            for (const std::uint64_t each : counts) {
                sum_of_counts += each;
            }
            return sum_of_counts;
        }
    };
    [[nodiscard]] Values read() const noexcept {
        Values values;
        for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
            values.counts[bucket] = counts_[bucket].load(std::memory_order_relaxed);
        }
        values.sum = sum_.load(std::memory_order_relaxed);
        return values;
    }

  private:
    std::array<std::atomic<std::uint64_t>, kBuckets> counts_;
    std::atomic<std::uint64_t> sum_;
};

}  // namespace aep::shared
