#include "transfer_loop.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace aep::edge {
namespace {

using std::chrono::milliseconds;

/// libcurl's own timeouts have been seen not to fire; this long after them a transfer is taken away.
constexpr milliseconds kOverdue{2000};
constexpr milliseconds kWatchInterval{1000};
constexpr milliseconds kIdleWait{60000};
/// After a failure of the multi interface, so that a lasting one does not burn a processor.
constexpr milliseconds kPauseAfterFailure{100};

constexpr std::string_view kNoConnection = "no connection became free in time";

MultiHandle make_multi() {
    MultiHandle multi(curl_multi_init());
    if (!multi) {
        throw std::bad_alloc();
    }
    return multi;
}

/// TLS sessions for all handles: before 8.12 libcurl keeps them in each one, so that nearly every new
/// connection would pay for a full handshake. Needs no locks, for one thread.
ShareHandle make_share() {
    ShareHandle share(curl_share_init());
    if (!share) {
        throw std::bad_alloc();
    }
    const CURLSHcode result = curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    if (result != CURLSHE_OK && result != CURLSHE_NOT_BUILT_IN) {
        throw std::runtime_error(std::string("libcurl does not share TLS sessions: ") +
                                 curl_share_strerror(result));
    }
    return share;
}

/// Whether a transfer can be removed while its name is being resolved (CURLOPT_QUICK_EXIT).
bool removal_never_blocks() noexcept {
    constexpr unsigned kSince = 0x075700;
    return LIBCURL_VERSION_NUM >= kSince && curl_version_info(CURLVERSION_NOW)->version_num >= kSince;
}

/// Whom libcurl connects to.
const std::string& host_of(const Endpoint& endpoint) noexcept {
    return endpoint.proxy.empty() ? endpoint.base_url : endpoint.proxy;
}

}  // namespace

TransferLoop::TransferLoop(Sink& sink) : sink_(sink), share_(make_share()), multi_(make_multi()) {
    sockets_.serve(multi_.get());
}

TransferLoop::~TransferLoop() = default;

void TransferLoop::turn(std::vector<Submission>& submissions) {
    for (Submission& submission : submissions) {
        accept(submission);
    }
    submissions.clear();
    if (!perform()) {
        return;
    }
    collect();
    const Clock::time_point now = Clock::now();
    expire_waiting(now);
    expire_overdue(now);
    sockets_.wait(patience(now));
}

bool TransferLoop::close() noexcept {
    bool idle = true;
    for (const auto& [endpoint, transfers] : endpoints_) {
        idle = idle && transfers.running().empty();
    }
    if (!idle && !removal_never_blocks()) {
        return false;
    }
    for (auto& [endpoint, transfers] : endpoints_) {
        for (const auto& transfer : transfers.running()) {
            curl_multi_remove_handle(multi_.get(), transfer->handle());
        }
    }
    endpoints_.clear();
    multi_.reset();
    share_.reset();
    return true;
}

void TransferLoop::accept(Submission& submission) noexcept {
    try {
        if (!submission.request->endpoint || submission.request->endpoint->connections == 0) {
            throw std::invalid_argument("a request without an endpoint");
        }
        EndpointTransfers& transfers = transfers_to(submission.request->endpoint);
        if (transfers.is_full()) {
            sink_.complete(failed(submission, Failure::refused, "too many requests in flight"));
            return;
        }
        transfers.enqueue(std::move(submission));
        start_waiting(transfers);
    } catch (const std::exception& error) {
        sink_.complete(failed(submission, Failure::refused, error.what()));
    }
}

EndpointTransfers& TransferLoop::transfers_to(const std::shared_ptr<const Endpoint>& endpoint) {
    long& of_host = connections_of_[host_of(*endpoint)];
    const auto [place, is_new] = endpoints_.try_emplace(endpoint.get(), endpoint);
    if (is_new) {
        of_host += static_cast<long>(endpoint->connections);
        set_connection_limits();
    }
    return place->second;
}

/// Each endpoint keeps to its own limit, but libcurl knows only hosts: what shares one must not wait there for another.
void TransferLoop::set_connection_limits() noexcept {
    long largest = 0;
    long all = 0;
    for (const auto& [host, connections] : connections_of_) {
        largest = std::max(largest, connections);
        all += connections;
    }
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, largest);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, all);
}

void TransferLoop::start_waiting(EndpointTransfers& transfers) noexcept {
    while (transfers.can_start()) {
        start(transfers, transfers.take_front());
    }
}

