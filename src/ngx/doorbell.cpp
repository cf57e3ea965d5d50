#include "ngx/ngx.hpp"

#include "ngx/doorbell.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cstdint>

#if (NGX_HAVE_EVENTFD)
#include <sys/eventfd.h>
#endif

namespace aep::ngx {
namespace {

/// {read end, write end}; the same descriptor twice for an eventfd. Both -1 on failure.
std::array<int, 2> make_descriptors() noexcept {
#if (NGX_HAVE_EVENTFD)
    const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return {descriptor, descriptor};
#else
    std::array<int, 2> ends{-1, -1};
    if (::pipe(ends.data()) == -1) {
        return {-1, -1};
    }
    for (const int end : ends) {
        ::fcntl(end, F_SETFL, O_NONBLOCK);
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
    return ends;
#endif
}

}  // namespace

bool Doorbell::open(ngx_log_t* log, Listener& listener) noexcept {
    const auto [read_end, write_end] = make_descriptors();
    if (read_end == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno, "aep: no eventfd or pipe could be made");
        return false;
    }
    ngx_connection_t* connection = ngx_get_connection(read_end, log);
    if (connection == nullptr) {
        ::close(read_end);
        if (write_end != read_end) {
            ::close(write_end);
        }
        return false;
    }
    listener_ = &listener;
    write_descriptor_ = write_end;
    connection_ = connection;
    connection->data = this;
    connection->log = log;
    connection->read->log = log;
    connection->write->log = log;
    connection->read->handler = handle_read;
    connection->write->handler = handle_write;
    // nginx calls the read handler of idle connections when the worker is told to quit.
    connection->idle = 1;
    // Level-triggered: a ring that comes while the handler runs must not be missed.
    if (ngx_add_event(connection->read, NGX_READ_EVENT, NGX_LEVEL_EVENT) != NGX_OK) {
        close();
        return false;
    }
    return true;
}

void Doorbell::ring() const noexcept {
    constexpr std::uint64_t kOne = 1;
    if (write_descriptor_ != -1) {
        // EAGAIN means that it rings already.
        [[maybe_unused]] const ssize_t written = ::write(write_descriptor_, &kOne, sizeof(kOne));
    }
}

void Doorbell::close() noexcept {
    if (connection_ == nullptr) {
        return;
    }
    if (write_descriptor_ != connection_->fd) {
        ::close(write_descriptor_);
    }
    write_descriptor_ = -1;
    connection_->idle = 0;
    ngx_close_connection(connection_);  // and with it the read end
    connection_ = nullptr;
}

void Doorbell::handle_read(ngx_event_t* event) noexcept {
    auto* connection = static_cast<ngx_connection_t*>(event->data);
    auto& bell = *static_cast<Doorbell*>(connection->data);
    if (connection->close) {
        // Set by nginx on quit (idle connections) and at worker_shutdown_timeout (all). The descriptor stays.
        connection->close = 0;
        connection->error = 0;
        connection->idle = 0;
        bell.listener_->on_quit();
        return;
    }
    event->ready = 0;
    std::array<std::uint64_t, 64> counts;
    while (::read(connection->fd, counts.data(), sizeof(counts)) == static_cast<ssize_t>(sizeof(counts))) {
        // A pipe may hold more; an eventfd gives its one number, which is shorter.
    }
    bell.listener_->on_ring();
}

/// Never armed, but nginx may call it: the event layer reports errors to either side.
void Doorbell::handle_write(ngx_event_t*) noexcept {}

}  // namespace aep::ngx
