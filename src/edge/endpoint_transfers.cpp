#include "endpoint_transfers.hpp"

#include <utility>

#include "engine.hpp"

namespace aep::edge {

EndpointTransfers::EndpointTransfers(std::shared_ptr<const Endpoint> endpoint)
    : endpoint_(std::move(endpoint)),
      limit_(Engine::kInFlightPerConnection * endpoint_->connections),
      running_limit_(endpoint_->http2 ? limit_ : endpoint_->connections) {
    // From here on a transfer changes its place without allocating.
    running_.reserve(running_limit_);
    idle_.reserve(running_limit_);
}

Submission EndpointTransfers::take_front() noexcept {
    Submission submission = std::move(waiting_.front());
    waiting_.pop_front();
    return submission;
}

std::unique_ptr<Transfer> EndpointTransfers::take_idle(CURLSH* share) {
    if (idle_.empty()) {
        return std::make_unique<Transfer>(share);
    }
    std::unique_ptr<Transfer> transfer = std::move(idle_.back());
    idle_.pop_back();
    return transfer;
}

void EndpointTransfers::put_idle(std::unique_ptr<Transfer> transfer) noexcept {
    idle_.push_back(std::move(transfer));
}

void EndpointTransfers::put_running(std::unique_ptr<Transfer> transfer) noexcept {
    transfer->position = running_.size();
    running_.push_back(std::move(transfer));
}

std::unique_ptr<Transfer> EndpointTransfers::take_running(Transfer& transfer) noexcept {
    const std::size_t position = transfer.position;
    std::swap(running_[position], running_.back());
    running_[position]->position = position;
    std::unique_ptr<Transfer> taken = std::move(running_.back());
    running_.pop_back();
    return taken;
}

}  // namespace aep::edge
