#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "queue/trouble.hpp"

namespace aep::queue::amqp {

/// A message on its way to the broker or from it. Always persistent.
struct Message {
    std::string exchange;  ///< empty: the default one, whose key is a queue's name
    std::string key;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string id;  ///< message-id
    std::uint8_t priority = 0;
    std::string body;
};

/// Names a delivery for as long as the connection lasts that it came over.
struct Tag {
    std::uint64_t connection = 0;  ///< counts connections; 0: of none
    std::uint64_t number = 0;      ///< delivery tag, AMQP 0-9-1, 1.8.3.13

    friend auto operator<=>(const Tag&, const Tag&) = default;  // NOLINT(modernize-use-nullptr)
};

struct Delivery {
    std::string queue;
    Tag tag;
    bool redelivered = false;  ///< somebody may have had it before
    Message message;
};

/// What the broker said of a message that was published.
enum class Fate : std::uint8_t {
    confirmed,  ///< a majority of nodes has it on its disks
    refused,    ///< the queue is full, or has no leader just now, or there is no such queue
    unknown,    ///< no answer in time: it may be there; see Broker::take_late_confirms()
};

/// A RabbitMQ cluster, as the stores see it. Used by the queue's thread; what it does by itself it does on a thread of
/// its own. No call but publish() waits for anything. Nothing throws but std::bad_alloc.
class Broker {
  public:
    Broker() = default;
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;
    virtual ~Broker() = default;

    /// Whether messages can be published and are delivered just now.
    [[nodiscard]] virtual bool is_up() const noexcept = 0;

    /// The number of the connection that deliveries come over: what came over another one is not ours any more.
    [[nodiscard]] virtual std::uint64_t connection() const noexcept = 0;

    /// Publishes messages together and waits for the broker's word on each, in their order; `unknown` for what has none
    /// after `patience`. At once `refused` for all while the broker is away.
    virtual std::vector<Fate> publish(std::span<const Message> messages,
                                      std::chrono::milliseconds patience) = 0;

    /// Identifiers of messages that were confirmed after all, over the same connection, when nobody waited for it any more.
    virtual std::vector<std::string> take_late_confirms() = 0;

    /// Has a queue's messages delivered from now on, over each connection, at most `prefetch` that are neither
    /// acknowledged nor given back. Nothing when it does so already.
    virtual void consume(std::string_view queue, std::uint16_t prefetch) = 0;
    /// No more of a queue. What has come stays until it is acknowledged or given back.
    virtual void cancel(std::string_view queue) = 0;

    /// What has been delivered since the last call, in its order.
    virtual std::vector<Delivery> take() = 0;

    // A tag of an older connection is ignored: the broker has taken the message back then.

    virtual void acknowledge(Tag tag) = 0;
    /// The queue delivers it again, to whomever.
    virtual void give_back(Tag tag) = 0;
    /// It goes where the queue's dead letters go.
    virtual void reject(Tag tag) = 0;

    struct Depth {
        std::uint64_t messages = 0;   ///< ready to be delivered
        std::uint32_t consumers = 0;  ///< of the whole fleet
        bool is_known = false;        ///< the broker was asked within the last seconds
    };
    /// Of a queue that is in the topology.
    [[nodiscard]] virtual Depth depth(std::string_view queue) const = 0;

    /// What has happened since the last call.
    virtual std::vector<LogLine> messages() = 0;
};

}  // namespace aep::queue::amqp
