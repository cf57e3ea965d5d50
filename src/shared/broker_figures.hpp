#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "names.hpp"

namespace aep::shared {

/// What this node's workers know of the broker that keeps a fleet's queue, in shared memory (all zero: nothing).
class BrokerFigures {
  public:
    static constexpr std::size_t kQueues = 64;  ///< whose depths are told; of those beyond nothing is
    using QueueNames = Names<kQueues, 160>;

    /// Counted since the memory was made.
    struct Totals {
        std::uint64_t confirms = 0;      ///< messages
        std::uint64_t confirm_time = 0;  ///< microseconds of all of them together
        std::uint64_t refused = 0;
        std::uint64_t unconfirmed = 0;  ///< without an answer in time
        std::uint64_t reconnects = 0;
    };
    void count(const Totals& more) noexcept {
        add(confirms_, more.confirms);
        add(confirm_time_, more.confirm_time);
        add(refused_, more.refused);
        add(unconfirmed_, more.unconfirmed);
        add(reconnects_, more.reconnects);
    }
    [[nodiscard]] Totals totals() const noexcept {
        return {.confirms = read(confirms_),
                .confirm_time = read(confirm_time_),
                .refused = read(refused_),
                .unconfirmed = read(unconfirmed_),
                .reconnects = read(reconnects_)};
    }

    /// What the broker says of a queue. `now`: ms since 1970.
    void note_queue(std::string_view name, std::uint64_t entries, std::uint32_t consumers,
                    std::uint64_t now) noexcept {
        if (const std::size_t place = names_.place_of(name); place != QueueNames::kOther) {
            queues_[place].entries.store(entries, std::memory_order_relaxed);
            queues_[place].consumers.store(consumers, std::memory_order_relaxed);
            queues_[place].noted.store(now, std::memory_order_relaxed);
        }
    }

    struct Queue {
        std::string_view name;
        std::uint64_t entries = 0;
        std::uint32_t consumers = 0;
    };
    /// Of the queues that were noted in the last seconds.
    [[nodiscard]] std::vector<Queue> queues(std::uint64_t now) const {
        constexpr std::uint64_t kLasts = 10'000;  // ms
        std::vector<Queue> known;
        for (std::size_t place = 0; place < kQueues; ++place) {
            const Depth& depth = queues_[place];
            if (read(depth.noted) + kLasts > now) {
                known.push_back({.name = names_.at(place),
                                 .entries = read(depth.entries),
                                 .consumers = depth.consumers.load(std::memory_order_relaxed)});
            }
        }
        return known;
    }

  private:
    using Number = std::atomic<std::uint64_t>;
    static_assert(Number::is_always_lock_free);

    struct Depth {
        Number entries;
        std::atomic<std::uint32_t> consumers;
        Number noted;  ///< ms since 1970; 0: never
    };

    static void add(Number& number, std::uint64_t more) noexcept {
        if (more != 0) {
            number.fetch_add(more, std::memory_order_relaxed);
        }
    }
    static std::uint64_t read(const Number& number) noexcept {
        return number.load(std::memory_order_relaxed);
    }

    QueueNames names_;
    std::array<Depth, kQueues> queues_;
    Number confirms_;
    Number confirm_time_;
    Number refused_;
    Number unconfirmed_;
    Number reconnects_;
};

}  // namespace aep::shared
