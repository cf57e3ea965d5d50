#pragma once

#include "ngx/ngx.hpp"

#include "ngx/owned_event.hpp"

namespace aep::ngx {

/// A timer of nginx's loop that calls a member of its owner. Not to be moved; cancel it before its owner goes.
template <typename Owner, void (Owner::*Member)() noexcept>
class Timer {
  public:
    explicit Timer(Owner& owner) noexcept : event_(owner) {}

    /// As OwnedEvent's. `keeps_worker`: one that is told to quit waits for it.
    void prepare(ngx_connection_t* connection, bool keeps_worker) noexcept {
        event_.prepare(connection);
        event_.get().cancelable = keeps_worker ? 0 : 1;
    }

    void set(ngx_msec_t after) noexcept {
        cancel();
        ngx_add_timer(&event_.get(), after);
    }

    void cancel() noexcept {
        if (is_set()) {
            ngx_del_timer(&event_.get());
        }
    }

    /// How many ms are left of what is set; 0 when it is due.
    [[nodiscard]] ngx_msec_t left() const noexcept {
        const auto left = static_cast<ngx_msec_int_t>(event_.get().timer.key - ngx_current_msec);
        return left > 0 ? static_cast<ngx_msec_t>(left) : 0;
    }

    [[nodiscard]] bool is_set() const noexcept { return event_.get().timer_set != 0; }

  private:
    OwnedEvent<Owner, Member> event_;
};

}  // namespace aep::ngx
