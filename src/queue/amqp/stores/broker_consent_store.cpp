#include "broker_consent_store.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "queue/amqp/wire.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::amqp::stores {

BrokerConsentStore::BrokerConsentStore(Access access, std::unique_ptr<ConsentSpool> spool)
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

Message BrokerConsentStore::late_message_for(std::string_view identity, const Entry& entry) {
    Message message = message_for(identity, entry);
    message.headers.emplace_back("aep-late", "1");
    return message;
}

std::optional<EntryId> BrokerConsentStore::append(std::string_view identity, const ConsentOrder::Turn& turn,
                                                  const Entry& entry, Time sent) {
    if (turn.is_overtaken()) {
        return EntryId{};
    }
    if (access_.publisher.is_ready() && access_.topology.has_lane(entry.lane) &&
        !(spool_ && spool_->has(identity))) {
        const Message message = message_for(identity, entry);
        if (access_.publisher.publish(message)) {
            return EntryId{EntryId::Kind::consent, kBrokerPart, ++last_};
        }
    }
    forward_at_[entry.lane] = 0;
    return spool_ ? spool_->append(identity, turn, entry, sent) : std::nullopt;
}

ConsentStore::Withdrawal BrokerConsentStore::withdraw(std::string_view /*identity*/, Time /*now*/) {
    // Where nobody can keep it, it is sent at once.
    return spool_ || access_.publisher.is_ready() ? Withdrawal::in_flight : Withdrawal::absent;
}

/// Of an identity only the last is needed. It rests as long as an older one would. Several nodes' spools may have given
/// theirs in any order.
void BrokerConsentStore::skip_superseded(OrderedQueue& queue) {
    std::map<std::string_view, OrderedQueue::Waiting*> last;
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        if (!waiting.is_claimed && !waiting.is_overtaken && !waiting.identity.empty()) {
            OrderedQueue::Waiting*& newest = last[waiting.identity];
            if (newest == nullptr || !waiting.is_late || waiting.entry.received >= newest->entry.received) {
                newest = &waiting;
            }
        }
    }
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        const auto found = last.find(waiting.identity);
        if (found != last.end()) {
            found->second->rests_until = std::max(found->second->rests_until, waiting.rests_until);
        }
        const bool says_all = found == last.end() || found->second == &waiting;
        waiting.is_needed = waiting.is_claimed || waiting.identity.empty() || says_all;
    }
    std::erase_if(queue.waiting(), [&](const OrderedQueue::Waiting& waiting) {
        const bool is_over = !waiting.is_needed || (waiting.is_overtaken && say_again(waiting));
        if (is_over) {
            queue.skip(waiting);
        }
        return is_over;
    });
}

/// The order in the queue is the order of decisions, but for those that a spool had first. Where these are older than
/// another one, their node may have sent them after that. Their time is by the clock of their node.
void BrokerConsentStore::hear(OrderedQueue::Waiting& waiting, Time now) {
    // A transfer of a process that has died may be under way still.
    if (waiting.is_redelivered) {
        waiting.rests_until = now + kClaimTime;
    }
    if (waiting.identity.empty()) {
        return;
    }
    if (std::optional<Entry> newer = last_words_.hear(waiting.identity, waiting.entry, waiting.is_late)) {
        waiting.entry = std::move(*newer);
        waiting.is_overtaken = true;
    }
}

/// By way of the broker, so that it is not lost with this process. Whether it is there.
bool BrokerConsentStore::say_again(const OrderedQueue::Waiting& overtaken) {
    return access_.publisher.publish(late_message_for(overtaken.identity, overtaken.entry));
}

void BrokerConsentStore::look(Time now) {
    for (OrderedQueue& queue : queues_) {
        const std::uint64_t before = last_;
        queue.pull(last_);
        for (OrderedQueue::Waiting& waiting : queue.waiting()) {
            if (waiting.number > before) {
                hear(waiting, now);
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
        if (!is_free || waiting.is_claimed || waiting.is_overtaken || claims.size() == most ||
            waiting.entry.lane != lane || waiting.entry.due > now || waiting.rests_until > now ||
            waiting.entry.attempts > most_attempts) {
            continue;
        }
        waiting.is_claimed = true;
        claims.push_back({{EntryId::Kind::consent, kBrokerPart, waiting.number}, waiting.entry});
    }
}

std::vector<Claim> BrokerConsentStore::claim(std::string_view lane, Time now, std::size_t most,
                                             std::uint32_t most_attempts) {
    if (left_) {
        return {};
    }
    forward(lane, now);
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
void BrokerConsentStore::forward(std::string_view lane, Time now) {
    constexpr Time kPause = 1000;
    constexpr std::int64_t kLongest = 200;  // ms: the thread has more to do
    constexpr std::size_t kMost = 64;
    Time& next = forward_at_[std::string(lane)];
    const bool is_asked_lately = now < next && next <= now + kPause;
    if (!spool_ || is_asked_lately || !access_.publisher.is_ready() || !access_.topology.has_lane(lane)) {
        return;
    }
    const std::int64_t until = monotonic_now() + kLongest;
    bool is_done = false;
    do {
        const std::vector<UnpublishedConsent> decisions = spool_->unpublished(lane, now, kMost);
        is_done = decisions.empty() || !publish(decisions);
    } while (!is_done && monotonic_now() < until);
    next = is_done ? now + kPause : 0;
}

/// Whether the broker has all of them, and the spool knows.
bool BrokerConsentStore::publish(const std::vector<UnpublishedConsent>& decisions) {
    std::vector<Message> messages;
    messages.reserve(decisions.size());
    for (const UnpublishedConsent& decision : decisions) {
        messages.push_back(late_message_for(decision.identity, decision.entry));
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    std::vector<EntryId> confirmed;
    for (std::size_t i = 0; i < decisions.size(); ++i) {
        if (fates[i] == Fate::confirmed) {
            confirmed.push_back(decisions[i].id);
        }
    }
    return spool_->settle_unpublished(confirmed) && confirmed.size() == decisions.size();
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
