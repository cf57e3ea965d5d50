#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "curl_handles.hpp"
#include "endpoint_transfers.hpp"
#include "message.hpp"
#include "sockets.hpp"
#include "transfer.hpp"

namespace aep::edge {

/// The engine's work: all transfers of all endpoints, on the one thread that calls `turn`.
class TransferLoop {
  public:
    /// Where results go; called outside of libcurl, on the thread of `turn`.
    class Sink {
      public:
        virtual void complete(Response&& response) noexcept = 0;
        virtual void log(std::string&& line) noexcept = 0;

      protected:
        ~Sink() = default;
    };

    /// Throws std::bad_alloc, std::runtime_error.
    explicit TransferLoop(Sink& sink);
    TransferLoop(const TransferLoop&) = delete;
    TransferLoop& operator=(const TransferLoop&) = delete;
    ~TransferLoop();

    /// Takes the submissions over, moves the transfers on as far as they go, and waits until there is
    /// more to do or `wake` was called.
    void turn(std::vector<Submission>& submissions);

    /// Ends the waiting of `turn`, or the next one. From any thread.
    void wake() noexcept { sockets_.wake(); }

    /// Ends all transfers without an answer. False when that could block: this libcurl would wait for a
    /// thread that resolves a name. The object must then live as long as the process.
    bool close() noexcept;

  private:
    using Endpoints = std::unordered_map<const Endpoint*, EndpointTransfers>;

    void accept(Submission& submission) noexcept;
    EndpointTransfers& transfers_to(const std::shared_ptr<const Endpoint>& endpoint);
    void set_connection_limits() noexcept;
    void start_waiting(EndpointTransfers& transfers) noexcept;
    void start(EndpointTransfers& transfers, Submission submission) noexcept;
    bool perform() noexcept;
    void collect() noexcept;
    void complete(CURL* handle, CURLcode result) noexcept;
    void keep_finished(Response&& response) noexcept;
    void expire_waiting(Clock::time_point now) noexcept;
    void expire_overdue(Clock::time_point now) noexcept;
    [[nodiscard]] std::chrono::milliseconds patience(Clock::time_point now) const;
    void begin_anew(CURLMcode error) noexcept;
    void set_up_multi() noexcept;
    void fail_running(EndpointTransfers& transfers, const char* text) noexcept;

    Sink& sink_;
    ShareHandle share_;
    Sockets sockets_;
    MultiHandle multi_;
    Endpoints endpoints_;
    std::unordered_map<std::string, long> connections_of_;  ///< of each host, by all endpoints
    std::vector<Response> finished_;                        ///< of this turn
    Clock::time_point next_watch_{};
};

}  // namespace aep::edge
