#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "curl_handles.hpp"
#include "header_lines.hpp"
#include "message.hpp"
#include "response_collector.hpp"

namespace aep::edge {

using Clock = std::chrono::steady_clock;

/// A request and when it was given to the engine.
struct Submission {
    std::shared_ptr<const Request> request;
    Clock::time_point submitted;

    /// How long it may wait for a connection: as long as a page waits, because what is sent later comes from the queue.
    [[nodiscard]] Clock::time_point latest_start() const {
        return submitted + std::min(request->endpoint->answer_timeout, request->endpoint->timeout);
    }
};

/// How a submission ended without an answer. `words`: for the log; they may repeat what the other side said.
Response failed(const Submission& submission, Failure failure, std::string_view words) noexcept;

/// One exchange with an endpoint, and the easy handle for it. Used again for the next one, because making
/// a handle costs more than a transfer. libcurl sees no memory but that of this object.
class Transfer {
  public:
    /// Throws std::bad_alloc.
    explicit Transfer(CURLSH* share);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() = default;

    /// Takes the submission over and sets it up; only if that succeeds, so that it can be answered
    /// otherwise. The endpoint is the same for all. Throws std::bad_alloc; std::invalid_argument where the
    /// request cannot be sent, std::runtime_error where libcurl does not take an option.
    void begin(Submission& submission, Clock::time_point now);

    /// Closes the connection where the answer is that of another request: what comes next on it is, too. To be called
    /// before libcurl lets go of the handle, because after that it does not tell which connection it was.
    void check_owner() noexcept;

    /// What the transfer came to, after libcurl has let go of the handle.
    Response finish(CURLcode result) noexcept;

    /// The same, for a transfer that was broken off.
    Response abort(Failure failure, std::string_view text) noexcept;

    /// The transfer of a handle that curl_multi_info_read returned.
    static Transfer& of(CURL* handle) noexcept;

    [[nodiscard]] CURL* handle() const noexcept { return handle_.get(); }
    /// It has all of its time, however long it has waited: Edge may take what is broken off, and get it again.
    [[nodiscard]] Clock::time_point deadline() const { return begun_ + endpoint()->timeout; }
    [[nodiscard]] const Endpoint* endpoint() const noexcept { return submission_.request->endpoint.get(); }

    std::size_t position = 0;  ///< among the running transfers to its endpoint

  private:
    static std::size_t on_header(const char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static int on_resolver_start(void* resolver, void* reserved, void* self) noexcept;

    void set_endpoint(const Endpoint& endpoint);
    void set_connection_options(const Endpoint& endpoint);
    void set_url(const std::string& url);
    void set_tls_options(const Endpoint& endpoint);
    void set_response_options();
    [[nodiscard]] Failure failure_of(CURLcode result) const noexcept;
    [[nodiscard]] Failure timed_out_in() const noexcept;
    Response too_large(std::string_view text) noexcept;
    Response not_an_answer() noexcept;
    [[nodiscard]] bool is_answer(Failure failure) const noexcept;
    [[nodiscard]] std::string why_not_an_answer() const;
    [[nodiscard]] int status() const noexcept;
    void forget() noexcept;

    CURLSH* share_;
    bool is_set_ = false;  ///< to the endpoint
    Submission submission_;
    std::string request_id_;    ///< by which Edge tells it from others; empty: not at all
    std::string_view another_;  ///< the ID of the request that the answer is for; empty: this one
    Clock::time_point begun_;
    HeaderLines header_lines_;
    ResponseCollector collector_;
    bool out_of_memory_ = false;
    bool asked_resolver_ = false;  ///< else a timeout before there is an address is none of the resolver's
    std::array<char, CURL_ERROR_SIZE> error_{};
    UrlHandle url_;
    EasyHandle handle_;  // last, so that it goes first: it points to the members above
};

}  // namespace aep::edge
