#pragma once

#include "ngx/ngx.hpp"

#include "ngx/posted.hpp"

namespace aep::page {

struct PageContext;

/// Whether nginx may answer this request with a part of the response.
bool asks_for_range(const ngx_http_request_t& request) noexcept;

/// Looks at the first buffers of a response without taking them. True when they tell that it gets no tag; this is then
/// noted in `page`.
bool turns_out_as_no_page(ngx_http_request_t* request, PageContext& page, const ngx_chain_t* in) noexcept;

/// Sends nginx's error page for a range that the response does not have. It is sent as if the response's maker had asked
/// for it, and not from within a filter: what is behind the first write would then be cut off. So it waits until those
/// who are sending the response have returned. Until then, what comes of the response is to be thrown away.
class RangeRefusal {
  public:
    RangeRefusal(ngx_http_request_t* request, ngx_int_t error) noexcept;
    ~RangeRefusal() { turn_.cancel(); }
    RangeRefusal(const RangeRefusal&) = delete;
    RangeRefusal& operator=(const RangeRefusal&) = delete;

  private:
    void on_turn() noexcept;

    ngx_http_request_t* request_;
    ngx_int_t error_;
    ngx::Posted<RangeRefusal, &RangeRefusal::on_turn> turn_{*this};
};

}  // namespace aep::page
