#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "edge/message.hpp"

namespace aep::delivery {

/// What a worker wants of its queue when, and how much of it may be under way. Pure; times are ms of one monotonic
/// clock. One object in each worker.
///
/// To each Edge at most half of the connections are used, so that live requests never wait for it. Each answer lets one
/// more entry be under way, which doubles them in each round trip; each that does not come halves them. While the
/// circuit breaker of the Edge is open nothing is sent; then one entry finds out whether it is back.
class Courier {
  public:
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
        bool is_probe = false;  ///< what is wanted is to find out whether the Edge is well

        friend bool operator==(const Demand&, const Demand&) = default;
    };

    enum class Ending : std::uint8_t {
        answered,   ///< Edge took it, or does not want it
        postponed,  ///< Edge said "later", or it was not sent for the sake of its datastream
        failed,     ///< no answer came
        not_sent,   ///< the host gets nothing now, or there was no connection
    };

    /// What Edge's answer means for what may be under way to it.
    static Ending ending_of(const edge::Response& response) noexcept;

    /// What waits for an Edge (its base URL) is to be delivered; or its connections have changed.
    void add(std::string_view edge, std::size_t connections);

    /// What is wanted now. To be asked after each of the calls below, and at next_wake(). What waits
    /// for an Edge that was not added is not delivered.
    Demand demand(std::string_view edge, const Host& host, std::uint64_t now);

    /// The engine has handed out entries, wanted or (they were under way when that changed) not. Each of them is to be
    /// sent or put back.
    void on_given(std::string_view edge, std::size_t count) noexcept;

    /// What became of one of them.
    void on_ended(std::string_view edge, Ending ending, std::uint64_t now) noexcept;

    /// When demand() may change for an Edge without anything else happening; 0: never.
    [[nodiscard]] std::uint64_t next_wake() const noexcept;

    [[nodiscard]] std::size_t in_flight(std::string_view edge) const noexcept;

  private:
    struct EdgeWork {
        std::size_t most = 1;       ///< under way, ever
        std::size_t limit = 1;      ///< under way, now
        std::size_t wanted = 0;     ///< and not given yet
        std::size_t in_flight = 0;  ///< given, and not ended
        std::uint64_t held_until = 0;
        std::uint64_t wake = 0;  ///< 0: nothing to wait for
    };

    EdgeWork* find(std::string_view edge) noexcept;

    std::map<std::string, EdgeWork, std::less<>> edges_;
};

}  // namespace aep::delivery
