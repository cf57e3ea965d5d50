#pragma once

#include "ngx/ngx.hpp"

#include <type_traits>

namespace aep::ngx {

/// A timer of nginx's loop that calls a member of its owner. Not to be moved; cancel it before its owner goes.
template <typename Owner, void (Owner::*Member)() noexcept>
class Timer {
  public:
    explicit Timer(Owner& owner) noexcept : state_{{}, &owner} { state_.event.handler = handle; }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// `connection`: nginx's debug log reads one in each event. `keeps_worker`: one that is told to quit waits for it.
    void prepare(ngx_connection_t* connection, bool keeps_worker) noexcept {
        state_.event.data = connection;
        state_.event.log = connection->log;
        state_.event.cancelable = keeps_worker ? 0 : 1;
    }

    void set(ngx_msec_t after) noexcept {
        if (state_.event.timer_set) {
            ngx_del_timer(&state_.event);
        }
        ngx_add_timer(&state_.event, after);
    }

    void cancel() noexcept {
        if (state_.event.timer_set) {
            ngx_del_timer(&state_.event);
        }
    }

    [[nodiscard]] bool is_set() const noexcept { return state_.event.timer_set != 0; }

  private:
    struct State {
        ngx_event_t event;  // the first, so that its address is that of the whole
        Owner* owner;
    };
    static_assert(std::is_standard_layout_v<State>);

    static void handle(ngx_event_t* event) noexcept { (reinterpret_cast<State*>(event)->owner->*Member)(); }

    State state_;
};

}  // namespace aep::ngx
