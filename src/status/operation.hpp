#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "ngx/request_context.hpp"
#include "ngx/waiting.hpp"
#include "settings/configuration.hpp"
#include "shared/zone.hpp"
#include "status/operations.hpp"

namespace aep::status {

/// One request for what takes a while: it waits for the queue or for Edge. Lives in the request's pool.
class Operation final : public ngx::RequestContext,
                        private Operations::Waiter,
                        private ConnectionChecks::Waiter,
                        private ngx::Waiting::Owner {
  public:
    static constexpr Room kRoom = Room::status;

    Operation(ngx_http_request_t* request, Operations& operations, shared::Zone& zone) noexcept
        : ngx::RequestContext{kRoom},
          request_(request),
          operations_(operations),
          zone_(zone),
          waiting_(request, *this) {}

    // Each returns what the content handler returns. May throw std::bad_alloc.
    ngx_int_t list(const queue::DeadLetterFilter& filter, queue::EntryId after);
    ngx_int_t read(queue::EntryId id);
    ngx_int_t requeue(const queue::DeadLetterFilter& filter);
    ngx_int_t discard(const queue::DeadLetterFilter& filter);
    ngx_int_t check(const settings::WebsiteList& websites);

  private:
    void on_dead_letters(queue::DeadLetters&& found) noexcept override;
    void on_dead_letter(queue::FoundDeadLetter&& found) noexcept override;
    void on_dead_letters_changed(const queue::ChangedDeadLetters& changed) noexcept override;
    void on_checked(std::vector<Check>&& checks) noexcept override;
    void on_quit() noexcept override { waiting_.hurry(); }
    void on_deadline() noexcept override;
    void on_request_ended() noexcept override { detach(); }

    template <typename Ask>
    ngx_int_t wait(ngx_msec_t patience, Ask&& ask);
    template <typename Answer>
    void answer(Answer&& answer) noexcept;
    void detach() noexcept;

    ngx_http_request_t* request_;
    Operations& operations_;
    shared::Zone& zone_;
    std::uint64_t question_ = 0;  ///< of the queue; 0: none
    std::uint64_t check_ = 0;     ///< 0: none
    bool is_answered_ = false;
    bool is_starting_ = false;  ///< an answer that comes now is given by the content handler
    ngx_int_t result_ = NGX_DONE;
    ngx::Waiting waiting_;
};

}  // namespace aep::status
