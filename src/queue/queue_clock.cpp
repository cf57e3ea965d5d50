#include "queue_clock.hpp"

#include <algorithm>
#include <utility>

namespace aep::queue {

Time QueueClock::read(Time time_of_day, std::int64_t monotonic) noexcept {
    const Time passed = std::max<Time>(monotonic - monotonic_, 0);
    const Time expected = time_ + passed;
    if (passed >= kInterval) {
        time_ = expected + correction(time_of_day - ahead_ - expected, passed);
        monotonic_ = monotonic;
        return last_ = std::max(last_, time_);
    }
    return last_ = std::max(last_, expected);
}

/// What a drift changes after `passed` ms.
Time QueueClock::correction(Time drift, Time passed) noexcept {
    if (drift > kLargestDrift || drift < -kLargestDrift) {
        ahead_ += drift;
        jump_ += drift;
        return 0;
    }
    return std::clamp(drift, -passed / kSlew, passed / kSlew);
}

Time QueueClock::take_jump() noexcept {
    return std::exchange(jump_, 0);
}

}  // namespace aep::queue
