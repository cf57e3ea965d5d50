#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace aep::delivery {

/// What a worker wants of its queue when, and how much of it may be under way. Pure; times are ms of one monotonic
/// clock. One object in each worker.
///
/// Of each lane at most half of the connections are used, so that live requests never wait for it. After a failure
/// nothing is sent for a while; then one entry finds out whether Edge is back, and with each answer one more may be
/// under way, which doubles them in each round trip.
class Courier {
  public:
    static constexpr std::uint64_t kFirstPause = 1000;         ///< ms after a failure, before jitter
    static constexpr std::uint64_t kLongestPause = 30 * 1000;  ///< ms, jitter included
    static constexpr std::uint64_t kLongestRetryAfter = 60 * 1000;
    static constexpr std::uint64_t kPauseWhenNotSent = 100;  ///< ms

    /// What all workers know of an Edge host.
    struct Host {
        std::uint64_t refuses_until = 0;  ///< the circuit breaker is open until then, or waits for a probe
        bool needs_probe = false;         ///< the circuit breaker is not closed
        std::uint64_t pace_wait = 0;      ///< Pace::wait()
    };

    /// What to tell the engine, in this order.
    struct Demand {
        bool want_nothing = false;  ///< take back what was wanted
        std::size_t want = 0;

        friend bool operator==(const Demand&, const Demand&) = default;
    };

    enum class Ending : std::uint8_t {
        answered,  ///< Edge spoke, whatever it thinks of the event
        failed,    ///< the host is away, or busy
        not_sent,  ///< put back
    };

    /// A lane is to be delivered; or its connections have changed.
    void add(std::string_view lane, std::size_t connections);

    /// What is wanted now. To be asked after each of the calls below, and at next_wake(). A lane that was not added
    /// is not delivered.
    Demand demand(std::string_view lane, const Host& host, std::uint64_t now);

    /// The engine has handed out entries, wanted or (they were under way when that changed) not. Each of them is to be
    /// sent or put back.
    void on_given(std::string_view lane, std::size_t count) noexcept;

    /// What became of one of them. `retry_after`: what Edge asked for in ms, 0 when nothing. `random`: any number.
    void on_ended(std::string_view lane, Ending ending, std::uint64_t retry_after, std::uint64_t now,
                  std::uint32_t random) noexcept;

    /// When demand() may change for a lane without anything else happening; 0: never.
    [[nodiscard]] std::uint64_t next_wake() const noexcept;

    [[nodiscard]] std::size_t in_flight(std::string_view lane) const noexcept;

  private:
    struct LaneWork {
        std::size_t most = 1;       ///< under way, ever
        std::size_t limit = 1;      ///< under way, now
        std::size_t wanted = 0;     ///< and not given yet
        std::size_t in_flight = 0;  ///< given, and not ended
        std::uint64_t held_until = 0;
        std::uint64_t wake = 0;      ///< 0: nothing to wait for
        std::uint32_t failures = 0;  ///< in a row: the backoff's exponent
    };

    LaneWork* find(std::string_view lane) noexcept;
    static void hold(LaneWork& lane, std::uint64_t retry_after, std::uint64_t now,
                     std::uint32_t random) noexcept;

    std::map<std::string, LaneWork, std::less<>> lanes_;
};

}  // namespace aep::delivery
