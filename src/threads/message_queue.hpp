#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace aep::threads {

/// Messages from any number of threads to one reader, in the order in which they came.
///
/// It does not wake its reader: `push` tells when that is needed, so that a batch costs one wake-up.
template <typename T>
class MessageQueue {
  public:
    /// Returns whether the queue was empty before: only then does the reader have to be woken.
    /// When it throws (no memory), `message` is unchanged.
    [[nodiscard]] bool push(T&& message) {
        const std::lock_guard lock(mutex_);
        const bool was_empty = messages_.empty();
        messages_.push_back(std::move(message));
        return was_empty;
    }

    /// Takes all messages; what `into` held before is gone. A reader that keeps the vector for the next
    /// time gives its memory back to the queue.
    void drain(std::vector<T>& into) noexcept {
        into.clear();
        const std::lock_guard lock(mutex_);
        into.swap(messages_);
    }

  private:
    std::mutex mutex_;
    std::vector<T> messages_;
};

}  // namespace aep::threads
