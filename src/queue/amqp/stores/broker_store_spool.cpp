// What BrokerStore does to bring into the broker what the spool has.

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "broker_store.hpp"

namespace aep::queue::amqp::stores {

/// Gives what the spool has to the broker, for a part of a second at most.
void BrokerStore::forward() {
    constexpr std::int64_t kLongest = 200;
    constexpr Time kWheneverDue = std::numeric_limits<Time>::max();
    if (!spool_ || left_) {
        return;
    }
    const std::int64_t until = monotonic_now() + kLongest;
    for (const std::string& lane : spool_->lanes()) {
        while (uses_broker(lane)) {
            std::vector<Claim> claims =
                spool_->claim(lane, kWheneverDue, kMostForwarded, kMostForwardedBytes);
            if (claims.empty()) {
                break;
            }
            if (!forward(claims) || monotonic_now() > until) {
                return;
            }
        }
    }
}

bool BrokerStore::forward(std::span<Claim> claims) {
    std::vector<Message> messages;
    messages.reserve(claims.size());
    for (const Claim& claim : claims) {
        const Number number = ++last_;
        messages.push_back(message_for({number, claim.entry, false}));
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    bool all = true;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        all = all && fates[i] == Fate::confirmed;
        if (fates[i] == Fate::confirmed) {
            has_forwarded(claims[i].id);
        } else if (fates[i] == Fate::unknown) {
            unconfirmed_.insert_or_assign(messages[i].id, Unconfirmed{claims[i].id, seconds_});
        } else {
            spool_->release(claims[i].id);
        }
    }
    sync_spool(false);
    return all && spool_settlements_.empty();
}

/// The broker has what the spool has.
void BrokerStore::has_forwarded(EntryId spooled) {
    Settlement settlement;
    settlement.id = spooled;
    spool_settlements_.push_back(settlement);
    ++forwarded_;
}

/// Whether the spool had it, just in case.
bool BrokerStore::confirm_late(const std::string& id) {
    const auto found = unconfirmed_.extract(id);
    if (found) {
        has_forwarded(found.mapped().spooled);
    }
    return !found.empty();
}

/// What is in the spool because the broker had said nothing: it has said something by now, or will not any more.
void BrokerStore::look_at_unconfirmed() {
    bool is_any = false;
    for (const std::string& id : broker().take_late_confirms()) {
        is_any = confirm_late(id) || is_any;
    }
    for (auto unconfirmed = unconfirmed_.begin(); unconfirmed != unconfirmed_.end();) {
        const auto current = unconfirmed++;
        if (left_ || seconds_ - current->second.since > kPatienceWithConfirms) {
            finished_.add(current->first);
            spool_->release(current->second.spooled);
            unconfirmed_.erase(current);
        }
    }
    if (is_any) {
        sync_spool(false);
    }
}

}  // namespace aep::queue::amqp::stores
