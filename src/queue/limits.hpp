#pragma once

#include <chrono>
#include <cstdint>

namespace aep::queue {

/// What an operator allows the queue.
struct Limits {
    std::uint64_t max_size = std::uint64_t{1} << 30U;  ///< bytes, of all workers
    std::chrono::seconds max_age = std::chrono::hours(24 * 7);
};

}  // namespace aep::queue
