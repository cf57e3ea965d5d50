#include "ngx/ngx.hpp"

#include "gateway/transfers.hpp"

#include <new>
#include <utility>
#include <vector>

#include "delivery/delivery_policy.hpp"
#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "text/digest.hpp"

namespace aep::gateway {
namespace {

void nothing() noexcept {}

/// What names whose consent it is in shared::SharedState::consents.
std::uint64_t consent_key(const Subject& subject) noexcept {
    return text::fingerprint(subject.datastream_id, subject.consent_identity);
}

/// Whether the transfer in flight, or what it has come to, settles the entry.
bool is_claimed(TransferState state) noexcept {
    return state == TransferState::in_flight_appending || state == TransferState::appending_refused ||
           state == TransferState::appending_answered;
}

}  // namespace

Transfers::Transfers(delivery::Worker& worker, const shared::Zone& zone)
    : worker_(worker), zone_(zone), sender_(worker.add(*this)), trouble_limits_(worker.routes()) {}

Transfers::Map::iterator Transfers::add(Subject&& subject, Waiter& waiter, TransferState state) {
    Transfer transfer;
    transfer.subject = std::move(subject);
    transfer.waiter = &waiter;
    transfer.state = state;
    if (transfer.subject.action == protocol::Action::set_consent) {
        transfer.turn = zone_.locked([&](shared::SharedState& shared) {
            return shared.consents.begin(consent_key(transfer.subject));
        });
    }
    return transfers_.emplace(++last_id_, std::move(transfer)).first;
}

std::uint64_t Transfers::submit(edge::Request&& request, Subject&& subject, delivery::Hosts::Permit&& permit,
                                Waiter& waiter) {
    // An older set-consent that waits must not be sent after this one.
    const bool waits_for_turn = subject.action == protocol::Action::set_consent && has_queue();
    const auto at = add(std::move(subject), waiter,
                        waits_for_turn ? TransferState::awaiting_turn : TransferState::in_flight);
    Transfer& transfer = at->second;
    transfer.permit = std::move(permit);
    try {
        request.sender = sender_;
        request.id = at->first;
        transfer.subject.tally->count_sent(request.body.size());
        transfer.request = std::make_shared<const edge::Request>(std::move(request));
        if (waits_for_turn) {
            worker_.queue()->withdraw_consent(*this, at->first, transfer.subject.consent_identity);
        } else {
            worker_.edge().submit(transfer.request);
        }
    } catch (...) {
        transfers_.erase(at);
        throw;
    }
    return at->first;
}

std::uint64_t Transfers::append(edge::Request&& request, Subject&& subject, Waiter& waiter) {
    auto entry = entry_of(std::move(request), subject, worker_.routes());
    if (entry == nullptr) {
        throw std::bad_alloc();
    }
    const auto at = add(std::move(subject), waiter, TransferState::appending);
    try {
        give_to_queue(at->first, at->second, std::move(entry));
    } catch (...) {
        transfers_.erase(at);
        throw;
    }
    return at->first;
}

void Transfers::end_patience(std::uint64_t id) noexcept {
    if (const auto at = transfers_.find(id); at != transfers_.end()) {
        happen(at, Happening::deadline);
    }
}

void Transfers::detach(std::uint64_t id) noexcept {
    if (const auto at = transfers_.find(id); at != transfers_.end()) {
        at->second.waiter = nullptr;
        happen(at, Happening::client_gone);
    }
}

void Transfers::on_quit() noexcept {
    for (auto& [id, transfer] : transfers_) {
        if (transfer.waiter != nullptr) {
            transfer.waiter->on_quit();
        }
    }
}

void Transfers::let_waiters_go() noexcept {
    for (auto& [id, transfer] : transfers_) {
        transfer.waiter = nullptr;
    }
}

void Transfers::hand_over_to_queue() noexcept {
    ngx::guarded(ngx_cycle->log, "the end of the gateway", nothing, [this] {
        std::vector<std::uint64_t> rest;
        rest.reserve(transfers_.size());
        for (const auto& [id, transfer] : transfers_) {
            rest.push_back(id);
        }
        for (const std::uint64_t id : rest) {
            happen(transfers_.find(id), Happening::worker_ends);
        }
    });
}

// ---- what Edge and the queue say ----

void Transfers::on_response(edge::Response&& response) noexcept {
    const auto at = transfers_.find(response.id);
    if (at == transfers_.end()) {
        return;
    }
    at->second.permit.conclude(response);
    const Happening happening = happening_of(at->second, response);
    ngx::guarded(ngx_cycle->log, "the answer of Edge", nothing,
                 [&] { report(at->second, happening, response); });
    happen(at, happening, &response);
}

Happening Transfers::happening_of(const Transfer& transfer, const edge::Response& response) const noexcept {
    const edge::Disposition disposition = edge::classify(response);
    switch (disposition) {
        case edge::Disposition::delivered:
            return Happening::delivered;
        case edge::Disposition::retry:
        case edge::Disposition::retry_once:
            return Happening::failed;
        case edge::Disposition::repair:
        case edge::Disposition::rejected:
            break;
    }
    const protocol::Action action = transfer.subject.action;
    if (!has_queue()) {
        return Happening::refused;
    }
    if (action == protocol::Action::collect) {
        return Happening::unread;
    }
    // A decision that has not reached Edge says nothing about the next one, which replaces it.
    const bool becomes_dead_letter = disposition == edge::Disposition::repair && can_be_queued(action) &&
                                     action != protocol::Action::set_consent;
    return becomes_dead_letter ? Happening::repairable : Happening::refused;
}

/// Counts what Edge has said, and tells operators.
void Transfers::report(const Transfer& transfer, Happening happening, const edge::Response& response) {
    const Subject& subject = transfer.subject;
    if (happening == Happening::delivered) {
        zone_.counters().add(shared::Counter::delivered);
    } else if (happening != Happening::failed) {
        zone_.counters().add(shared::Counter::refused_by_edge);
        delivery::report_refusal(zone_, protocol::name_of(subject.action), subject.datastream_id,
                                 worker_.routes().is_configured(subject.datastream_id), response);
    } else if (transfer.state == TransferState::in_flight) {
        report_trouble(subject, edge::description(response));
    }
}

void Transfers::on_appended(std::uint64_t id, std::optional<queue::EntryId> entry) noexcept {
    const auto at = transfers_.find(id);
    if (at == transfers_.end()) {
        return;
    }
    Transfer& transfer = at->second;
    if (entry) {
        transfer.entry = *entry;
        if (transfer.state != TransferState::appending_refused) {
            zone_.counters().add(shared::Counter::queued);
        }
    }
    happen(at, entry ? Happening::queued : Happening::not_queued);
    worker_.end_grace_when_idle();
}

void Transfers::on_consent_turn(std::uint64_t id, queue::ConsentStore::Withdrawal result) noexcept {
    const bool is_taken = result == queue::ConsentStore::Withdrawal::in_flight;
    if (const auto at = transfers_.find(id); at != transfers_.end()) {
        happen(at, is_taken ? Happening::turn_taken : Happening::turn_free);
    }
}

// ---- what follows ----

void Transfers::happen(Map::iterator at, Happening happening, edge::Response* response) noexcept {
    if (at == transfers_.end()) {
        return;
    }
    Transfer& transfer = at->second;
    const Step step = next_step(transfer.state, happening);
    ngx_log_debug7(
        NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0, "aep gateway: transfer %uL: %*s, from \"%*s\" to \"%*s\"",
        at->first, to_string(happening).size(), to_string(happening).data(), to_string(transfer.state).size(),
        to_string(transfer.state).data(), to_string(step.next).size(), to_string(step.next).data());
    transfer.state = step.next;
    count(transfer, happening, step, response);
    perform(at, step, response);
}

/// What a page is told, its request counts. Here is what nobody waits for, or not any more.
void Transfers::count(const Transfer& transfer, Happening happening, const Step& step,
                      const edge::Response* response) noexcept {
    if (transfer.subject.tally == nullptr ||
        (transfer.waiter != nullptr && step.answer != Step::Answer::none)) {
        return;
    }
    shared::Tally& tally = *transfer.subject.tally;
    const int status = response == nullptr ? 0 : response->status;
    const auto duration = response == nullptr
                              ? std::chrono::milliseconds(0)
                              : std::chrono::round<std::chrono::milliseconds>(response->elapsed);
    if (happening == Happening::delivered && !tally.is_open()) {
        tally.deliver_later(status, duration);
    } else if (step.answer == Step::Answer::edge) {
        tally.conclude(
            happening == Happening::delivered ? shared::Outcome::delivered : shared::Outcome::rejected,
            status, duration);
    } else if (step.answer == Step::Answer::local) {
        tally.conclude(
            can_be_queued(transfer.subject.action) ? shared::Outcome::queued : shared::Outcome::local, status,
            duration);
    } else if (step.next == TransferState::over) {
        tally.conclude(shared::Outcome::lost, status, duration);
    }
}

/// `response`: of Edge, where the step follows from one.
void Transfers::perform(Map::iterator at, const Step& step, edge::Response* response) noexcept {
    const std::uint64_t id = at->first;
    Transfer& transfer = at->second;
    change_window(transfer.subject, step.repeat);
    if (step.gives_back) {
        transfer.permit = {};
    }
    if (response != nullptr && (step.notes_settlement || step.settles)) {
        note_settlement(transfer, *response);
    }
    if (step.settles) {
        settle(transfer);
    }
    Waiter* const waiter =
        step.answer == Step::Answer::none ? nullptr : std::exchange(transfer.waiter, nullptr);
    std::optional<Happening> next;
    if (step.sends && !start(transfer)) {
        next = Happening::failed;
    } else if (step.appends) {
        next = ask_queue(id, transfer);
    }
    if (next) {
        happen(at, *next);
    } else if (step.next == TransferState::over) {
        if (step.answer == Step::Answer::unavailable && waiter == nullptr) {
            zone_.counters().add(shared::Counter::lost);  // a waiter counts what it refuses
        }
        transfers_.erase(at);
    }
    // Last: what waits may end this request and begin others.
    if (waiter != nullptr && response != nullptr && step.answer == Step::Answer::edge) {
        waiter->on_edge_answer(std::move(*response));
    } else if (waiter != nullptr) {
        waiter->on_local_answer(step.answer == Step::Answer::local);
    }
}

/// False without memory.
bool Transfers::start(Transfer& transfer) noexcept {
    return ngx::guarded(
        ngx_cycle->log, "a set-consent", [] { return false; },
        [&] {
            worker_.edge().submit(transfer.request);
            return true;
        });
}

/// What happens at once, where the queue is not asked.
std::optional<Happening> Transfers::ask_queue(std::uint64_t id, Transfer& transfer) noexcept {
    if (transfer.turn.is_overtaken()) {
        return Happening::nothing_to_queue;  // it would undo the visitor's newer decision
    }
    if (worker_.queue() == nullptr) {
        return Happening::not_queued;
    }
    if (!can_be_queued(transfer.subject.action)) {
        return Happening::nothing_to_queue;
    }
    return ngx::guarded(
        ngx_cycle->log, "giving a request to the queue", [] { return std::optional(Happening::not_queued); },
        [&]() -> std::optional<Happening> {
            auto entry = entry_of(*transfer.request, transfer.subject, worker_.routes());
            if (entry == nullptr) {
                return Happening::not_queued;
            }
            if (transfer.settlement) {
                entry->attempts = transfer.settlement->attempts;
                entry->due = transfer.settlement->due;
            }
            give_to_queue(id, transfer, std::move(entry));
            return std::nullopt;
        });
}

void Transfers::give_to_queue(std::uint64_t id, const Transfer& transfer,
                              std::shared_ptr<queue::Entry> entry) {
    const bool claimed = is_claimed(transfer.state);
    delivery::QueueClient& queue = *worker_.queue();
    if (transfer.subject.action == protocol::Action::set_consent) {
        queue.append_consent(*this, id, transfer.subject.consent_identity, transfer.turn, std::move(entry),
                             claimed);
    } else {
        queue.append(*this, id, std::move(entry), claimed);
    }
}

/// What the first attempt, the live one, makes of the entry.
void Transfers::note_settlement(Transfer& transfer, const edge::Response& response) noexcept {
    ngx::guarded(ngx_cycle->log, "the answer of Edge", nothing, [&] {
        delivery::Delivery first;
        first.is_configured = worker_.routes().is_configured(transfer.subject.datastream_id);
        first.retry_after = delivery::wait_asked_for(response);
        transfer.settlement =
            delivery::settlement_of(first, response, worker_.now(), static_cast<std::uint32_t>(ngx_random()));
    });
}

void Transfers::settle(Transfer& transfer) noexcept {
    if (!transfer.settlement || worker_.queue() == nullptr) {
        return;
    }
    delivery::count_refusal(zone_, transfer.subject.datastream_id, *transfer.settlement);
    transfer.settlement->id = transfer.entry;
    ngx::guarded(ngx_cycle->log, "the queue", nothing,
                 [&] { worker_.queue()->engine().settle(std::move(*transfer.settlement)); });
}

void Transfers::change_window(const Subject& subject, Step::Repeat repeat) noexcept {
    if (subject.window_key == 0 || repeat == Step::Repeat::unchanged) {
        return;
    }
    const auto now = static_cast<std::uint32_t>(ngx_current_msec / 1000);
    zone_.locked([&](shared::SharedState& shared) {
        if (repeat == Step::Repeat::answered) {
            shared.window.confirm(subject.window_key, now);
        } else {
            shared.window.forget(subject.window_key);
        }
    });
}

/// Edge is away, or says so: an operator wants to know why, and that nothing is lost by it.
void Transfers::report_trouble(const Subject& subject, std::string_view why) {
    ngx_uint_t suppressed = 0;
    if (!trouble_limits_.of(subject.datastream_id).due(suppressed)) {
        return;
    }
    const bool is_queued = has_queue() && can_be_queued(subject.action);
    const ngx_str_t reason = ngx::unowned(why);
    const ngx_str_t action = ngx::unowned(protocol::name_of(subject.action));
    const ngx_str_t datastream = ngx::unowned(subject.datastream_id);
    const ngx_str_t fate = ngx::unowned(is_queued     ? "it is kept for later"
                                        : has_queue() ? "it is answered here"
                                                      : "it is refused");
    ngx_log_error(
        NGX_LOG_WARN, ngx_cycle->log, 0,
        "aep: Edge does not take a request (%V) for datastream \"%V\": %V; %V (%ui more not logged)", &action,
        &datastream, &reason, &fate, suppressed);
}

}  // namespace aep::gateway
