#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "message.hpp"

namespace aep::edge {

/// Sends requests to the Edge Network by libcurl's multi interface on one thread of its own.
///
/// Knows nothing of nginx. `submit` may be called from any thread and never blocks on the network;
/// results come through `Completion` on the engine's thread, or from within `submit` where the request is
/// refused at once. The callbacks must not block, and must not call `stop`.
class Engine {
  public:
    /// May throw std::bad_alloc, and leaves the response unchanged then: it comes again.
    using Completion = std::function<void(Response&&)>;
    using Log = std::function<void(std::string&&)>;  ///< a line for the error log, from the engine's thread

    static constexpr std::size_t kMaxResponse = 1024 * 1024;  ///< bytes of a body, content codings removed
    /// Requests to one endpoint, waiting or under way, for each of its connections; more are refused.
    static constexpr std::size_t kInFlightPerConnection = 16;
    /// Requests that the thread has not looked at yet; more are refused.
    static constexpr std::size_t kMaxBacklog = 4096;

    Engine(Completion completion, Log log);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Starts the thread: all signals blocked, affinity reset to all processors. False with the
    /// reason in `error` when it cannot; the engine then refuses every request. Once only, and after
    /// the last fork.
    bool start(std::string& error) noexcept;

    /// Queues a transfer. Its Response comes later, Failure::refused included. The request is shared, so that
    /// who submits it can keep it for another try.
    void submit(std::shared_ptr<const Request> request);
    void submit(Request&& request);

    /// For a caller that submits several requests in one go: submit() no longer wakes the thread, which costs a system
    /// call, but calls `ask`; wake() is to follow soon. To be called before start().
    void wake_when_asked(std::function<void()> ask);
    void wake() noexcept;

    /// How the thread does, for operators; from any thread.
    struct Health {
        bool is_alive = false;      ///< it runs, and looks at what it is given
        std::size_t in_flight = 0;  ///< requests without an answer so far
    };
    [[nodiscard]] Health health() const noexcept;

    /// Stops taking requests and ends those in flight without a Response. Waits at most `patience`
    /// for the thread; false when it is still stuck. It is then left behind with what it needs, and the
    /// code that it runs must not be unloaded. No callback is called after this returned, but to refuse.
    bool stop(std::chrono::milliseconds patience) noexcept;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aep::edge
