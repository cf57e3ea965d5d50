#include "group_publisher.hpp"

#include <algorithm>

namespace aep::queue::amqp::stores {

std::vector<bool> GroupPublisher::publish(std::span<const Message> messages) {
    std::vector<bool> safe(messages.size());
    if (messages.empty() || !is_ready()) {
        return safe;
    }
    const std::vector<Fate> fates = broker_.publish(messages, kPatience);
    bool is_silent = false;
    for (std::size_t i = 0; i < std::min(fates.size(), safe.size()); ++i) {
        safe[i] = fates[i] == Fate::confirmed;
        is_silent = is_silent || fates[i] == Fate::unknown;
    }
    if (is_silent) {
        pause_until_ = clock_() + pause_;
        pause_ = std::min(pause_ * 2, kLongestPause);
    } else {
        pause_ = kFirstPause;
    }
    return safe;
}

}  // namespace aep::queue::amqp::stores
