#include "broker_order_store.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "queue/amqp/wire.hpp"

namespace aep::queue::amqp::stores {

BrokerOrderStore::BrokerOrderStore(Access access, std::unique_ptr<OrderStore> spool)
    : access_(std::move(access)), spool_(std::move(spool)) {
    for (const std::string& lane : access_.topology.lanes()) {
        lanes_.try_emplace(lane, access_, access_.topology.order_queue(lane));
    }
}

BrokerOrderStore::~BrokerOrderStore() {
    try {
        for (auto& [name, lane] : lanes_) {
            lane.queue.stop();
        }
    } catch (const std::exception&) {
        // No memory: what is not given back comes again when the connection ends.
    }
}

/// Not as long as older ones wait in the spool.
bool BrokerOrderStore::uses_broker(std::span<const Entry* const> entries) {
    return access_.publisher.is_ready() &&
           std::ranges::all_of(entries,
                               [&](const Entry* entry) { return access_.topology.has_lane(entry->lane); }) &&
           (!spool_ || spool_->lanes().empty());
}

Message BrokerOrderStore::message_for(const Entry& entry) {
    Message message = message_of(entry);
    message.id = access_.worker + "-o" + std::to_string(++last_);
    message.key = access_.topology.order_queue(entry.lane);
    return message;
}

/// What follows one that the broker has not confirmed goes with it into the spool, confirmed or not: it may come twice
/// then, but not before it.
std::vector<EntryId> BrokerOrderStore::append(std::span<const Entry* const> entries) {
    std::size_t safe = 0;
    std::vector<EntryId> ids;
    if (uses_broker(entries)) {
        std::vector<Message> messages;
        for (const Entry* entry : entries) {
            messages.push_back(message_for(*entry));
        }
        const std::vector<Fate> fates = access_.publisher.publish(messages);
        safe = static_cast<std::size_t>(
            std::ranges::find_if(fates, [](Fate fate) { return fate != Fate::confirmed; }) - fates.begin());
        for (std::size_t i = 0; i < safe; ++i) {
            ids.push_back({EntryId::Kind::order, kBrokerPart, ++last_});
        }
    }
    if (safe < entries.size()) {
        const std::vector<EntryId> spooled =
            spool_ ? spool_->append(entries.subspan(safe)) : std::vector<EntryId>{};
        if (spooled.empty()) {
            return {};
        }
        ids.insert(ids.end(), spooled.begin(), spooled.end());
    }
    return ids;
}

std::vector<Claim> BrokerOrderStore::first(std::string_view lane, Time now, std::size_t most,
                                           std::size_t most_bytes) {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end() || left_) {
        return first_of_spool(lane, now, most, most_bytes);
    }
    auto& [queue, asked] = found->second;
    asked = seconds_;
    queue.consume();
    queue.pull(last_);
    std::vector<Claim> claims;
    std::size_t bytes = 0;
    for (OrderedQueue::Waiting& waiting : queue.waiting()) {
        const bool fits = claims.empty() || (bytes + waiting.entry.body.size() <= most_bytes &&
                                             waiting.entry.website == claims.front().entry.website);
        if (waiting.end || waiting.entry.due > now || claims.size() == most || !fits) {
            break;
        }
        waiting.is_claimed = true;
        waiting.entry.lane = lane;
        bytes += waiting.entry.body.size();
        claims.push_back({{EntryId::Kind::order, kBrokerPart, waiting.number}, waiting.entry});
    }
    return claims.empty() && queue.waiting().empty() ? first_of_spool(lane, now, most, most_bytes) : claims;
}

std::vector<Claim> BrokerOrderStore::first_of_spool(std::string_view lane, Time now, std::size_t most,
                                                    std::size_t most_bytes) {
    std::vector<Claim> claims = spool_ ? spool_->first(lane, now, most, most_bytes) : std::vector<Claim>{};
    for (const Claim& claim : claims) {
        given_.insert_or_assign(claim.id, seconds_);
    }
    return claims;
}

bool BrokerOrderStore::settle(std::span<const Settlement> settlements) {
    std::vector<Settlement> spooled;
    for (const Settlement& settlement : settlements) {
        if (settlement.id.part != kBrokerPart) {
            spooled.push_back(settlement);
            continue;
        }
        for (auto& [name, lane] : lanes_) {
            if (lane.queue.settle(settlement)) {
                break;
            }
        }
    }
    if (spooled.empty()) {
        return true;
    }
    if (!spool_ || !spool_->settle(spooled)) {
        return false;
    }
    for (const Settlement& settlement : spooled) {
        given_.erase(settlement.id);
    }
    return true;
}

std::size_t BrokerOrderStore::discard_dead_letters(std::size_t bytes) {
    return spool_ ? spool_->discard_dead_letters(bytes) : 0;
}

std::vector<std::string> BrokerOrderStore::lanes() {
    return lanes_of(access_.topology, spool_ ? spool_->lanes() : std::vector<std::string>{});
}

std::uint64_t BrokerOrderStore::longest_transfer() const noexcept {
    constexpr Time kMillisecondsPerSecond = 1000;
    return static_cast<std::uint64_t>(access_.topology.claim_time() / kMillisecondsPerSecond) + 1;
}

void BrokerOrderStore::tend() {
    ++seconds_;
    if (spool_) {
        spool_->tend();
    }
    for (auto& [name, lane] : lanes_) {
        lane.queue.pull(last_);
        lane.queue.end_all();
        if (lane.queue.is_consumed() && seconds_ - lane.asked > kPatience) {
            lane.queue.stop();
        }
    }
    forward();
}

/// Gives what waits in the spool to the broker, when none of it can be under way to Edge.
void BrokerOrderStore::forward() {
    std::erase_if(given_, [&](const auto& given) { return seconds_ - given.second > longest_transfer(); });
    if (!spool_ || left_ || !given_.empty()) {
        return;
    }
    for (const std::string& lane : spool_->lanes()) {
        while (access_.topology.has_lane(lane) && access_.publisher.is_ready() && forward(lane)) {
        }
    }
}

/// Whether there may be more of it.
bool BrokerOrderStore::forward(const std::string& lane) {
    constexpr Time kWheneverDue = std::numeric_limits<Time>::max();
    const std::vector<Claim> claims = spool_->first(lane, kWheneverDue, kMostForwarded, kMostForwardedBytes);
    std::vector<Message> messages;
    messages.reserve(claims.size());
    for (const Claim& claim : claims) {
        messages.push_back(message_for(claim.entry));
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    std::vector<Settlement> settlements;
    for (std::size_t i = 0; i < claims.size() && fates[i] == Fate::confirmed; ++i) {
        Settlement settlement;
        settlement.id = claims[i].id;
        settlements.push_back(settlement);
    }
    return !settlements.empty() && spool_->settle(settlements) && settlements.size() == claims.size();
}

void BrokerOrderStore::leave() {
    left_ = true;
    for (auto& [name, lane] : lanes_) {
        lane.queue.stop();
    }
    if (spool_) {
        spool_->leave();
    }
}

std::vector<LogLine> BrokerOrderStore::messages() {
    return spool_ ? spool_->messages() : std::vector<LogLine>{};
}

}  // namespace aep::queue::amqp::stores
