#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "consent_store.hpp"
#include "dead_letters.hpp"
#include "order_store.hpp"
#include "store.hpp"

namespace aep::queue {

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

    /// Where a queue tells by itself that something has come: called before anything is opened, with what wakes the
    /// engine's thread from any other.
    virtual void wake_by(const std::function<void()>& /*wake*/) {}
    /// Whether something may have come since the last call that nobody here has appended.
    virtual bool take_news() { return false; }

    /// What is sent of a backlog counts so many times against the pace of this node's workers: more than once where other
    /// nodes drain the same queue. From any thread.
    [[nodiscard]] virtual std::uint32_t drain_factor() const noexcept { return 1; }

    /// Ends what runs by itself, in a bounded time: all stores are closed.
    virtual void close() noexcept {}

    /// What looks after the dead letters of all processes; made once it is needed.
    virtual std::unique_ptr<DeadLetterStore> open_dead_letter_store() = 0;
};

}  // namespace aep::queue
