#include "ordered_queue.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "dead_letter_message.hpp"
#include "queue/amqp/wire.hpp"

namespace aep::queue::amqp::stores {

void OrderedQueue::consume() {
    if (!std::exchange(is_consumed_, true)) {
        access_.inbox.broker().consume(name_, kPrefetch);
    }
}

void OrderedQueue::stop() {
    if (std::exchange(is_consumed_, false)) {
        access_.inbox.broker().cancel(name_);
    }
    std::erase_if(waiting_, [&](const Waiting& waiting) {
        if (waiting.is_claimed) {
            return false;
        }
        access_.inbox.broker().give_back(waiting.tag);
        return true;
    });
}

void OrderedQueue::pull(std::uint64_t& last) {
    access_.inbox.refresh();
    const std::uint64_t connection = access_.inbox.broker().connection();
    if (std::exchange(connection_, connection) != connection) {
        lose_connection();
    }
    for (Delivery& delivery : access_.inbox.take(name_)) {
        receive(std::move(delivery), last);
    }
}

/// What has ended comes again to somebody, as what was not claimed does.
void OrderedQueue::lose_connection() {
    std::erase_if(waiting_, [](Waiting& waiting) {
        waiting.tag = {};
        return !waiting.is_claimed || waiting.end;
    });
}

void OrderedQueue::receive(Delivery&& delivery, std::uint64_t& last) {
    const auto known = std::ranges::find_if(waiting_, [&](const Waiting& waiting) {
        return !waiting.id.empty() && waiting.id == delivery.message.id;
    });
    if (known != waiting_.end()) {
        known->tag = delivery.tag;
        return;
    }
    std::string id = delivery.message.id;
    if (delivery.redelivered && finished_.contains(id)) {
        access_.inbox.broker().acknowledge(delivery.tag);
        return;
    }
    std::string identity = header_of(delivery.message, "aep-identity");
    const bool is_late = !header_of(delivery.message, "aep-late").empty();
    std::optional<Entry> entry = entry_of(std::move(delivery.message));
    if (!entry) {
        access_.inbox.broker().reject(delivery.tag);
        return;
    }
    waiting_.push_back({.number = ++last,
                        .id = std::move(id),
                        .identity = std::move(identity),
                        .tag = delivery.tag,
                        .is_redelivered = delivery.redelivered,
                        .is_late = is_late,
                        .is_claimed = false,
                        .is_needed = true,
                        .is_overtaken = false,
                        .rests_until = 0,
                        .entry = std::move(*entry),
                        .end = {}});
}

bool OrderedQueue::settle(const Settlement& settlement) {
    const auto found = std::ranges::find(waiting_, settlement.id.number, &Waiting::number);
    if (found == waiting_.end()) {
        return false;
    }
    if (found->is_claimed && !found->end) {
        found->end = settlement;
        if (found->tag.connection == 0) {
            leave_to_others(found);
        }
        end_all();
    }
    return true;
}

/// One whose connection has ended: somebody gets it again, perhaps this process. Where Edge has it, that is known then;
/// here it must not hold up what is newer.
void OrderedQueue::leave_to_others(const std::deque<Waiting>::iterator& ended) {
    if (ended->end->result == Settlement::Result::delivered) {
        finished_.add(ended->id);
    }
    waiting_.erase(ended);
}

void OrderedQueue::end_all() {
    std::erase_if(waiting_, [&](Waiting& waiting) { return waiting.end && carry_out(waiting); });
}

/// Whether that was the end of it.
bool OrderedQueue::carry_out(Waiting& waiting) {
    const Settlement& end = *waiting.end;
    switch (end.result) {
        case Settlement::Result::retry:
            waiting.entry.attempts = end.attempts;
            waiting.entry.due = end.due;
            waiting.is_claimed = false;
            waiting.end.reset();
            return false;
        case Settlement::Result::dead:
        case Settlement::Result::sampled: {
            const Message message =
                dead_letter_message(access_.topology, waiting.entry, end, access_.clock());
            if (!access_.publisher.publish(message)) {
                return false;
            }
            break;
        }
        case Settlement::Result::delivered:
            finished_.add(waiting.id);  // the broker may not hear of it
            break;
        case Settlement::Result::discarded:
            break;
    }
    access_.inbox.broker().acknowledge(waiting.tag);
    return true;
}

}  // namespace aep::queue::amqp::stores
