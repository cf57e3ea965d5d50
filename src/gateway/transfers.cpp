#include "ngx/ngx.hpp"

#include "gateway/transfers.hpp"

#include <chrono>
#include <new>

#include "edge/retry_policy.hpp"
#include "gateway/advice.hpp"
#include "ngx/guard.hpp"
#include "ngx/string.hpp"

namespace aep::gateway {
namespace {

constexpr ngx_msec_t kGrace = 1000;  ///< an exiting worker waits so long for what is in flight

std::string_view name_of(Action action) noexcept {
    switch (action) {
        case Action::interact:
            return "interact";
        case Action::collect:
            return "collect";
        case Action::acquire:
            return "identity/acquire";
        case Action::set_consent:
            return "privacy/set-consent";
        case Action::media:
            return "media";
    }
    return "";
}

std::uint64_t wait_asked_for(const edge::Response& response) noexcept {
    for (const edge::Header& header : response.headers) {
        if (header.first == "retry-after") {
            const std::chrono::milliseconds wait = edge::retry_after(header.second, ngx_time());
            return static_cast<std::uint64_t>(wait.count());
        }
    }
    return 0;
}

std::string description(const edge::Response& response) {
    return response.failure == edge::Failure::none ? "Edge answered " + std::to_string(response.status)
                                                   : response.failure_text;
}

}  // namespace

Transfers::Transfers(const status::Zone& zone)
    : zone_(zone),
      engine_([this](edge::Response&& response) { mailbox_.post(std::move(response)); },
              [this](std::string&& line) { mailbox_.post(std::move(line)); }) {}

Transfers* Transfers::start(ngx_log_t* log, const status::Zone& zone) noexcept {
    const auto failed = []() -> Transfers* { return nullptr; };
    return ngx::guarded(log, "the start of the gateway", failed, [&]() -> Transfers* {
        std::unique_ptr<Transfers> transfers(new (std::nothrow) Transfers(zone));
        std::string error;
        if (!transfers || !transfers->mailbox_.open(log, *transfers)) {
            return nullptr;
        }
        if (!transfers->engine_.start(error)) {
            ngx::log(NGX_LOG_ALERT, log,
                     "the gateway cannot send to Edge, its thread did not start: " + error +
                         "; events are answered locally and lost until nginx is restarted");
            transfers->mailbox_.close();
            return nullptr;
        }
        return transfers.release();
    });
}

void Transfers::stop(Transfers* transfers) noexcept {
    std::unique_ptr<Transfers> owned(transfers);
    if (!owned->end()) {
        static_cast<void>(owned.release());
    }
}

/// False when the engine's thread had to be left behind.
bool Transfers::end() noexcept {
    // The thread is left behind if it is stuck; it posts nothing any more, so the mailbox may go.
    const bool joined = engine_.stop(std::chrono::milliseconds(kGrace));
    if (!joined) {
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "a transfer to Edge was still stuck when the worker ended");
    }
    ngx::guarded(
        ngx_cycle->log, "the end of the gateway", [] { return 0; },
        [this] {
            for (const auto& [id, transfer] : transfers_) {
                lose(transfer.subject, "the worker ended before Edge answered");
            }
            return 0;
        });
    if (grace_.timer_set) {
        ngx_del_timer(&grace_);
    }
    mailbox_.close();
    return joined;
}

edge::Breaker::Permit Transfers::ask(const settings::Endpoint& endpoint) noexcept {
    const auto probe_timeout = static_cast<std::uint64_t>(endpoint.timeout.count());
    return zone_.locked([&](status::SharedState& shared) {
        return shared.breakers.of(endpoint.base_url).ask(ngx_current_msec, probe_timeout);
    });
}

std::uint64_t Transfers::submit(edge::Request&& request, Subject&& subject, Waiter& waiter) {
    const std::uint64_t id = ++last_id_;
    request.id = id;
    transfers_.emplace(id, Transfer{std::move(subject), request.endpoint, &waiter});
    try {
        engine_.submit(std::move(request));
    } catch (...) {
        transfers_.erase(id);
        throw;
    }
    return id;
}

void Transfers::detach(std::uint64_t id) noexcept {
    const auto found = transfers_.find(id);
    if (found != transfers_.end()) {
        found->second.waiter = nullptr;
    }
}

void Transfers::on_ring() noexcept {
    for (Message& message : mailbox_.take()) {
        ngx::guarded(
            ngx_cycle->log, "the answer of Edge", [] { return 0; },
            [&] {
                if (auto* response = std::get_if<edge::Response>(&message)) {
                    finish(std::move(*response));
                } else {
                    ngx::log(NGX_LOG_WARN, ngx_cycle->log, std::get<std::string>(message));
                }
                return 0;
            });
    }
    end_grace_when_idle();
}

