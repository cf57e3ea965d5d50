#pragma once

#include "ngx/ngx.hpp"

#include <utility>
#include <vector>

#include "ngx/doorbell.hpp"
#include "threads/message_queue.hpp"

namespace aep::ngx {

/// The bridge from an engine's thread to nginx's loop: the thread posts, the loop takes.
template <typename Message>
class Mailbox {
  public:
    /// In the worker's loop.
    bool open(ngx_log_t* log, Doorbell::Listener& listener) noexcept { return bell_.open(log, listener); }

    /// From any thread.
    void post(Message&& message) {
        if (queue_.push(std::move(message))) {
            bell_.ring();  // the first of a batch: later ones find the loop on its way
        }
    }

    /// All that was posted, in order; good until the next call. In the worker's loop.
    std::vector<Message>& take() noexcept {
        queue_.drain(taken_);
        return taken_;
    }

    /// In the worker's loop; no thread may post any more.
    void close() noexcept { bell_.close(); }

    [[nodiscard]] ngx_connection_t* connection() const noexcept { return bell_.connection(); }

  private:
    threads::MessageQueue<Message> queue_;
    std::vector<Message> taken_;
    Doorbell bell_;
};

}  // namespace aep::ngx
