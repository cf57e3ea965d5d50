#include "line.hpp"

#include <algorithm>
#include <utility>

namespace aep::queue::amqp {

Line::Line(Shared& shared, const Settings& settings, std::size_t first)
    : shared_(shared),
      settings_(settings),
      // open() takes the next one.
      host_(first + settings.hosts.size() - 1),
      random_(static_cast<std::minstd_rand::result_type>(first + 1)) {}

std::string Line::host() const {
    const Settings::Host& host = settings_.hosts[host_ % settings_.hosts.size()];
    const bool is_ipv6 = host.name.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host.name + "]" : host.name) + ":" + std::to_string(host.port);
}

bool Line::open() {
    ++host_;
    connection_ = std::make_unique<Connection>(settings_, settings_.hosts[host_ % settings_.hosts.size()],
                                               interruption_);
    return connection_->open();
}

void Line::ready(std::int64_t now) noexcept {
    if (std::exchange(was_ready_, true)) {
        const std::lock_guard lock(shared_.mutex);
        shared_.health.reconnects += 1;
    }
    connection_->prepared();
    ready_since_ = now;
    failures_ = 0;
}

void Line::lost(std::int64_t now) {
    if (connection_ == nullptr) {
        return;
    }
    const std::int64_t since = std::exchange(ready_since_, 0);
    if (!shared_.is_stopping.load(std::memory_order_relaxed)) {
        if (since != 0) {
            if (lost_.happened(now)) {
                shared_.say(false, "the connection to the broker " + host() +
                                       " was lost: " + connection_->error() + ". " +
                                       (settings_.hosts.size() > 1 ? "The next host is" : "It is") +
                                       " tried, until one can be used.");
            }
        } else if (++failures_ >= settings_.hosts.size() && unreachable_.happened(now)) {
            shared_.say(true,
                        "the broker " + host() + " cannot be used: " + connection_->error() + ". " +
                            (settings_.hosts.size() > 1 ? "Neither can the other hosts of aep_queue; all are"
                                                        : "It is") +
                            " tried again and again.");
        }
    }
    connection_.reset();
    // One that was of no use for long is as good as none.
    pause_ = since != 0 && now - since > kLongestPause ? kShortestPause : std::min(2 * pause_, kLongestPause);
    next_ = now + std::uniform_int_distribution<std::int64_t>(pause_ / 2, pause_)(random_);
}

}  // namespace aep::queue::amqp
