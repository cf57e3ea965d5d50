// What BrokerStore does with what the broker delivers.

#include <algorithm>
#include <utility>

#include "broker_store.hpp"
#include "queue/amqp/wire.hpp"

namespace aep::queue::amqp::stores {

/// Looks at what has been delivered.
void BrokerStore::pull() {
    access_.inbox.refresh();
    if (std::exchange(connection_, broker().connection()) != broker().connection()) {
        lose_connection();
    }
    if (access_.inbox.is_empty()) {
        return;
    }
    for (auto& [name, lane] : lanes_) {
        for (const std::string& queue : lane.queues) {
            for (Delivery& delivery : access_.inbox.take(queue)) {
                receive(name, std::move(delivery));
            }
        }
    }
    for (Delivery& delivery : access_.inbox.take(hold_)) {
        receive_held(std::move(delivery));
    }
}

/// What is under way is this process's still, and known by its message's identifier when it comes again. The broker
/// gives the rest to whoever comes first.
void BrokerStore::lose_connection() {
    for (auto& [name, lane] : lanes_) {
        lane.ready.clear();
        lane.failed.clear();
    }
    for (auto owned = owned_.begin(); owned != owned_.end();) {
        const auto current = owned++;
        if (current->second.is_claimed) {
            current->second.tag = {};
            current->second.since = seconds_;
        } else {
            forget(current);
        }
    }
}

/// Once is enough.
bool BrokerStore::is_finished(const Delivery& delivery) {
    if (!finished_.contains(delivery.message.id)) {
        return false;
    }
    broker().acknowledge(delivery.tag);
    return true;
}

void BrokerStore::receive(std::string_view lane, Delivery&& delivery) {
    const auto known = by_id_.find(delivery.message.id);
    if (known != by_id_.end()) {
        receive_known(owned_.find(known->second), delivery);
        return;
    }
    if (!confirm_late(delivery.message.id) && is_finished(delivery)) {
        return;
    }
    std::string id = delivery.message.id;
    std::optional<Entry> entry = entry_of(std::move(delivery.message));
    if (!entry) {
        broker().reject(delivery.tag);
        if (foreign_.happened(monotonic_now())) {
            say(true,
                "a message in the queue " + delivery.queue +
                    " is not an event of this version of the module, so it is among the dead letters now: "
                    "see whether other nodes have a newer version, and what else publishes to that queue");
        }
        return;
    }
    entry->lane = lane;
    const Number number = ++last_;
    if (!id.empty()) {
        by_id_.insert_or_assign(id, number);
    }
    const auto owned = owned_
                           .insert_or_assign(number, Owned{.id = std::move(id),
                                                           .tag = delivery.tag,
                                                           .entry = std::move(*entry),
                                                           .is_claimed = false,
                                                           .is_held = false,
                                                           .end = {},
                                                           .since = seconds_})
                           .first;
    make_available(owned, access_.clock());
}

void BrokerStore::receive_known(Entries::iterator owned, const Delivery& delivery) {
    owned->second.tag = delivery.tag;
    if (owned->second.end) {
        carry_out(owned);
    }
}

void BrokerStore::receive_held(Delivery&& delivery) {
    const auto known = by_id_.find(delivery.message.id);
    if (known == by_id_.end() && is_finished(delivery)) {
        return;
    }
    if (known == by_id_.end()) {
        broker().reject(delivery.tag);  // nobody here knows of it any more: it is its lane's now
        return;
    }
    const auto owned = owned_.find(known->second);
    const Tag tag = delivery.tag;
    if (std::optional<Entry> entry = entry_of(std::move(delivery.message))) {
        entry->lane = owned->second.entry.lane;
        owned->second.entry = std::move(*entry);
    }
    owned->second.tag = tag;
    if (owned->second.end) {
        carry_out(owned);
    }
}

void BrokerStore::make_available(Entries::iterator owned, Time now) {
    LaneState* const lane = find_lane(owned->second.entry.lane);
    if (lane == nullptr || left_) {
        put_back(owned->first);
        forget(owned);
    } else if (owned->second.entry.attempts != 0 || owned->second.entry.due > now) {
        lane->failed.emplace(owned->second.entry.due, owned->first);
    } else {
        lane->ready.push_back(owned->first);
    }
}

void BrokerStore::consume(LaneState& lane) {
    lane.asked = seconds_;
    if (!left_ && !std::exchange(lane.is_consumed, true)) {
        for (const std::string& queue : lane.queues) {
            broker().consume(queue, kPrefetch);
        }
    }
}

/// Whether there was room for it.
bool BrokerStore::give(Number number, std::size_t most_bytes, std::size_t& bytes,
                       std::vector<Claim>& claims) {
    Owned& owned = owned_.at(number);
    const std::size_t size = owned.entry.size();
    if (bytes != 0 && bytes + size > most_bytes) {
        return false;
    }
    bytes += size;
    claims.push_back({{EntryId::Kind::event, kBrokerPart, number}, owned.entry});
    owned.is_claimed = true;
    return true;
}

void BrokerStore::claim_ready(LaneState& lane, std::size_t most, std::size_t most_bytes, Order order,
                              std::vector<Claim>& claims) {
    std::size_t bytes = 0;
    while (!lane.ready.empty() && claims.size() < most) {
        const bool oldest = order == Order::oldest_first;
        if (!give(oldest ? lane.ready.front() : lane.ready.back(), most_bytes, bytes, claims)) {
            return;
        }
        oldest ? lane.ready.pop_front() : lane.ready.pop_back();
    }
}

void BrokerStore::claim_failed(LaneState& lane, Time now, std::size_t most, std::size_t most_bytes,
                               std::vector<Claim>& claims) {
    std::size_t bytes = 0;
    while (!lane.failed.empty() && lane.failed.begin()->first <= now && claims.size() < most) {
        if (!give(lane.failed.begin()->second, most_bytes, bytes, claims)) {
            return;
        }
        lane.failed.erase(lane.failed.begin());
    }
}

std::vector<Claim> BrokerStore::claim(std::string_view lane, Time now, std::size_t most,
                                      std::size_t most_bytes, Order order) {
    std::vector<Claim> claims;
    LaneState* const state = find_lane(lane);
    if (state != nullptr) {
        consume(*state);
    }
    pull();
    if (state != nullptr) {
        claim_ready(*state, most, most_bytes, order, claims);
        if (claims.empty()) {
            claim_failed(*state, now, most, most_bytes, claims);
        }
    }
    if (spool_ && claims.empty()) {
        claims = spool_->claim(lane, now, most, most_bytes, order);
    }
    return claims;
}

void BrokerStore::release(EntryId id) {
    const auto spooled = id.part == kBrokerPart ? spooled_.find(id.number) : spooled_.end();
    if (id.part != kBrokerPart || spooled != spooled_.end()) {
        if (spool_) {
            spool_->release(spooled == spooled_.end() ? id : spooled->second);
        }
        return;
    }
    const auto owned = owned_.find(id.number);
    if (owned == owned_.end() || !owned->second.is_claimed || owned->second.end) {
        return;
    }
    Settlement unchanged;
    unchanged.id = id;
    unchanged.result = Settlement::Result::retry;
    unchanged.attempts = owned->second.entry.attempts;
    end_with(owned, unchanged);
}

std::vector<std::string> BrokerStore::lanes() {
    return lanes_of(access_.topology, spool_ ? spool_->lanes() : std::vector<std::string>{});
}

Time BrokerStore::next_due(std::string_view lane) {
    const Time spooled = spool_ ? spool_->next_due(lane) : 0;
    const LaneState* const state = find_lane(lane);
    if (state == nullptr || state->failed.empty()) {
        return spooled;
    }
    const Time own = std::max<Time>(state->failed.begin()->first, 1);
    return spooled == 0 ? own : std::min(own, spooled);
}

void BrokerStore::put_back(Number number) {
    const auto owned = owned_.find(number);
    const Tag tag = owned->second.tag;
    if (tag.connection != 0) {
        owned->second.is_held ? broker().reject(tag) : broker().give_back(tag);
    }
}

/// To the end of its lane, so that the broker knows how often it has failed; or back to where it came from.
void BrokerStore::send_back(std::span<const Number> numbers) {
    std::vector<Message> messages;
    messages.reserve(numbers.size());
    for (const Number number : numbers) {
        const Owned& owned = owned_.at(number);
        messages.push_back(message_for_lane(owned.entry, owned.id, number % access_.topology.shards()));
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto owned = owned_.find(numbers[i]);
        if (fates[i] == Fate::confirmed) {
            broker().acknowledge(owned->second.tag);
        } else {
            put_back(numbers[i]);
        }
        forget(owned);
    }
}

/// Leaves a lane to others.
void BrokerStore::stop(LaneState& lane) {
    if (std::exchange(lane.is_consumed, false)) {
        for (const std::string& queue : lane.queues) {
            broker().cancel(queue);
        }
    }
    for (const Number number : std::exchange(lane.ready, {})) {
        put_back(number);
        forget(owned_.find(number));
    }
    std::vector<Number> failed;
    for (const auto& [due, number] : std::exchange(lane.failed, {})) {
        failed.push_back(number);
    }
    send_back(failed);
}

void BrokerStore::send_back_surplus(LaneState& lane) {
    std::vector<Number> surplus;
    while (lane.failed.size() > kMostFailed) {
        const auto last = std::prev(lane.failed.end());
        surplus.push_back(last->second);
        lane.failed.erase(last);
    }
    send_back(surplus);
}

/// What the broker has not delivered in all that time has gone another way.
void BrokerStore::forget_the_lost() {
    for (auto owned = owned_.begin(); owned != owned_.end();) {
        const auto current = owned++;
        if (current->second.tag.connection == 0 && seconds_ - current->second.since > kForgottenAfter) {
            forget(current);
        }
    }
}

void BrokerStore::tend() {
    ++seconds_;
    look_at_unconfirmed();
    if (spool_) {
        spool_->tend();
    }
    pull();
    for (auto& [name, lane] : lanes_) {
        if (!left_ && lane.is_consumed && seconds_ - lane.asked > kPatience) {
            stop(lane);
        }
        send_back_surplus(lane);
    }
    bury();
    forget_the_lost();
    forward();
}

void BrokerStore::leave() {
    left_ = true;
    look_at_unconfirmed();
    pull();
    for (auto& [name, lane] : lanes_) {
        stop(lane);
    }
    if (spool_) {
        spool_->leave();
    }
}

}  // namespace aep::queue::amqp::stores