void TransferLoop::start(EndpointTransfers& transfers, Submission submission) noexcept {
    const Clock::time_point now = Clock::now();
    if (submission.latest_start() <= now) {
        sink_.complete(failed(submission, Failure::refused, kNoConnection));
        return;
    }
    std::unique_ptr<Transfer> transfer;
    try {
        transfer = transfers.take_idle(share_.get());
        transfer->begin(submission, now);
    } catch (const std::exception& error) {
        sink_.complete(failed(submission, Failure::refused, error.what()));
        if (transfer) {
            transfers.put_idle(std::move(transfer));
        }
        return;
    }
    if (!multi_) {
        set_up_multi();
    }
    const CURLMcode result = curl_multi_add_handle(multi_.get(), transfer->handle());
    if (result != CURLM_OK) {
        sink_.complete(transfer->abort(Failure::refused, curl_multi_strerror(result)));
        transfers.put_idle(std::move(transfer));
        return;
    }
    transfers.put_running(std::move(transfer));
}

bool TransferLoop::perform() noexcept {
    const CURLMcode result = sockets_.act();
    if (result != CURLM_OK) {
        begin_anew(result);
    }
    return result == CURLM_OK;
}

void TransferLoop::collect() noexcept {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            complete(message->easy_handle, message->data.result);
        }
    }
    // One after the other, so that whoever takes them wakes up for all, not for the first and again for the rest.
    for (Response& response : finished_) {
        sink_.complete(std::move(response));
    }
    finished_.clear();
}

void TransferLoop::complete(CURL* handle, CURLcode result) noexcept {
    Transfer& transfer = Transfer::of(handle);
    transfer.check_owner();
    curl_multi_remove_handle(multi_.get(), handle);  // the message is gone with it
    EndpointTransfers& transfers = endpoints_.find(transfer.endpoint())->second;
    std::unique_ptr<Transfer> taken = transfers.take_running(transfer);
    keep_finished(transfer.finish(result));
    transfers.put_idle(std::move(taken));
    start_waiting(transfers);
}

void TransferLoop::keep_finished(Response&& response) noexcept {
    try {
        finished_.push_back(std::move(response));
    } catch (const std::bad_alloc&) {
        sink_.complete(std::move(response));  // which is unchanged
    }
}

void TransferLoop::expire_waiting(Clock::time_point now) noexcept {
    for (auto& [endpoint, transfers] : endpoints_) {
        while (transfers.front() != nullptr && transfers.front()->latest_start() <= now) {
            const Submission submission = transfers.take_front();
            sink_.complete(failed(submission, Failure::refused, kNoConnection));
        }
    }
}

void TransferLoop::expire_overdue(Clock::time_point now) noexcept {
    if (now < next_watch_) {
        return;
    }
    next_watch_ = now + kWatchInterval;
    for (auto& [endpoint, transfers] : endpoints_) {
        // From the end, because take_running fills a gap with the last one.
        for (std::size_t i = transfers.running().size(); i-- > 0;) {
            Transfer& transfer = *transfers.running()[i];
            if (transfer.deadline() + kOverdue > now) {
                continue;
            }
            curl_multi_remove_handle(multi_.get(), transfer.handle());
            std::unique_ptr<Transfer> taken = transfers.take_running(transfer);
            sink_.complete(transfer.abort(Failure::timeout, "libcurl did not end the transfer in time"));
            transfers.put_idle(std::move(taken));
        }
        start_waiting(transfers);
    }
}

milliseconds TransferLoop::patience(Clock::time_point now) const {
    milliseconds longest = kIdleWait;
    for (const auto& [endpoint, transfers] : endpoints_) {
        if (!transfers.running().empty()) {
            longest = std::min(longest, kWatchInterval);
        }
        if (const Submission* submission = transfers.front(); submission != nullptr) {
            longest = std::min(longest, std::chrono::ceil<milliseconds>(submission->latest_start() - now));
        }
    }
    return std::max(longest, milliseconds(0));
}

/// Nothing can be said about the transfers of a multi handle that failed (curl_multi_socket_action(3)).
void TransferLoop::begin_anew(CURLMcode error) noexcept {
    const char* const text = curl_multi_strerror(error);
    try {
        sink_.log(std::string("libcurl failed and is set up again; transfers under way are ended: ") + text);
    } catch (const std::bad_alloc&) {
        sink_.log({});
    }
    for (auto& [endpoint, transfers] : endpoints_) {
        fail_running(transfers, text);
    }
    set_up_multi();
    std::this_thread::sleep_for(kPauseAfterFailure);
    for (auto& [endpoint, transfers] : endpoints_) {
        start_waiting(transfers);
    }
}

/// A new multi handle in place of the one before. There is none without memory: then the next transfer asks for it.
void TransferLoop::set_up_multi() noexcept {
    multi_.reset(curl_multi_init());
    sockets_.serve(multi_.get());
    set_connection_limits();
}

void TransferLoop::fail_running(EndpointTransfers& transfers, const char* text) noexcept {
    while (!transfers.running().empty()) {
        Transfer& transfer = *transfers.running().back();
        curl_multi_remove_handle(multi_.get(), transfer.handle());
        std::unique_ptr<Transfer> taken = transfers.take_running(transfer);
        sink_.complete(transfer.abort(Failure::transfer, text));
        transfers.put_idle(std::move(taken));
    }
}

}  // namespace aep::edge
