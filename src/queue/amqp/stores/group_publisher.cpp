#include "group_publisher.hpp"

#include <algorithm>

namespace aep::queue::amqp::stores {

std::vector<Fate> GroupPublisher::publish(std::span<const Message> messages) {
    if (messages.empty() || !is_ready()) {
        return {messages.size(), Fate::refused};
    }
    std::vector<Fate> fates = broker_.publish(messages, kPatience);
    if (std::ranges::find(fates, Fate::unknown) != fates.end()) {
        pause_until_ = clock_() + pause_;
        pause_ = std::min(pause_ * 2, kLongestPause);
    } else {
        pause_ = kFirstPause;
    }
    return fates;
}

}  // namespace aep::queue::amqp::stores
