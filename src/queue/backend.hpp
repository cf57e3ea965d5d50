#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consent_store.hpp"
#include "dead_letters.hpp"
#include "order_store.hpp"
#include "store.hpp"

namespace aep::queue {

/// How the broker does that keeps a fleet's queue, for operators.
struct BrokerState {
    struct Queue {
        std::string name;             ///< a lane, "consents", or "dead letters"
        std::uint64_t entries = 0;    ///< that wait there, and that nobody holds
        std::uint32_t consumers = 0;  ///< workers of all nodes
    };

    bool is_up = false;
    // Of this process:
    std::uint64_t confirms = 0;         ///< messages
    std::uint64_t confirm_time_us = 0;  ///< of all of them together
    std::uint64_t refused = 0;
    std::uint64_t unconfirmed = 0;  ///< without an answer in time
    std::uint64_t reconnects = 0;
    std::vector<Queue> queues;  ///< those of which the broker has told lately
};

/// What holds the queue's entries: the one thing that another kind of queue implements. Made on any thread; everything
/// else happens on the engine's.
class Backend {
  public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    /// All are called again each second as long as they give null, for which `error` may tell the reason. What they
    /// give does not outlive the backend.
    virtual std::unique_ptr<Store> open_store(std::string& error) = 0;
    virtual std::unique_ptr<ConsentStore> open_consent_store(std::string& error) = 0;
    virtual std::unique_ptr<OrderStore> open_order_store(std::string& error) = 0;
    /// In place of the consent store, where this backend keeps what another one cannot take just now. Null where it
    /// cannot be that.
    virtual std::unique_ptr<ConsentSpool> open_consent_spool(std::string& /*error*/) { return nullptr; }

    /// Where a queue tells by itself that something has come: called before anything is opened, with what wakes the
    /// engine's thread from any other.
    virtual void wake_by(const std::function<void()>& /*wake*/) {}
    /// Whether something may have come since the last call that nobody here has appended.
    virtual bool take_news() { return false; }

    /// What is sent of a backlog counts so many times against the pace of this node's workers: more than once where other
    /// nodes drain the same queue. From any thread.
    [[nodiscard]] virtual std::uint32_t drain_factor() const noexcept { return 1; }

    /// Nothing where no broker keeps it. From any thread.
    [[nodiscard]] virtual std::optional<BrokerState> broker() const { return std::nullopt; }

    /// Ends what runs by itself, in a bounded time: all stores are closed.
    virtual void close() noexcept {}

    /// What looks after the dead letters of all processes; made once it is needed.
    virtual std::unique_ptr<DeadLetterStore> open_dead_letter_store() = 0;
};

}  // namespace aep::queue
