#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aep::shared {

/// Every counter once: its name in code, its name for operators, what it counts.
#define AEP_COUNTERS(X)                                                                                     \
    X(requests, "requests_total", "requests that reached the gateway")                                      \
    X(events, "events_total", "events in the requests that were taken")                                     \
    X(delivered, "delivered_total", "requests that Edge took")                                              \
    X(queued, "queued_total", "requests that were kept for a later delivery")                               \
    X(delivered_later, "delivered_later_total", "kept requests that Edge took")                             \
    X(retries, "retries_total", "deliveries that have to be tried again")                                   \
    X(dead_letters, "dead_letters_total", "requests that became dead letters")                              \
    X(discarded_dead_letters, "discarded_dead_letters_total",                                               \
      "dead letters beyond their limit that were thrown away")                                              \
    X(not_kept, "not_kept_total", "requests refused with 503: not kept, not sent")                          \
    X(lost, "lost_total", "requests whose client had gone and that could not be kept")                      \
    X(refused_by_edge, "refused_by_edge_total", "requests that Edge refused with a 4xx")                    \
    X(refused_later, "refused_later_total", "kept requests that Edge refused with a 4xx")                   \
    X(invalid, "invalid_total", "requests refused for what they hold")                                      \
    X(not_served, "not_served_total", "requests for what the gateway does not serve")                       \
    X(cross_site, "cross_site_total", "requests refused because another site sent them")                    \
    X(no_consent, "no_consent_total", "requests not sent because the visitor objects")                      \
    X(duplicate, "duplicate_total", "requests that repeat one of the last minute")                          \
    X(local_answers, "local_answers_total", "answers made without Edge")                                    \
    X(back_office_accepted, "back_office_accepted_total", "back office documents that were kept")           \
    X(back_office_duplicate, "back_office_duplicate_total", "back office documents that repeat another")    \
    X(back_office_ignored, "back_office_ignored_total", "back office documents that are no event")          \
    X(back_office_invalid, "back_office_invalid_total", "back office documents with something wrong")       \
    X(back_office_unavailable, "back_office_unavailable_total", "back office documents that were not kept") \
    X(back_office_refused, "back_office_refused_total", "back office requests refused as a whole")          \
    X(breaker_refusals, "breaker_refusals_total", "requests not sent because Edge is known to be away")

enum class Counter : std::size_t {
#define AEP_COUNTER(name, label, help) name,
    AEP_COUNTERS(AEP_COUNTER)
#undef AEP_COUNTER
        count
};

inline constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::count);

/// Counters of all workers, in shared memory.
class Counters {
  public:
    void add(Counter counter, std::uint64_t amount = 1) noexcept {
        values_[static_cast<std::size_t>(counter)].fetch_add(amount, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value(Counter counter) const noexcept {
        return values_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
    }

  private:
    // A lock inside an atomic would belong to one process only.
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
    std::atomic<std::uint64_t> values_[kCounters] = {};
};

}  // namespace aep::shared
