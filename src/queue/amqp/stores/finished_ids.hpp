#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_set>

namespace aep::queue::amqp::stores {

/// Identifiers of messages that need no transfer should the broker deliver them again: the newest so many.
class FinishedIds {
  public:
    explicit FinishedIds(std::size_t most) noexcept : most_(most) {}

    /// One that is empty names nothing.
    void add(const std::string& id) {
        if (id.empty() || !known_.insert(id).second) {
            return;
        }
        if (order_.size() == most_) {
            known_.erase(order_.front());
            order_.pop_front();
        }
        order_.push_back(id);
    }

    [[nodiscard]] bool contains(const std::string& id) const { return known_.contains(id); }

  private:
    std::size_t most_;
    std::deque<std::string> order_;  ///< the oldest first
    std::unordered_set<std::string> known_;
};

}  // namespace aep::queue::amqp::stores