void Transfers::on_quit() noexcept {
    if (transfers_.empty()) {
        return;
    }
    grace_.handler = [](ngx_event_t*) {};  // the loop looks again at what keeps the worker
    grace_.data = mailbox_.connection();
    grace_.log = ngx_cycle->log;
    if (!grace_.timer_set) {
        ngx_add_timer(&grace_, kGrace);
    }
    for (auto& [id, transfer] : transfers_) {
        if (transfer.waiter != nullptr) {
            transfer.waiter->on_quit();
        }
    }
}

void Transfers::end_grace_when_idle() noexcept {
    if (transfers_.empty() && grace_.timer_set) {
        ngx_del_timer(&grace_);
    }
}

void Transfers::finish(edge::Response&& response) {
    const auto found = transfers_.find(response.id);
    if (found == transfers_.end()) {
        return;
    }
    const Transfer transfer = std::move(found->second);
    transfers_.erase(found);
    ngx::guarded(
        ngx_cycle->log, "what became of a transfer", [] { return 0; },
        [&] {
            settle(transfer, response);
            return 0;
        });
    if (transfer.waiter != nullptr) {
        transfer.waiter->on_response(std::move(response));
    }
}

void Transfers::settle(const Transfer& transfer, const edge::Response& response) {
    inform_breaker(transfer, response);
    switch (edge::classify(response)) {
        case edge::Outcome::delivered:
            zone_.counters().add(status::Counter::delivered);
            if (transfer.waiter == nullptr) {
                zone_.counters().add(status::Counter::late);
            }
            return;
        case edge::Outcome::retry:
        case edge::Outcome::retry_once:
            lose(transfer.subject, description(response));
            return;
        case edge::Outcome::repair:
        case edge::Outcome::rejected:
            zone_.counters().add(status::Counter::refused_by_edge);
            forget(transfer.subject);
            report_refusal(transfer, response);
            return;
    }
}

void Transfers::inform_breaker(const Transfer& transfer, const edge::Response& response) noexcept {
    if (response.failure == edge::Failure::refused) {
        return;  // says nothing of the host
    }
    const bool failure = edge::is_host_failure(response);
    const std::uint64_t wait = failure ? wait_asked_for(response) : 0;
    zone_.locked([&](status::SharedState& shared) {
        edge::Breaker& breaker = shared.breakers.of(transfer.endpoint->base_url);
        if (failure) {
            breaker.failure(ngx_current_msec, wait, static_cast<std::uint32_t>(ngx_random()));
        } else {
            breaker.success();
        }
    });
}

/// Edge says no, and will say so again: the operator has to know, once, not once in every worker.
void Transfers::report_refusal(const Transfer& transfer, const edge::Response& response) {
    const std::uint64_t key =
        status::RequestWindow::key(transfer.subject.datastream_id, std::to_string(response.status));
    if (!zone_.locked([&](status::SharedState& shared) { return shared.refusals.note(key); })) {
        return;
    }
    const std::string_view code = edge_code(response.body);
    ngx::log(NGX_LOG_ERR, ngx_cycle->log,
             "Edge refused a request (" + std::string(name_of(transfer.subject.action)) +
                 ") for datastream \"" + transfer.subject.datastream_id + "\" with " +
                 std::to_string(response.status) + (code.empty() ? "" : " " + std::string(code)) + ": " +
                 std::string(advice(response.status, response.body)) +
                 "; further refusals with this status are counted, not logged");
}

void Transfers::forget(const Subject& subject) noexcept {
    if (subject.window_key != 0) {
        zone_.locked([&](status::SharedState& shared) { shared.window.forget(subject.window_key); });
    }
}

void Transfers::lose(const Subject& subject, std::string_view why) noexcept {
    zone_.counters().add(status::Counter::lost);
    forget(subject);
    ngx_uint_t suppressed = 0;
    if (!loss_limit_.due(suppressed)) {
        return;
    }
    const ngx_str_t reason = ngx::unowned(why);
    const ngx_str_t action = ngx::unowned(name_of(subject.action));
    const ngx_str_t datastream = ngx::unowned(subject.datastream_id);
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "aep: a request (%V) for datastream \"%V\" was answered locally and is lost: %V (%ui more "
                  "not logged, "
                  "%uL lost in all)",
                  &action, &datastream, &reason, suppressed, zone_.counters().value(status::Counter::lost));
}

}  // namespace aep::gateway
