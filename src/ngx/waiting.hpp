#pragma once

#include "ngx/ngx.hpp"

#include "ngx/timer.hpp"

namespace aep::ngx {

/// The waiting of a request for its answer, and what ends it besides: the deadline, and the client's going away. Lives
/// in the request's pool.
class Waiting {
  public:
    struct Owner {
        virtual void on_deadline() noexcept = 0;
        /// The request ends, by its client or with its answer: nobody waits any more.
        virtual void on_request_ended() noexcept = 0;

      protected:
        ~Owner() = default;
    };

    Waiting(ngx_http_request_t* request, Owner& owner) noexcept : request_(request), owner_(owner) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    /// For so many ms. False without memory.
    bool begin(ngx_msec_t patience) noexcept;

    /// Waits again, from now on. A worker that is exiting has a second at most.
    void extend(ngx_msec_t patience) noexcept;

    /// The worker is told to quit.
    void hurry() noexcept;

    void end() noexcept { deadline_.cancel(); }

  private:
    static void handle_cleanup(void* data) noexcept;
    void handle_deadline() noexcept { owner_.on_deadline(); }

    ngx_http_request_t* request_;
    Owner& owner_;
    Timer<Waiting, &Waiting::handle_deadline> deadline_{*this};
};

}  // namespace aep::ngx
