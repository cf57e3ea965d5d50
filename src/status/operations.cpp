#include "ngx/ngx.hpp"

#include "status/operations.hpp"

#include <utility>

namespace aep::status {

std::uint64_t Operations::add(Waiter& waiter) {
    waiters_.emplace(++last_number_, &waiter);
    return last_number_;
}

Operations::Waiter* Operations::take(std::uint64_t number) noexcept {
    const auto found = waiters_.find(number);
    if (found == waiters_.end()) {
        return nullptr;
    }
    Waiter* const waiter = found->second;
    waiters_.erase(found);
    return waiter;
}

void Operations::on_quit() noexcept {
    for (auto& [number, waiter] : waiters_) {
        waiter->on_quit();
    }
    checks_.on_quit();
}

void Operations::let_waiters_go() noexcept {
    waiters_.clear();
    checks_.let_waiters_go();
}

std::uint64_t Operations::list(Waiter& waiter, const queue::DeadLetterFilter& filter, queue::EntryId after,
                               std::size_t most) {
    const std::uint64_t number = add(waiter);
    worker_.queue()->list_dead_letters(*this, number, filter, after, most);
    return number;
}

std::uint64_t Operations::read(Waiter& waiter, queue::EntryId id) {
    const std::uint64_t number = add(waiter);
    worker_.queue()->read_dead_letter(*this, number, id);
    return number;
}

std::uint64_t Operations::requeue(Waiter& waiter, const queue::DeadLetterFilter& filter) {
    const std::uint64_t number = add(waiter);
    worker_.queue()->requeue_dead_letters(*this, number, filter);
    return number;
}

std::uint64_t Operations::discard(Waiter& waiter, const queue::DeadLetterFilter& filter) {
    const std::uint64_t number = add(waiter);
    worker_.queue()->discard_dead_letters(*this, number, filter);
    return number;
}

void Operations::on_dead_letters(std::uint64_t id, queue::DeadLetters&& found) noexcept {
    if (Waiter* const waiter = take(id)) {
        waiter->on_dead_letters(std::move(found));
    }
}

void Operations::on_dead_letter(std::uint64_t id, queue::FoundDeadLetter&& found) noexcept {
    if (Waiter* const waiter = take(id)) {
        waiter->on_dead_letter(std::move(found));
    }
}

void Operations::on_dead_letters_changed(std::uint64_t id, queue::ChangedDeadLetters changed) noexcept {
    if (Waiter* const waiter = take(id)) {
        waiter->on_dead_letters_changed(changed);
    }
}

}  // namespace aep::status
