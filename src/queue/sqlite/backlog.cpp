#include "backlog.hpp"

#include <iterator>

namespace aep::queue::sqlite {

void Backlog::append(Row row, Entry&& entry) {
    if (!all_known_) {
        return;
    }
    const std::size_t size = entry.size();
    if (fresh_bytes_ + size > kFreshBytes) {
        all_known_ = false;
        cursor_ = row - 1;
        return;
    }
    if (entry.due != 0 || entry.attempts != 0) {
        put_back(row, entry.attempts, entry.due);
        return;
    }
    fresh_.emplace_back(row, std::move(entry));
    fresh_bytes_ += size;
}

void Backlog::put_back(Row row, std::uint32_t attempts, Time due) {
    if (!all_known_ && row > cursor_) {
        return;  // the scan will come to it
    }
    if (due == 0) {
        add(row, attempts);
    } else {
        waiting_.insert({due, row, attempts});
    }
}

void Backlog::add(Row row, std::uint32_t attempts) {
    if (attempts == 0) {
        ready_.insert(row);
    } else {
        tried_.emplace(attempts, row);
    }
}

void Backlog::take_due(Time now) {
    while (!waiting_.empty() && is_due(waiting_.begin()->due, now)) {
        add(waiting_.begin()->row, waiting_.begin()->attempts);
        waiting_.erase(waiting_.begin());
    }
    while (!waiting_.empty() && is_due(waiting_.rbegin()->due, now)) {
        add(waiting_.rbegin()->row, waiting_.rbegin()->attempts);
        waiting_.erase(std::prev(waiting_.end()));
    }
}

Backlog::Known Backlog::take_fresh(std::pair<Row, Entry>&& fresh) noexcept {
    fresh_bytes_ -= fresh.second.size();
    return {fresh.first, std::move(fresh.second)};
}

std::optional<Backlog::Known> Backlog::next(Time now, Store::Order order) {
    take_due(now);
    if (order == Store::Order::newest_first) {
        return newest();
    }
    if (!fresh_.empty() && (ready_.empty() || fresh_.front().first < *ready_.begin())) {
        Known known = take_fresh(std::move(fresh_.front()));
        fresh_.pop_front();
        return known;
    }
    if (ready_.empty()) {
        return std::nullopt;
    }
    Known known{*ready_.begin(), std::nullopt};
    ready_.erase(ready_.begin());
    return known;
}

std::optional<Backlog::Known> Backlog::newest() {
    if (!fresh_.empty() && (ready_.empty() || fresh_.back().first > *ready_.rbegin())) {
        Known known = take_fresh(std::move(fresh_.back()));
        fresh_.pop_back();
        return known;
    }
    if (ready_.empty()) {
        return std::nullopt;
    }
    Known known{*ready_.rbegin(), std::nullopt};
    ready_.erase(std::prev(ready_.end()));
    return known;
}

std::optional<Backlog::Known> Backlog::next_tried(Time now) {
    take_due(now);
    if (tried_.empty()) {
        return std::nullopt;
    }
    Known known{tried_.begin()->second, std::nullopt};
    tried_.erase(tried_.begin());
    return known;
}

bool Backlog::wait(Row row, std::uint32_t attempts, Time due) {
    if (waiting_.size() + tried_.size() >= kMostWaiting) {
        return false;
    }
    waiting_.insert({due, row, attempts});
    return true;
}

void Backlog::forget() {
    *this = Backlog();
}

}  // namespace aep::queue::sqlite
