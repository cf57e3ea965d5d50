#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message.hpp"

namespace aep::edge {

/// Gathers the header lines and the decoded body of a response, within limits.
class ResponseCollector {
  public:
    static constexpr std::size_t kMaxHeaders = 64 * 1024;  ///< bytes of all header lines of one response

    explicit ResponseCollector(std::size_t max_body) noexcept : max_body_(max_body) {}

    void clear() noexcept;

    /// One line as libcurl hands it over. A status line begins anew, so that interim responses (RFC 9110
    /// 15.2) leave nothing behind; trailers (RFC 9110 6.5) are ignored. False: too large.
    bool header_line(std::string_view line);

    /// A piece of the body. False: too large.
    bool body(std::string_view piece);

    [[nodiscard]] bool too_large() const noexcept { return too_large_; }
    [[nodiscard]] const std::vector<Header>& headers() const noexcept { return headers_; }
    [[nodiscard]] std::string_view body_so_far() const noexcept { return body_; }
    std::vector<Header> take_headers() noexcept { return std::move(headers_); }
    std::string take_body() noexcept { return std::move(body_); }

  private:
    void field(std::string_view line);
    void folded(std::string_view line);

    std::size_t max_body_;
    std::vector<Header> headers_;
    std::string body_;
    std::size_t header_bytes_ = 0;
    bool in_headers_ = false;
    bool too_large_ = false;
};

}  // namespace aep::edge
