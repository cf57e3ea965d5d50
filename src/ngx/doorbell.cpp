#include "ngx/ngx.hpp"

#include "ngx/doorbell.hpp"

namespace aep::ngx {

bool Doorbell::open(ngx_log_t* log, Listener& listener) noexcept {
    wake_ = threads::WakeDescriptors::open();
    if (!wake_.is_open()) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno, "aep: no eventfd or pipe could be made");
        return false;
    }
    ngx_connection_t* connection = ngx_get_connection(wake_.read_end(), log);
    if (connection == nullptr) {
        wake_.close();
        return false;
    }
    listener_ = &listener;
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

void Doorbell::close() noexcept {
    if (connection_ == nullptr) {
        return;
    }
    wake_.close_write_end();
    wake_ = {};
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
    bell.wake_.hear();
    bell.listener_->on_ring();
}

/// Never armed, but nginx may call it: the event layer reports errors to either side.
void Doorbell::handle_write(ngx_event_t*) noexcept {}

}  // namespace aep::ngx
