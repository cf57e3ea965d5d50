#pragma once

#include "ngx/ngx.hpp"

#include <type_traits>

namespace aep::ngx {

/// An event of nginx's that calls a member of its owner. Not to be moved.
template <typename Owner, void (Owner::*Member)() noexcept>
class OwnedEvent {
  public:
    explicit OwnedEvent(Owner& owner) noexcept : state_{{}, &owner} { state_.event.handler = handle; }
    OwnedEvent(const OwnedEvent&) = delete;
    OwnedEvent& operator=(const OwnedEvent&) = delete;

    /// `connection`: nginx's debug log reads one in each event.
    void prepare(ngx_connection_t* connection) noexcept {
        state_.event.data = connection;
        state_.event.log = connection->log;
    }

    [[nodiscard]] ngx_event_t& get() noexcept { return state_.event; }
    [[nodiscard]] const ngx_event_t& get() const noexcept { return state_.event; }

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
