#pragma once

#include "ngx/ngx.hpp"

#include <type_traits>

namespace aep::ngx {

/// Calls a member of its owner once in this turn of nginx's loop, after what the turn found to do, however often it is
/// posted. Not to be moved; cancel it before its owner goes.
template <typename Owner, void (Owner::*Member)() noexcept>
class Posted {
  public:
    explicit Posted(Owner& owner) noexcept : state_{{}, &owner} { state_.event.handler = handle; }
    Posted(const Posted&) = delete;
    Posted& operator=(const Posted&) = delete;

    /// `connection`: nginx's debug log reads one in each event.
    void prepare(ngx_connection_t* connection) noexcept {
        state_.event.data = connection;
        state_.event.log = connection->log;
    }

    void post() noexcept { ngx_post_event(&state_.event, &ngx_posted_events); }

    void cancel() noexcept {
        if (state_.event.posted) {
            ngx_delete_posted_event(&state_.event);
        }
    }

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
