#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// What each worker process tells of itself, in shared memory (all zero: there is none). Each writes its own line. The
/// line of a process that was killed is given up by the next one that takes a line, or by whoever looks.
class WorkerLines {
  public:
    static constexpr std::size_t kMost = 256;
    static constexpr std::size_t kHosts = 64;

    struct Line {
        std::atomic<std::uint32_t> pid;  ///< 0: free
        std::atomic<bool> is_exiting;
        std::atomic<bool> edge_is_alive;
        std::atomic<bool> queue_is_alive;
        std::atomic<bool> broker_is_up;
        std::atomic<std::uint64_t> since;      ///< ms since 1970
        std::atomic<std::uint64_t> last_seen;  ///< the same
        std::atomic<std::uint32_t> edge_in_flight;
        std::atomic<std::uint32_t> queue_backlog;
        std::atomic<std::uint64_t> queue_sync;  ///< microseconds of the last one
        std::atomic<std::uint64_t> events_under_way;
        std::array<std::atomic<std::uint32_t>, kHosts>
            requests;  ///< under way, by the host's place in Statistics
    };

    /// Takes a free line. kMost: there is none, and the worker is not told of.
    std::size_t take(std::uint32_t pid, std::uint64_t now) noexcept {
        for (std::size_t at = 0; at < kMost; ++at) {
            std::uint32_t nobody = 0;
            Line& line = lines_[at];
            if (line.pid.compare_exchange_strong(nobody, pid, std::memory_order_acq_rel)) {
                line.is_exiting.store(false, std::memory_order_relaxed);
                line.since.store(now, std::memory_order_relaxed);
                line.last_seen.store(now, std::memory_order_relaxed);
                return at;
            }
        }
        return kMost;
    }

    /// Gives a line up. Returns how many events were under way in it: nobody will ever tell what became of them.
    std::uint64_t give_up(std::size_t at, std::uint32_t pid) noexcept {
        Line* const line = at < kMost ? &lines_[at] : nullptr;
        if (line == nullptr || line->pid.load(std::memory_order_acquire) != pid) {
            return 0;
        }
        const std::uint64_t events = line->events_under_way.exchange(0, std::memory_order_acq_rel);
        line->edge_in_flight.store(0, std::memory_order_relaxed);
        line->queue_backlog.store(0, std::memory_order_relaxed);
        line->edge_is_alive.store(false, std::memory_order_relaxed);
        line->queue_is_alive.store(false, std::memory_order_relaxed);
        line->broker_is_up.store(false, std::memory_order_relaxed);
        for (auto& requests : line->requests) {
            requests.store(0, std::memory_order_relaxed);
        }
        line->pid.compare_exchange_strong(pid, 0, std::memory_order_acq_rel);
        return events;
    }

    /// The line of a worker; a line that nobody reads where it has none.
    Line& at(std::size_t at) noexcept { return lines_[at < kMost ? at : kMost]; }
    [[nodiscard]] const Line& at(std::size_t at) const noexcept { return lines_[at < kMost ? at : kMost]; }

  private:
    std::array<Line, kMost + 1> lines_;
};

}  // namespace aep::shared
