#pragma once

#include <chrono>

#include "entry.hpp"

namespace aep::queue {

/// Tells the time; a test may have another one.
using Clock = Time (*)();

inline Time wall_clock() {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace aep::queue
