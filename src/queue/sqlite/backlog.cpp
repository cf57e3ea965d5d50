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
    if (entry.due != 0) {
        waiting_.emplace(entry.due, row);
        return;
    }
    fresh_.emplace_back(row, std::move(entry));
    fresh_bytes_ += size;
}

void Backlog::put_back(Row row, Time due) {
    if (!all_known_ && row > cursor_) {
        return;  // the scan will come to it
    }
    if (due == 0) {
        ready_.insert(row);
    } else {
        waiting_.emplace(due, row);
    }
}

std::optional<Backlog::Known> Backlog::next(Time now) {
    while (!waiting_.empty() && is_due(waiting_.begin()->first, now)) {
        ready_.insert(waiting_.begin()->second);
        waiting_.erase(waiting_.begin());
    }
    while (!waiting_.empty() && is_due(waiting_.rbegin()->first, now)) {
        ready_.insert(waiting_.rbegin()->second);
        waiting_.erase(std::prev(waiting_.end()));
    }
    if (!fresh_.empty() && (ready_.empty() || fresh_.front().first < *ready_.begin())) {
        Known known{fresh_.front().first, std::move(fresh_.front().second)};
        fresh_bytes_ -= known.entry->size();
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

bool Backlog::wait(Row row, Time due) {
    if (waiting_.size() >= kMostWaiting) {
        return false;
    }
    waiting_.emplace(due, row);
    return true;
}

void Backlog::forget() {
    *this = Backlog();
}

}  // namespace aep::queue::sqlite
