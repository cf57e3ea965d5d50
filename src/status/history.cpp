#include "status/history.hpp"

#include <algorithm>

namespace aep::status {
namespace {

using shared::Outcome;
using shared::Statistics;

constexpr double kMicrosecondsPerSecond = 1'000'000;
constexpr std::uint64_t kSecondsPerMinute = 60;
constexpr std::size_t kMinutesShown = 60;

Statistics::Totals sum_at(const Statistics& statistics, const Statistics::Minute* minute) noexcept {
    Statistics::Totals sum;
    for (std::size_t place = 0; place < Statistics::Websites::kPlaces; ++place) {
        if (statistics.is_used(place)) {
            sum += statistics.totals_at(place, minute);
        }
    }
    return sum;
}

/// How everything was when a minute began, or is now.
struct Moment {
    Statistics::Totals totals;
    std::uint64_t requests = 0;
    std::uint64_t duration = 0;
    std::uint64_t queue_entries = 0;
};

Moment moment_at(const Statistics& statistics, std::uint64_t minute) noexcept {
    const Statistics::Minute* const known = statistics.minute_at(minute);
    Moment moment;
    moment.totals = sum_at(statistics, known);
    if (known != nullptr) {
        moment.requests = known->requests.load(std::memory_order_relaxed);
        moment.duration = known->duration.load(std::memory_order_relaxed);
        moment.queue_entries = known->queue_entries.load(std::memory_order_relaxed);
    }
    return moment;
}

Moment moment_now(const Statistics& statistics, const Model& model) noexcept {
    Moment moment;
    moment.totals = statistics.totals();
    for (const Host& host : model.hosts) {
        moment.requests += host.duration.count;
        moment.duration += static_cast<std::uint64_t>(host.duration.sum * kMicrosecondsPerSecond);
    }
    moment.queue_entries = model.queue.entries;
    return moment;
}

Minute minute_between(const Moment& begin, const Moment& end) noexcept {
    const LastFiveMinutes events = difference(end.totals, begin.totals);
    Minute minute;
    minute.delivered = events.delivered;
    minute.queued = events.queued;
    minute.refused = events.unavailable + events.rejected;
    minute.other = events.local + events.consent + events.duplicate;
    minute.delivered_later = events.delivered_later;
    minute.requests = end.requests - std::min(end.requests, begin.requests);
    if (minute.requests != 0) {
        minute.latency = static_cast<double>(end.duration - std::min(end.duration, begin.duration)) /
                         kMicrosecondsPerSecond / static_cast<double>(minute.requests);
    }
    minute.queue_entries = end.queue_entries;
    return minute;
}

}  // namespace

LastFiveMinutes difference(const Statistics::Totals& now, const Statistics::Totals& before) noexcept {
    const auto of = [&](Outcome outcome) {
        const std::uint64_t last = now.of(outcome);
        return last - std::min(last, before.of(outcome));
    };
    return {.delivered = of(Outcome::delivered),
            .queued = of(Outcome::queued),
            .local = of(Outcome::local),
            .unavailable = of(Outcome::unavailable) + of(Outcome::lost),
            .consent = of(Outcome::consent),
            .rejected = of(Outcome::rejected),
            .duplicate = of(Outcome::duplicate),
            .delivered_later = of(Outcome::none)};
}

void collect_history(const Statistics& statistics, std::uint64_t last, Model& model) {
    Moment begin = moment_at(statistics, last + 1 - kMinutesShown);
    for (std::uint64_t at = last + 1 - kMinutesShown; at <= last; ++at) {
        const Moment end = at == last ? moment_now(statistics, model) : moment_at(statistics, at + 1);
        Minute minute = minute_between(begin, end);
        minute.time = static_cast<double>(at * kSecondsPerMinute);
        model.history.minutes.push_back(minute);
        begin = end;
    }
}

}  // namespace aep::status
