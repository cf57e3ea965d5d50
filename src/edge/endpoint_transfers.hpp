#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "message.hpp"
#include "transfer.hpp"

namespace aep::edge {

/// What is under way to one endpoint: requests that wait for a free connection, and transfers.
///
/// Requests wait here rather than inside libcurl, where they would be neither counted nor timed.
class EndpointTransfers {
  public:
    /// Throws std::bad_alloc.
    explicit EndpointTransfers(std::shared_ptr<const Endpoint> endpoint);

    [[nodiscard]] const Endpoint& endpoint() const noexcept { return *endpoint_; }
    [[nodiscard]] bool is_full() const noexcept { return waiting_.size() + running_.size() >= limit_; }
    [[nodiscard]] bool can_start() const noexcept {
        return !waiting_.empty() && running_.size() < running_limit_;
    }

    /// Throws std::bad_alloc; `submission` is unchanged then.
    void enqueue(Submission&& submission) { waiting_.push_back(std::move(submission)); }
    /// The oldest request that waits.
    [[nodiscard]] const Submission* front() const noexcept {
        return waiting_.empty() ? nullptr : &waiting_.front();
    }
    Submission take_front() noexcept;

    /// A transfer that is not in use. Throws std::bad_alloc.
    std::unique_ptr<Transfer> take_idle(CURLSH* share);
    void put_idle(std::unique_ptr<Transfer> transfer) noexcept;
    void put_running(std::unique_ptr<Transfer> transfer) noexcept;
    std::unique_ptr<Transfer> take_running(Transfer& transfer) noexcept;

    [[nodiscard]] const std::vector<std::unique_ptr<Transfer>>& running() const noexcept { return running_; }

  private:
    std::shared_ptr<const Endpoint> endpoint_;
    std::size_t limit_;          ///< of requests, waiting or running
    std::size_t running_limit_;  ///< HTTP/1.1: one a connection
    std::deque<Submission> waiting_;
    std::vector<std::unique_ptr<Transfer>> running_;
    std::vector<std::unique_ptr<Transfer>> idle_;
};

}  // namespace aep::edge
