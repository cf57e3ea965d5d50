#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace aep::queue {

/// What an operator allows the queue.
struct Limits {
    std::uint64_t max_size = std::uint64_t{1} << 30U;  ///< bytes, of all workers
    std::chrono::seconds max_age = std::chrono::hours(24 * 7);
    std::uint64_t min_free = 0;          ///< bytes of the disk that are left to others
    std::uint32_t min_free_percent = 5;  ///< the same, of the disk's size; the larger one counts
    std::size_t websites = 1;            ///< that have a share of it; one that is alone may have everything
};

}  // namespace aep::queue
