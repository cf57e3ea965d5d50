#include "shared/tally.hpp"

#include <algorithm>
#include <utility>

namespace aep::shared {
namespace {

/// Of one request, in the list of the last events: a request of a thousand shall not push out all others.
constexpr std::uint32_t kMostNoted = 20;

}  // namespace

std::uint64_t time_of_day() noexcept {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

Tally::~Tally() {
    if (has_taken_) {
        conclude(Outcome::lost, 0, {});
    }
}

void Tally::swap(Tally& other) noexcept {
    std::swap(statistics_, other.statistics_);
    std::swap(worker_, other.worker_);
    std::swap(website_, other.website_);
    std::swap(action_, other.action_);
    std::swap(shares_, other.shares_);
    std::swap(events_, other.events_);
    std::swap(has_taken_, other.has_taken_);
    std::swap(is_concluded_, other.is_concluded_);
}

void Tally::take(std::span<const std::string> types) {
    if (statistics_ == nullptr || has_taken_) {
        return;
    }
    for (const std::string& name : types) {
        const std::size_t type = statistics_->type(name);
        const auto share = std::ranges::find(shares_, type, &Share::type);
        if (share == shares_.end()) {
            shares_.push_back({.type = type, .count = 1});
        } else {
            ++share->count;
        }
    }
    events_ = types.size();
    has_taken_ = true;
    statistics_->workers.at(worker_).events_under_way.fetch_add(events_, std::memory_order_relaxed);
}

void Tally::conclude(Outcome outcome, int status, std::chrono::milliseconds duration) noexcept {
    if (!is_open()) {
        return;
    }
    is_concluded_ = true;
    statistics_->count_request(website_, action_, outcome);
    for (const Share& share : shares_) {
        statistics_->count_events(website_, share.type, outcome, share.count);
    }
    if (has_taken_) {
        statistics_->workers.at(worker_).events_under_way.fetch_sub(events_, std::memory_order_relaxed);
        note(outcome, status, duration);
    }
}

void Tally::deliver_later(int status, std::chrono::milliseconds duration) noexcept {
    if (statistics_ == nullptr) {
        return;
    }
    statistics_->count_delivered_later(website_, events_);
    note(Outcome::none, status, duration);
}

void Tally::note(Outcome outcome, int status, std::chrono::milliseconds duration) const noexcept {
    LastEvents::Event event;
    event.time = time_of_day();
    event.website = static_cast<std::uint32_t>(website_);
    event.outcome = outcome;
    event.status = static_cast<std::uint16_t>(status);
    event.duration = static_cast<std::uint32_t>(duration.count());
    std::uint32_t noted = 0;
    for (const Share& share : shares_) {
        event.type = static_cast<std::uint32_t>(share.type);
        for (std::uint32_t each = 0; each < share.count && noted < kMostNoted; ++each, ++noted) {
            statistics_->note_event(event);
        }
    }
}

void Tally::count_sent(std::size_t bytes) noexcept {
    if (statistics_ != nullptr) {
        statistics_->count_bytes_sent(website_, bytes);
    }
}

void Tally::count_received(std::size_t bytes) noexcept {
    if (statistics_ != nullptr) {
        statistics_->count_bytes_received(website_, bytes);
    }
}

}  // namespace aep::shared
