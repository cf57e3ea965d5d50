#include "ngx/ngx.hpp"

#include "ngx/waiting.hpp"

#include <algorithm>

namespace aep::ngx {
namespace {

constexpr ngx_msec_t kQuitPatience = 1000;

}  // namespace

bool Waiting::begin(ngx_msec_t patience) noexcept {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(request_, 0);
    if (cleanup == nullptr) {
        return false;
    }
    cleanup->handler = handle_cleanup;
    cleanup->data = this;
    ngx_connection_t* connection = request_->connection;
    if (connection->read->ready) {
        ngx_post_event(connection->read, &ngx_posted_events);
    } else if (ngx_handle_read_event(connection->read, 0) != NGX_OK) {
        return false;
    }
    request_->read_event_handler = ngx_http_test_reading;
    request_->write_event_handler = ngx_http_request_empty_handler;
    // A worker that is told to quit must give this answer first.
    deadline_.prepare(connection, true);
    extend(patience);
    return true;
}

void Waiting::extend(ngx_msec_t patience) noexcept {
    deadline_.set(ngx_exiting ? std::min(patience, kQuitPatience) : patience);
}

void Waiting::hurry() noexcept {
    if (deadline_.is_set() && deadline_.left() > kQuitPatience) {
        deadline_.set(kQuitPatience);
    }
}

void Waiting::handle_cleanup(void* data) noexcept {
    auto& waiting = *static_cast<Waiting*>(data);
    waiting.end();
    waiting.owner_.on_request_ended();
}

}  // namespace aep::ngx
