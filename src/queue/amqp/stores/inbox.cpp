#include "inbox.hpp"

#include <utility>

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
            queues_[delivery.queue].push_back(std::move(delivery));
        }
    }
    return is_new || !deliveries.empty();
}

std::vector<Delivery> Inbox::take(std::string_view queue) {
    const auto found = queues_.find(queue);
    if (found == queues_.end()) {
        return {};
    }
    std::vector<Delivery> taken = std::move(found->second);
    queues_.erase(found);
    return taken;
}

}  // namespace aep::queue::amqp::stores
