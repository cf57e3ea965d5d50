#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "outcome.hpp"

namespace aep::shared {

/// The last events of all workers, in shared memory (all zero: none), for operators who want to see what flows. Nothing in
/// it tells of a visitor. No lock: what is being written, or was when its process was killed, is not read.
class LastEvents {
  public:
    static constexpr std::size_t kMost = 200;

    struct Event {
        std::uint64_t time = 0;      ///< ms since 1970
        std::uint32_t website = 0;   ///< its place in Statistics
        std::uint32_t type = 0;      ///< the same
        Outcome outcome{};           ///< none: the queue has delivered it
        std::uint16_t status = 0;    ///< Edge's, or that of the answer; 0: none
        std::uint32_t duration = 0;  ///< ms until Edge or the queue had it
    };

    void add(const Event& event) noexcept {
        const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed) + 1;
        Place& place = places_[number % kPlaces];
        place.number.store(0, std::memory_order_release);
        std::atomic_thread_fence(std::memory_order_release);
        place.time.store(event.time, std::memory_order_relaxed);
        place.whose.store(std::uint64_t{event.website} << 32U | event.type, std::memory_order_relaxed);
        place.what.store(std::uint64_t{event.duration} << 32U | std::uint64_t{event.status} << 16U |
                             static_cast<std::uint64_t>(event.outcome),
                         std::memory_order_relaxed);
        place.number.store(number, std::memory_order_release);
    }

    /// The newest first.
    [[nodiscard]] std::vector<Event> read() const {
        std::vector<Event> events;
        const std::uint64_t last = next_.load(std::memory_order_acquire);
        for (std::uint64_t number = last; number != 0 && last - number < kMost; --number) {
            const Place& place = places_[number % kPlaces];
            if (place.number.load(std::memory_order_acquire) != number) {
                continue;
            }
            const std::uint64_t whose = place.whose.load(std::memory_order_relaxed);
            const std::uint64_t what = place.what.load(std::memory_order_relaxed);
            const std::uint64_t time = place.time.load(std::memory_order_relaxed);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (place.number.load(std::memory_order_relaxed) != number) {
                continue;
            }
            events.push_back({.time = time,
                              .website = static_cast<std::uint32_t>(whose >> 32U),
                              .type = static_cast<std::uint32_t>(whose),
                              .outcome = static_cast<Outcome>(what & 0xffU),
                              .status = static_cast<std::uint16_t>(what >> 16U),
                              .duration = static_cast<std::uint32_t>(what >> 32U)});
        }
        return events;
    }

  private:
    static constexpr std::size_t kPlaces = 256;

    struct Place {
        std::atomic<std::uint64_t> number;  ///< of the event; 0: it is being written
        std::atomic<std::uint64_t> time;
        std::atomic<std::uint64_t> whose;
        std::atomic<std::uint64_t> what;
    };
    std::atomic<std::uint64_t> next_;
    std::array<Place, kPlaces> places_;
};

}  // namespace aep::shared
