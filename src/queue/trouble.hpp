#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace aep::queue {

/// A line for the log: what an operator has to know.
struct LogLine {
    bool alert = false;  ///< somebody has to act
    std::string text;
};

/// Something that goes wrong, perhaps many times a second: when an operator has to hear of it. Times are ms of one
/// monotonic clock.
class Trouble {
  public:
    static constexpr std::int64_t kInterval = 60'000;  ///< between two messages about the same

    /// Whether a message is due: the first time, and once a minute while it lasts or comes and goes.
    bool happened(std::int64_t now, std::uint64_t times = 1) noexcept {
        times_ += times;
        if (next_ && now < *next_) {
            return false;
        }
        said_ = true;
        next_ = now + kInterval;
        return true;
    }

    /// How often it happened since the last call.
    std::uint64_t take_times() noexcept { return std::exchange(times_, 0); }

    /// It is over. Whether that is to be said: an operator has heard that it began.
    bool ended() noexcept { return std::exchange(said_, false); }

  private:
    bool said_ = false;
    std::optional<std::int64_t> next_;
    std::uint64_t times_ = 0;
};

}  // namespace aep::queue
