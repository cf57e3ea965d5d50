#include "inbox.hpp"

#include <utility>
#include <vector>

namespace aep::queue::amqp::stores {

bool Inbox::refresh() {
    std::vector<Delivery> deliveries = broker_.take();
    const std::uint64_t connection = broker_.connection();
    const bool is_new = std::exchange(connection_, connection) != connection;
    if (is_new) {
        queues_.clear();
    }
    for (Delivery& delivery : deliveries) {
        if (delivery.tag.connection == connection) {
            of(delivery.queue).push_back(std::move(delivery));
        }
    }
    return is_new || !deliveries.empty();
}

std::deque<Delivery>& Inbox::of(std::string_view queue) {
    const auto found = queues_.find(queue);
    return found != queues_.end() ? found->second : queues_[std::string(queue)];
}

}  // namespace aep::queue::amqp::stores
