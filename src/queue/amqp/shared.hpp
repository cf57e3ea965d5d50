#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "broker.hpp"
#include "queue/queue_clock.hpp"
#include "threads/wake_descriptors.hpp"

namespace aep::queue::amqp {

/// Messages that are published together. Guarded by Shared::mutex once both threads have it.
struct Batch {
    std::span<const Message> messages;  ///< of whoever waits; nobody's once it is abandoned
    std::vector<Fate>
        fates;  ///< refused until it was sent, unknown from then on until the broker says a word
    std::size_t undecided = 0;  ///< messages without a fate that is the last
    bool is_over = false;       ///< nothing more will become of it
    bool is_abandoned = false;  ///< nobody waits for it any more
};

struct Settle {
    enum class How : std::uint8_t { acknowledge, give_back, reject };
    How how = How::acknowledge;
    Tag tag;
};
struct Consume {
    std::string queue;
    std::uint16_t prefetch = 0;
};
struct Cancel {
    std::string queue;
};
using Command = std::variant<Settle, Consume, Cancel>;

/// For operators.
struct Health {
    bool is_up = false;
    std::string host;                   ///< that messages are published to
    std::uint64_t confirms = 0;         ///< messages
    std::uint64_t confirm_time_us = 0;  ///< of all of them together
    std::uint64_t refused = 0;
    std::uint64_t unknown = 0;
    std::uint64_t reconnects = 0;  ///< of either connection
};

/// What the thread of the link and the queue's thread have in common.
struct Shared {
    Shared() : bell(threads::WakeDescriptors::open()) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { bell.close(); }

    void say(bool alert, std::string text) {
        const std::lock_guard lock(mutex);
        messages.push_back({alert, std::move(text)});
    }

    struct KnownDepth {
        std::uint64_t messages = 0;
        std::uint32_t consumers = 0;
        std::int64_t until = 0;  ///< ms, monotonic
    };

    threads::WakeDescriptors bell;  ///< wakes the thread of the link
    std::atomic<bool> is_up{false};
    std::atomic<bool> is_stopping{false};
    std::atomic<bool> has_to_declare{false};  ///< a queue is not there
    std::atomic<std::uint64_t> connection{0};

    std::mutex mutex;
    std::condition_variable batch_changed;
    // All guarded by the mutex:
    std::shared_ptr<Batch> batch;  ///< that the thread has not taken yet
    std::vector<Command> commands;
    std::vector<Delivery> inbox;
    std::vector<std::string> late_confirms;  ///< identifiers of messages
    std::map<std::string, KnownDepth, std::less<>> depths;
    std::vector<LogLine> messages;
    Health health;
};

}  // namespace aep::queue::amqp
