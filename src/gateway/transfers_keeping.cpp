// What the queue keeps of live requests, and what comes of it.

#include "ngx/ngx.hpp"

#include "gateway/transfers.hpp"

#include <new>

#include "delivery/refusals.hpp"
#include "edge/retry_policy.hpp"
#include "ngx/guard.hpp"

namespace aep::gateway {

std::uint64_t Transfers::keep(edge::Request&& request, Subject&& subject, Waiter& waiter) {
    auto entry = entry_of(std::move(request), subject);
    if (entry == nullptr) {
        throw std::bad_alloc();
    }
    const auto at = add(std::move(subject), waiter);
    try {
        give_to_queue(at->first, at->second, std::move(entry));
    } catch (...) {
        transfers_.erase(at);
        throw;
    }
    return at->first;
}

/// False when there is nothing to keep, or nowhere.
bool Transfers::ask_to_keep(std::uint64_t id, Transfer& transfer, std::uint32_t attempts, queue::Time due) {
    if (keeper_ == nullptr) {
        return false;
    }
    auto entry = entry_of(*transfer.request, transfer.subject);
    if (entry == nullptr) {
        return false;
    }
    entry->attempts = attempts;
    entry->due = due;
    give_to_queue(id, transfer, std::move(entry));
    return true;
}

void Transfers::give_to_queue(std::uint64_t id, Transfer& transfer, std::shared_ptr<queue::Entry> entry) {
    const bool is_consent = transfer.subject.action == protocol::Action::set_consent;
    const std::uint64_t ticket = is_consent
                                     ? keeper_->keep_consent(transfer.subject.consent_identity, transfer.turn,
                                                             std::move(entry), transfer.is_running)
                                     : keeper_->keep(std::move(entry), transfer.is_running);
    tickets_.emplace(ticket, id);
    transfer.keeping = Keeping::asked;
}

void Transfers::keep_or_refuse(std::uint64_t id, std::uint32_t attempts, queue::Time due) noexcept {
    const auto at = transfers_.find(id);
    if (at == transfers_.end()) {
        return;
    }
    Transfer& transfer = at->second;
    const bool overtaken = transfer.turn.is_overtaken();
    const bool asked = !overtaken && ngx::guarded(
                                         ngx_cycle->log, "keeping a request", [] { return false; },
                                         [&] { return ask_to_keep(id, transfer, attempts, due); });
    if (asked) {
        return;
    }
    Waiter* waiter = std::exchange(transfer.waiter, nullptr);
    // An acquire is answered by an identity of ours, and there is nothing to keep; without a queue it is not. An
    // older decision of a visitor is over: kept, it would undo the newer one.
    const bool is_answered = overtaken || (keeper_ != nullptr && !can_be_kept(transfer.subject.action));
    if (!transfer.is_running) {
        if (!is_answered) {
            forget(transfer.subject);
            if (waiter == nullptr) {
                zone_.counters().add(shared::Counter::lost);
            }
        }
        transfers_.erase(at);
    }
    if (waiter != nullptr) {
        waiter->on_kept(is_answered);
    }
}

void Transfers::keep_running(std::uint64_t id) noexcept {
    const auto at = transfers_.find(id);
    if (at == transfers_.end() || at->second.keeping != Keeping::none) {
        return;
    }
    if (std::exchange(at->second.waits_for_turn, false)) {
        keep_unsent(at);  // the queue has the newest of this identity now, whatever it finds
    } else {
        keep_or_refuse(id, 0, 0);
    }
}

/// A transfer that was to begin, and does not.
void Transfers::keep_unsent(Map::iterator at) noexcept {
    Transfer& transfer = at->second;
    transfer.is_running = false;
    deliveries_.give_back(*transfer.request->endpoint, transfer.permit);
    keep_or_refuse(at->first, 0, 0);
}

/// The entry is the queue's or will be; the page has its local answer, or will have it where Edge does not say yes.
void Transfers::conclude_kept(Map::iterator at, edge::Response&& response) {
    Transfer& transfer = at->second;
    Waiter* waiter = nullptr;
    const edge::Outcome outcome = edge::classify(response);
    if (outcome == edge::Outcome::delivered) {
        zone_.counters().add(shared::Counter::delivered);
        note_safe(transfer.subject);
        waiter = std::exchange(transfer.waiter, nullptr);  // who has not to wait for the disk any more
    } else if (outcome == edge::Outcome::repair || outcome == edge::Outcome::rejected) {
        zone_.counters().add(shared::Counter::refused_by_edge);
        delivery::report_refusal(zone_, name_of(transfer.subject.action), transfer.subject.datastream_id,
                                 response);
    }
    queue::Settlement settlement = settlement_of_first(response);
    if (settlement.result == queue::Settlement::Result::dead) {
        zone_.counters().add(shared::Counter::dead_letters);
    }
    if (transfer.keeping == Keeping::asked) {
        transfer.settlement = std::move(settlement);
    } else {
        settlement.id = transfer.entry;
        keeper_->engine().settle(std::move(settlement));
        transfers_.erase(at);
    }
    if (waiter != nullptr) {
        waiter->on_response(std::move(response));
    }
}

void Transfers::on_kept(std::uint64_t ticket, std::optional<queue::EntryId> entry) noexcept {
    const auto named = tickets_.find(ticket);
    if (named == tickets_.end()) {
        return;
    }
    const auto at = transfers_.find(named->second);
    tickets_.erase(named);
    if (at == transfers_.end()) {
        return;
    }
    Transfer& transfer = at->second;
    Waiter* waiter = std::exchange(transfer.waiter, nullptr);
    const bool kept = entry.has_value();
    if (kept) {
        zone_.counters().add(shared::Counter::queued);
        note_safe(transfer.subject);
        transfer.keeping = Keeping::kept;
        transfer.entry = *entry;
    } else {
        const bool was_delivered =
            transfer.settlement && transfer.settlement->result == queue::Settlement::Result::delivered;
        if (!was_delivered) {
            forget(transfer.subject);
        }
        if (waiter == nullptr && !transfer.is_running && !was_delivered) {
            zone_.counters().add(shared::Counter::lost);  // a waiter counts what it refuses
        }
    }
    if (kept && transfer.settlement) {
        transfer.settlement->id = *entry;
        ngx::guarded(
            ngx_cycle->log, "the queue", [] {},
            [&] { keeper_->engine().settle(std::move(*transfer.settlement)); });
    }
    if (!transfer.is_running) {
        transfers_.erase(at);
    } else if (!kept) {
        transfer.keeping = Keeping::none;
    }
    if (waiter != nullptr) {
        waiter->on_kept(kept);
    }
    end_grace_when_idle();
}

void Transfers::on_consent_turn(std::uint64_t ticket, queue::ConsentStore::Withdrawal result) noexcept {
    const auto named = tickets_.find(ticket);
    if (named == tickets_.end()) {
        return;
    }
    const std::uint64_t id = named->second;
    tickets_.erase(named);
    const auto at = transfers_.find(id);
    if (at == transfers_.end() || !std::exchange(at->second.waits_for_turn, false)) {
        return;
    }
    if (result == queue::ConsentStore::Withdrawal::in_flight) {
        keep_unsent(at);  // it is sent when the older one has ended
        return;
    }
    const bool runs = ngx::guarded(
        ngx_cycle->log, "a set-consent", [] { return false; },
        [&] {
            run(at->second);
            return true;
        });
    if (!runs) {
        keep_unsent(at);
    }
}

}  // namespace aep::gateway
