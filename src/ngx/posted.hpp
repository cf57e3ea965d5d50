#pragma once

#include "ngx/ngx.hpp"

#include "ngx/owned_event.hpp"

namespace aep::ngx {

/// Calls a member of its owner once in this turn of nginx's loop, after what the turn found to do, however often it is
/// posted. Not to be moved; cancel it before its owner goes.
template <typename Owner, void (Owner::*Member)() noexcept>
class Posted {
  public:
    explicit Posted(Owner& owner) noexcept : event_(owner) {}

    /// As OwnedEvent's.
    void prepare(ngx_connection_t* connection) noexcept { event_.prepare(connection); }

    void post() noexcept { ngx_post_event(&event_.get(), &ngx_posted_events); }

    /// In the loop's next turn instead, so that whatever is ready by then comes first.
    void post_to_next_turn() noexcept { ngx_post_event(&event_.get(), &ngx_posted_next_events); }

    void cancel() noexcept {
        if (event_.get().posted) {
            ngx_delete_posted_event(&event_.get());
        }
    }

  private:
    OwnedEvent<Owner, Member> event_;
};

}  // namespace aep::ngx
