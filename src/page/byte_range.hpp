#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>

namespace aep::page {

/// The part of a response that nginx has announced in a 206.
///
/// nginx's range filter decides when the header leaves, but cuts a body before it comes to our filter. A body that came
/// while its header was held has passed it whole, so it is cut here. That is so only where the first buffers do not tell
/// that this is no page.
class ByteRange {
  public:
    /// The whole response.
    ByteRange() = default;

    /// What the header that has just left announces. nginx's own filter does not cut this response any more.
    static ByteRange take_over(ngx_http_request_t* request) noexcept;

    [[nodiscard]] bool is_whole() const noexcept { return end_ == 0; }

    /// Takes the bytes outside of the range from the next buffers of the response. False when there is no memory.
    bool cut(ngx_pool_t* pool, ngx_chain_t** chain) noexcept;

  private:
    ByteRange(std::uint64_t begin, std::uint64_t end) noexcept : begin_(begin), end_(end) {}

    ngx_buf_t* cut(ngx_pool_t* pool, ngx_buf_t* buffer) noexcept;

    std::uint64_t begin_ = 0;
    std::uint64_t end_ = 0;
    std::uint64_t read_ = 0;
};

}  // namespace aep::page
