#pragma once

#include "ngx/ngx.hpp"

#include "threads/wake_descriptors.hpp"

namespace aep::ngx {

/// Lets other threads wake nginx's loop: an eventfd, or a pipe where there is none, as a connection of
/// nginx's. Also the earliest word that a worker is told to quit.
class Doorbell {
  public:
    struct Listener {
        virtual ~Listener() = default;
        virtual void on_ring() noexcept = 0;  ///< in nginx's loop; one call may stand for many rings
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting gracefully
    };

    Doorbell() = default;
    Doorbell(const Doorbell&) = delete;
    Doorbell& operator=(const Doorbell&) = delete;

    /// In the worker's loop. False after a message in the log; ring() then does nothing.
    bool open(ngx_log_t* log, Listener& listener) noexcept;

    /// From any thread.
    void ring() const noexcept { wake_.ring(); }

    /// In the worker's loop, before nginx looks for connections that were left open. No ring() may be under way.
    void close() noexcept;

    /// For a timer's `data`: nginx's debug log reads a connection there. Null when it is not open.
    [[nodiscard]] ngx_connection_t* connection() const noexcept { return connection_; }

  private:
    static void handle_read(ngx_event_t* event) noexcept;
    static void handle_write(ngx_event_t* event) noexcept;

    ngx_connection_t* connection_ = nullptr;
    Listener* listener_ = nullptr;
    threads::WakeDescriptors wake_;
};

}  // namespace aep::ngx
