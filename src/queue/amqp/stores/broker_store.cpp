#include "broker_store.hpp"

#include <algorithm>
#include <utility>

#include "dead_letter_message.hpp"
#include "queue/amqp/wire.hpp"

namespace aep::queue::amqp::stores {

BrokerStore::BrokerStore(Access access, std::unique_ptr<Store> spool)
    : access_(std::move(access)), hold_(access_.topology.hold()), spool_(std::move(spool)) {
    for (const std::string& lane : access_.topology.lanes()) {
        lanes_[lane].queues = access_.topology.lane_queues(lane);
    }
    broker().consume(hold_, kPrefetchHeld);
}

BrokerStore::~BrokerStore() {
    try {
        for (auto& [name, lane] : lanes_) {
            stop(lane);
        }
        for (const auto& [number, owned] : owned_) {
            put_back(number);
        }
        broker().cancel(hold_);
    } catch (const std::exception&) {
        // No memory: what is not given back comes again when the connection ends.
    }
}

bool BrokerStore::uses_broker(std::string_view lane) const noexcept {
    return access_.publisher.is_ready() && access_.topology.has_lane(lane);
}

BrokerStore::LaneState* BrokerStore::find_lane(std::string_view lane) {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? nullptr : &found->second;
}

bool BrokerStore::takes_entries() {
    const bool takes = spool_ || access_.publisher.is_ready();
    refused_ += takes ? 0U : 1U;
    return takes;
}

std::optional<EntryId> BrokerStore::append(Entry&& entry, bool claimed) {
    const bool is_claimed = claimed && !left_;
    if (!uses_broker(entry.lane)) {
        return spool(std::move(entry), is_claimed);
    }
    const Number number = ++last_;
    unit_.push_back({number, std::move(entry), is_claimed});
    return EntryId{EntryId::Kind::event, kBrokerPart, number};
}

std::optional<EntryId> BrokerStore::spool(Entry&& entry, bool claimed) {
    std::optional<EntryId> id;
    if (spool_) {
        id = spool_->append(std::move(entry), claimed);
        spool_has_appended_ = true;
        kept_here_ += id ? 1U : 0U;
    } else {
        ++refused_;
    }
    spoiled_ = spoiled_ || !id;
    return id;
}

Message BrokerStore::message_for_lane(const Entry& entry, const std::string& id, std::size_t shard) const {
    Message message = message_of(entry);
    message.id = id;
    message.key = lanes_.find(entry.lane)->second.queues[shard];
    return message;
}

std::string BrokerStore::id_of(Number number) const {
    return access_.worker + "-" + std::to_string(number);
}

Message BrokerStore::message_for(const Unpublished& appended) const {
    Message message =
        message_for_lane(appended.entry, id_of(appended.number), appended.number % access_.topology.shards());
    if (appended.claimed) {
        message.exchange = hold_;
    }
    return message;
}

bool BrokerStore::sync() {
    bool is_safe = !std::exchange(spoiled_, false);
    if (!is_safe) {
        unit_.clear();
    }
    is_safe = publish_unit() && is_safe;
    bury();
    return sync_spool(std::exchange(spool_has_appended_, false)) && is_safe;
}

/// What the broker has not confirmed goes into the spool: it may come twice then, but not never. Where the broker has
/// said nothing yet, it stays there for a while without being handed out.
bool BrokerStore::publish_unit() {
    std::vector<Unpublished> unit = std::exchange(unit_, {});
    std::vector<Message> messages;
    messages.reserve(unit.size());
    for (const Unpublished& appended : unit) {
        messages.push_back(message_for(appended));
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    bool all = true;
    for (std::size_t i = 0; i < unit.size(); ++i) {
        all = keep(std::move(unit[i]), fates[i]) && all;
    }
    spoiled_ = false;
    return all;
}

bool BrokerStore::keep(Unpublished&& appended, Fate fate) {
    if (fate != Fate::confirmed) {
        const bool waits = fate == Fate::unknown && !appended.claimed && !left_;
        const std::optional<EntryId> id = spool(std::move(appended.entry), appended.claimed || waits);
        if (!id) {
            return false;
        }
        if (waits) {
            unconfirmed_.insert_or_assign(id_of(appended.number), Unconfirmed{*id, seconds_});
        } else {
            finished_.add(id_of(appended.number));
        }
        if (appended.claimed) {
            spooled_.emplace(appended.number, *id);
        }
        return true;
    }
    if (appended.claimed) {
        Owned owned{.id = id_of(appended.number),
                    .tag = {},
                    .entry = std::move(appended.entry),
                    .is_claimed = true,
                    .is_held = true,
                    .end = {},
                    .since = seconds_};
        owned.entry.body.clear();  // it comes back with the delivery
        by_id_.insert_or_assign(owned.id, appended.number);
        owned_.insert_or_assign(appended.number, std::move(owned));
    }
    return true;
}

/// Settlements that could not be made durable stay, for the next time.
bool BrokerStore::sync_spool(bool has_appended) {
    if (!spool_ || (!has_appended && spool_settlements_.empty())) {
        return true;
    }
    for (const Settlement& settlement : spool_settlements_) {
        spool_->settle(settlement);
    }
    if (spool_->sync()) {
        spool_settlements_.clear();
        return true;
    }
    return !has_appended;
}

void BrokerStore::settle(const Settlement& settlement) {
    if (settlement.id.part != kBrokerPart) {
        spool_settlements_.push_back(settlement);
        return;
    }
    if (const auto spooled = spooled_.extract(settlement.id.number)) {
        spool_settlements_.push_back(settlement);
        spool_settlements_.back().id = spooled.mapped();
        return;
    }
    const auto owned = owned_.find(settlement.id.number);
    if (owned != owned_.end() && owned->second.is_claimed && !owned->second.end) {
        end_with(owned, settlement);
    }
}

/// Whether the broker has delivered it over the connection that there is.
bool BrokerStore::has_come(const Owned& owned) const noexcept {
    return owned.tag.connection != 0 && owned.tag.connection == broker().connection();
}

void BrokerStore::end_with(Entries::iterator owned, const Settlement& settlement) {
    owned->second.end = settlement;
    if (has_come(owned->second)) {
        carry_out(owned);
    }
}

void BrokerStore::carry_out(Entries::iterator owned) {
    auto& [number, entry] = *owned;
    const Settlement& end = *entry.end;
    switch (end.result) {
        case Settlement::Result::delivered:
        case Settlement::Result::discarded:
            acknowledge(owned);
            break;
        case Settlement::Result::retry: {
            const Time now = access_.clock();
            entry.entry.attempts = end.attempts;
            entry.entry.due = std::min(end.due, now + kLongestWait);
            entry.end.reset();
            entry.is_claimed = false;
            make_available(owned, now);
            break;
        }
        case Settlement::Result::sampled:
            if (!is_sample_due(entry.entry.lane)) {
                acknowledge(owned);
                break;
            }
            dying_.insert(number);
            break;
        case Settlement::Result::dead:
            dying_.insert(number);
            break;
    }
}

bool BrokerStore::is_sample_due(std::string_view lane) {
    LaneState* const state = find_lane(lane);
    if (state == nullptr || seconds_ - state->sampled < kSampleInterval) {
        return false;
    }
    state->sampled = seconds_;
    return true;
}

/// An entry leaves its queue when the broker has it among the dead letters.
void BrokerStore::bury() {
    if (dying_.empty() || !access_.publisher.is_ready()) {
        return;
    }
    std::vector<Number> numbers;
    std::vector<Message> messages;
    const Time now = access_.clock();
    for (const Number number : dying_) {
        const Owned& owned = owned_.at(number);
        if (has_come(owned)) {
            numbers.push_back(number);
            messages.push_back(dead_letter_message(access_.topology, owned.entry, *owned.end, now));
        }
    }
    const std::vector<Fate> fates = access_.publisher.publish(messages);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (fates[i] == Fate::confirmed) {
            acknowledge(owned_.find(numbers[i]));
        }
    }
}

void BrokerStore::acknowledge(Entries::iterator owned) {
    broker().acknowledge(owned->second.tag);
    finished_.add(owned->second.id);
    forget(owned);
}

void BrokerStore::forget(Entries::iterator owned) {
    by_id_.erase(owned->second.id);
    dying_.erase(owned->first);
    owned_.erase(owned);
}

std::size_t BrokerStore::discard_dead_letters(std::size_t bytes) {
    return spool_ ? spool_->discard_dead_letters(bytes) : 0;
}

Counts BrokerStore::counts() {
    return spool_ ? spool_->counts() : Counts{};
}

Store::Disk BrokerStore::disk() const {
    return spool_ && !access_.publisher.is_ready() ? spool_->disk() : Disk{};
}

std::vector<LogLine> BrokerStore::messages() {
    tell();
    std::vector<LogLine> lines = std::exchange(messages_, {});
    std::ranges::move(broker().messages(), std::back_inserter(lines));
    if (spool_) {
        std::ranges::move(spool_->messages(), std::back_inserter(lines));
    }
    return lines;
}

void BrokerStore::say(bool alert, std::string text) {
    messages_.push_back({alert, std::move(text)});
}

/// What an operator has to know of where events are.
void BrokerStore::tell() {
    const std::int64_t now = monotonic_now();
    if ((kept_here_ != 0 || refused_ != 0) && away_.happened(now)) {
        if (kept_here_ != 0) {
            say(true, "the broker does not take events, so they are kept in " + access_.spool_directory +
                          " on this node until it does (" + std::to_string(std::exchange(kept_here_, 0)) +
                          " since the last message): they survive a restart, but not the loss of the node");
        }
        if (refused_ != 0) {
            say(true,
                "the broker does not take events and aep_queue has spool=off, so what Edge does not "
                "take is refused with 503 until it does (" +
                    std::to_string(std::exchange(refused_, 0)) + " since the last message)");
        }
    }
    const bool is_forwarded = spool_ && spool_->lanes().empty();
    if (access_.publisher.is_ready() && kept_here_ == 0 && refused_ == 0 && (!spool_ || is_forwarded) &&
        away_.ended()) {
        const std::uint64_t forwarded = std::exchange(forwarded_, 0);
        say(false, "the broker takes events again" +
                       (forwarded == 0 ? std::string()
                                       : "; " + std::to_string(forwarded) +
                                             " that were kept on this node have been forwarded to it"));
    }
}

}  // namespace aep::queue::amqp::stores
