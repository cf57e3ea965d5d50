#include "ngx/ngx.hpp"

#include "gateway/transfers.hpp"

#include <chrono>
#include <new>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "text/digest.hpp"

namespace aep::gateway {
namespace {

constexpr ngx_msec_t kGrace = 1000;  ///< an exiting worker waits so long for what is in flight
constexpr std::chrono::milliseconds kPatience(1000);

void nothing() noexcept {}

/// What names whose consent it is in status::ConsentOrder.
std::uint64_t consent_key(const Subject& subject) noexcept {
    return text::fingerprint(subject.datastream_id, subject.consent_identity);
}

}  // namespace

Transfers::Transfers(const shared::Zone& zone, std::vector<delivery::Route>&& routes)
    : zone_(zone),
      engine_([this](edge::Response&& response) { post(std::move(response)); },
              [this](std::string&& line) { mailbox_.post(std::move(line)); }),
      deliveries_(zone, engine_, std::move(routes)) {}

/// From the engine's thread. Without memory the response is unchanged.
void Transfers::post(edge::Response&& response) {
    Message message(std::move(response));
    try {
        mailbox_.post(std::move(message));
    } catch (const std::bad_alloc&) {
        response = std::get<edge::Response>(std::move(message));
        throw;
    }
}

Transfers* Transfers::start(ngx_log_t* log, const shared::Zone& zone, Settings&& settings) noexcept {
    const auto failed = []() -> Transfers* { return nullptr; };
    return ngx::guarded(log, "the start of the gateway", failed, [&]() -> Transfers* {
        std::unique_ptr<Transfers> transfers(new (std::nothrow) Transfers(zone, std::move(settings.routes)));
        std::string error;
        if (!transfers || !transfers->mailbox_.open(log, *transfers)) {
            return nullptr;
        }
        transfers->wake_.prepare(transfers->mailbox_.connection());
        transfers->engine_.wake_when_asked([&wake = transfers->wake_] { wake.post(); });
        if (!transfers->engine_.start(error)) {
            ngx::log(NGX_LOG_ALERT, log,
                     "the gateway cannot send to Edge: " + error +
                         "; events are refused with 503 until nginx is restarted");
            transfers->mailbox_.close();
            return nullptr;
        }
        transfers->grace_.prepare(transfers->mailbox_.connection(), true);
        if (settings.queue) {
            transfers->keeper_ = delivery::Keeper::start(log, zone, *settings.queue, *transfers);
        }
        if (transfers->keeper_ != nullptr) {
            transfers->deliveries_.start(transfers->keeper_->engine(), transfers->mailbox_.connection());
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

/// False when a thread had to be left behind.
bool Transfers::end() noexcept {
    // A thread that is left behind posts nothing any more, so the mailbox may go.
    bool joined = engine_.stop(kPatience);
    if (!joined) {
        ngx::log(NGX_LOG_NOTICE, ngx_cycle->log, "a transfer to Edge was still stuck when the worker ended");
    }
    keep_the_rest();
    wake_.cancel();
    deliveries_.stop();
    if (keeper_ != nullptr && !keeper_->stop(kPatience)) {
        joined = false;
    }
    grace_.cancel();
    mailbox_.close();
    return joined;
}

/// Whoever still waits gets no answer any more. The queue keeps what it is told before it stops.
void Transfers::keep_the_rest() noexcept {
    for (auto& [id, transfer] : transfers_) {
        transfer.waiter = nullptr;
    }
    on_ring();  // what Edge has said until now
    ngx::guarded(ngx_cycle->log, "the end of the gateway", nothing, [this] {
        std::vector<std::uint64_t> rest;
        for (const auto& [id, transfer] : transfers_) {
            if (transfer.keeping == Keeping::none) {
                rest.push_back(id);
            }
        }
        for (const std::uint64_t id : rest) {
            transfers_.at(id).is_running = false;
            keep_or_refuse(id, 0, 0);
        }
    });
}

Transfers::Map::iterator Transfers::add(Subject&& subject, Waiter& waiter) {
    Transfer transfer;
    transfer.subject = std::move(subject);
    transfer.waiter = &waiter;
    if (transfer.subject.action == protocol::Action::set_consent) {
        transfer.turn = zone_.locked([&](shared::SharedState& shared) {
            return shared.consents.begin(consent_key(transfer.subject));
        });
    }
    return transfers_.emplace(++last_id_, std::move(transfer)).first;
}

void Transfers::run(Transfer& transfer) {
    transfer.is_running = true;
    engine_.submit(transfer.request);
}

std::uint64_t Transfers::submit(edge::Request&& request, Subject&& subject, shared::Breaker::Permit permit,
                                Waiter& waiter) {
    const auto at = add(std::move(subject), waiter);
    Transfer& transfer = at->second;
    transfer.permit = permit;
    try {
        request.id = at->first;
        transfer.request = std::make_shared<const edge::Request>(std::move(request));
        if (transfer.subject.action == protocol::Action::set_consent && keeper_ != nullptr) {
            // An older one that waits must not be sent after this one.
            transfer.waits_for_turn = true;
            tickets_.emplace(keeper_->withdraw_consent(transfer.subject.consent_identity), at->first);
        } else {
            run(transfer);
        }
    } catch (...) {
        transfers_.erase(at);
        throw;
    }
    return at->first;
}

void Transfers::detach(std::uint64_t id) noexcept {
    const auto found = transfers_.find(id);
    if (found != transfers_.end()) {
        found->second.waiter = nullptr;
    }
}

void Transfers::on_ring() noexcept {
    for (Message& message : mailbox_.take()) {
        ngx::guarded(ngx_cycle->log, "the answer of Edge", nothing, [&] {
            if (auto* response = std::get_if<edge::Response>(&message)) {
                finish(std::move(*response));
            } else {
                ngx::log(NGX_LOG_WARN, ngx_cycle->log, std::get<std::string>(message));
            }
        });
    }
    end_grace_when_idle();
}

void Transfers::on_quit() noexcept {
    deliveries_.quit();
    if (transfers_.empty() && deliveries_.is_idle()) {
        deliveries_.leave();
        return;
    }
    if (!grace_.is_set()) {
        grace_.set(kGrace);
    }
    for (auto& [id, transfer] : transfers_) {
        if (transfer.waiter != nullptr) {
            transfer.waiter->on_quit();
        }
    }
}

/// The worker has been exiting for a second.
void Transfers::end_grace() noexcept {
    deliveries_.leave();
}

void Transfers::end_grace_when_idle() noexcept {
    if (grace_.is_set() && transfers_.empty() && deliveries_.is_idle()) {
        grace_.cancel();
        deliveries_.leave();
    }
}

void Transfers::finish(edge::Response&& response) {
    if (deliveries_.owns(response.id)) {
        deliveries_.on_response(std::move(response));
        return;
    }
    const auto at = transfers_.find(response.id);
    if (at == transfers_.end()) {
        return;
    }
    at->second.is_running = false;
    deliveries_.inform_breaker(*at->second.request->endpoint, at->second.permit, response);
    if (at->second.keeping == Keeping::none) {
        conclude(at, std::move(response));
    } else {
        conclude_kept(at, std::move(response));
    }
}

/// What the first attempt, the live one, makes of an entry.
queue::Settlement Transfers::settlement_of_first(const edge::Response& response) const {
    delivery::Delivery first;
    first.retry_after = delivery::wait_asked_for(response);
    return delivery::settlement_of(first, response, deliveries_.now(),
                                   static_cast<std::uint32_t>(ngx_random()));
}

/// Edge has spoken first.
void Transfers::conclude(Map::iterator at, edge::Response&& response) {
    const std::uint64_t id = at->first;
    Transfer& transfer = at->second;
    const edge::Verdict verdict = edge::classify(response);
    if (verdict == edge::Verdict::retry || verdict == edge::Verdict::retry_once) {
        const queue::Settlement settlement = settlement_of_first(response);
        report_trouble(transfer.subject, edge::description(response));
        keep_or_refuse(id, settlement.attempts, settlement.due);
        return;
    }
    Waiter* waiter = std::exchange(transfer.waiter, nullptr);
    if (verdict == edge::Verdict::delivered) {
        zone_.counters().add(shared::Counter::delivered);
        note_safe(transfer.subject);
        transfers_.erase(at);
    } else {
        zone_.counters().add(shared::Counter::refused_by_edge);
        forget(transfer.subject);
        delivery::report_refusal(zone_, name_of(transfer.subject.action), transfer.subject.datastream_id,
                                 response);
        const bool is_kept = verdict == edge::Verdict::repair && keeper_ != nullptr &&
                             can_be_kept(transfer.subject.action) &&
                             transfer.subject.action != protocol::Action::set_consent;
        if (is_kept) {
            // An operator can repair what 422 means, and requeue it.
            transfer.is_running = true;  // so that it is appended as claimed
            transfer.settlement = settlement_of_first(response);
            keep_or_refuse(id, 1, 0);
            transfer.is_running = false;
        }
        if (transfer.keeping == Keeping::none) {
            transfers_.erase(at);
        }
    }
    if (waiter != nullptr) {
        waiter->on_response(std::move(response));
    }
}

/// A repeat of it is now answered without being sent again.
void Transfers::note_safe(const Subject& subject) noexcept {
    if (subject.window_key != 0) {
        const auto now = static_cast<std::uint32_t>(ngx_current_msec / 1000);
        zone_.locked([&](shared::SharedState& shared) { shared.window.confirm(subject.window_key, now); });
    }
}

void Transfers::forget(const Subject& subject) noexcept {
    if (subject.window_key != 0) {
        zone_.locked([&](shared::SharedState& shared) { shared.window.forget(subject.window_key); });
    }
}

/// Edge is away, or says so: an operator wants to know why, and that nothing is lost by it.
void Transfers::report_trouble(const Subject& subject, std::string_view why) noexcept {
    ngx_uint_t suppressed = 0;
    if (!trouble_limit_.due(suppressed)) {
        return;
    }
    const bool is_kept = keeper_ != nullptr && can_be_kept(subject.action);
    const ngx_str_t reason = ngx::unowned(why);
    const ngx_str_t action = ngx::unowned(name_of(subject.action));
    const ngx_str_t datastream = ngx::unowned(subject.datastream_id);
    const ngx_str_t fate = ngx::unowned(is_kept              ? "it is kept for later"
                                        : keeper_ != nullptr ? "it is answered here"
                                                             : "it is refused");
    ngx_log_error(
        NGX_LOG_WARN, ngx_cycle->log, 0,
        "aep: Edge does not take a request (%V) for datastream \"%V\": %V; %V (%ui more not logged)", &action,
        &datastream, &reason, &fate, suppressed);
}

}  // namespace aep::gateway
