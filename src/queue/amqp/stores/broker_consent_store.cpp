#include "broker_consent_store.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "queue/amqp/wire.hpp"

namespace aep::queue::amqp::stores {

BrokerConsentStore::BrokerConsentStore(Access access, std::unique_ptr<ConsentStore> spool)
    : access_(std::move(access)), spool_(std::move(spool)) {
    for (std::string& name : access_.topology.consent_queues()) {
        queues_.emplace_back(access_, std::move(name)).consume();
    }
}

BrokerConsentStore::~BrokerConsentStore() {
    try {
        for (OrderedQueue& queue : queues_) {
            queue.stop();
        }
    } catch (const std::exception&) {
        // No memory: what is not given back comes again when the connection ends.
    }
}

Message BrokerConsentStore::message_for(std::string_view identity, const Entry& entry) {
    Message message = message_of(entry);
    message.id = access_.worker + "-c" + std::to_string(++last_);
    message.key = access_.topology.consent_queue(identity);
    message.headers.emplace_back("aep-identity", identity);
    return message;
}

std::optional<EntryId> BrokerConsentStore::append(std::string_view identity, const ConsentOrder::Turn& turn,
                                                  const Entry& entry, Time sent) {
    if (turn.is_overtaken()) {
        return EntryId{};
    }
    // Behind what the spool has of this node.
    if (access_.publisher.is_ready() && access_.topology.has_lane(entry.lane) && unpublished_.empty()) {
        const Message message = message_for(identity, entry);
        if (access_.publisher.publish(message)) {
            return EntryId{EntryId::Kind::consent, kBrokerPart, ++last_};
        }
    }
    std::optional<EntryId> id = spool_ ? spool_->append(identity, turn, entry, sent) : std::nullopt;
    if (id && *id != EntryId{}) {
        if (unpublished_.size() == kMostUnpublished) {
            unpublished_.pop_front();
        }
        unpublished_.push_back({std::string(identity), entry});
    }
    return id;
}

ConsentStore::Withdrawal BrokerConsentStore::withdraw(std::string_view /*identity*/, Time /*now*/) {
    // Where nobody can keep it, it is sent at once.
    return spool_ || access_.publisher.is_ready() ? Withdrawal::in_flight : Withdrawal::absent;
}

/// Of an identity only the last is needed, unless that is older than a decision that has been sent. It rests as long as an
/// older one would. Several nodes' spools may have given theirs in any order.
void BrokerConsentStore::skip_superseded(OrderedQueue& queue) {
    std::map<std::string_view, OrderedQueue::Waiting*> last;
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        if (!waiting.is_claimed && !waiting.identity.empty() && !is_older_than_known(waiting)) {
            OrderedQueue::Waiting*& newest = last[waiting.identity];
            if (newest == nullptr || !waiting.is_late || waiting.entry.received >= newest->entry.received) {
                newest = &waiting;
            }
        }
    }
    const auto is_needed = [&](const OrderedQueue::Waiting& waiting) {
        const auto found = last.find(waiting.identity);
        return waiting.is_claimed || waiting.identity.empty() ||
               (found != last.end() && found->second == &waiting);
    };
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        if (const auto found = last.find(waiting.identity); found != last.end()) {
            found->second->rests_until = std::max(found->second->rests_until, waiting.rests_until);
        }
        waiting.is_needed = is_needed(waiting);
    }
    std::erase_if(queue.waiting(), [&](const OrderedQueue::Waiting& waiting) {
        if (!waiting.is_needed) {
            queue.skip(waiting);
        }
        return !waiting.is_needed;
    });
}

/// The order in the queue is the order of decisions, but for those that the spool had first. Their time is by the clock
/// of their node.
bool BrokerConsentStore::is_older_than_known(const OrderedQueue::Waiting& waiting) const {
    const auto newest = newest_.find(waiting.identity);
    return waiting.is_late && newest != newest_.end() && waiting.entry.received < newest->second;
}

void BrokerConsentStore::remember(const std::string& identity, Time received) {
    const auto known = newest_.find(identity);
    if (known != newest_.end()) {
        known->second = std::max(known->second, received);
        return;
    }
    if (remembered_.size() == kRemembered) {
        newest_.erase(remembered_.front());
        remembered_.pop_front();
    }
    remembered_.push_back(identity);
    newest_.emplace(identity, received);
}

void BrokerConsentStore::look(Time now) {
    for (OrderedQueue& queue : queues_) {
        const std::uint64_t before = last_;
        queue.pull(last_);
        // A transfer of a process that has died may be under way still.
        for (OrderedQueue::Waiting& waiting : queue.waiting()) {
            if (waiting.number > before && waiting.is_redelivered) {
                waiting.rests_until = now + kClaimTime;
            }
        }
        queue.end_all();
        skip_superseded(queue);
    }
}

/// One of an identity at a time, and not before those that came before it.
void BrokerConsentStore::claim(OrderedQueue& queue, std::string_view lane, Time now, std::size_t most,
                               std::uint32_t most_attempts, std::vector<Claim>& claims) {
    std::set<std::string_view> under_way;
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        const bool is_free = under_way.insert(waiting.identity).second || waiting.identity.empty();
        if (!is_free || waiting.is_claimed || claims.size() == most || waiting.entry.lane != lane ||
            waiting.entry.due > now || waiting.rests_until > now || waiting.entry.attempts > most_attempts) {
            continue;
        }
        waiting.is_claimed = true;
        remember(waiting.identity, waiting.entry.received);
        claims.push_back({{EntryId::Kind::consent, kBrokerPart, waiting.number}, waiting.entry});
    }
}

std::vector<Claim> BrokerConsentStore::claim(std::string_view lane, Time now, std::size_t most,
                                             std::uint32_t most_attempts) {
    if (left_) {
        return {};
    }
    forward(now);
    look(now);
    std::vector<Claim> claims;
    for (OrderedQueue& queue : queues_) {
        claim(queue, lane, now, most, most_attempts, claims);
    }
    if (claims.empty() && spool_) {
        claims = spool_->claim(lane, now, most, most_attempts);
    }
    return claims;
}

bool BrokerConsentStore::settle(const Settlement& settlement) {
    if (settlement.id.part != kBrokerPart) {
        return !spool_ || spool_->settle(settlement);
    }
    for (OrderedQueue& queue : queues_) {
        if (queue.settle(settlement)) {
            break;
        }
    }
    return true;
}

/// The broker gets the decisions that it has missed; the spool need not deliver them then.
void BrokerConsentStore::forward(Time now) {
    while (!unpublished_.empty() && access_.publisher.is_ready()) {
        const Decision& decision = unpublished_.front();
        Message message = message_for(decision.identity, decision.entry);
        message.headers.emplace_back("aep-late", "1");
        if (!access_.publisher.publish(message)) {
            return;
        }
        spool_->withdraw(decision.identity, now);
        unpublished_.pop_front();
    }
}

std::vector<std::string> BrokerConsentStore::lanes() {
    return lanes_of(access_.topology, spool_ ? spool_->lanes() : std::vector<std::string>{});
}

void BrokerConsentStore::leave() {
    left_ = true;
    for (OrderedQueue& queue : queues_) {
        queue.stop();
    }
    if (spool_) {
        spool_->leave();
    }
}

std::vector<LogLine> BrokerConsentStore::messages() {
    return spool_ ? spool_->messages() : std::vector<LogLine>{};
}

}  // namespace aep::queue::amqp::stores
