#pragma once

#include <string>

#include "queue/amqp/broker.hpp"
#include "queue/amqp/topology.hpp"
#include "queue/amqp/wire.hpp"
#include "queue/dead_letters.hpp"
#include "queue/entry.hpp"

namespace aep::queue::amqp::stores {

/// An entry that Edge will not take, on its way to where operators look: with what the settlement says of it, and when.
inline Message dead_letter_message(const Topology& topology, const Entry& entry, const Settlement& settlement,
                                   Time now) {
    Message message = message_of(entry);
    message.exchange = topology.dead();
    message.headers.emplace_back("aep-status", std::to_string(settlement.status));
    message.headers.emplace_back("aep-reason",
                                 whole_characters(settlement.reason, DeadLetterSummary::kLongestReason));
    message.headers.emplace_back("aep-died", std::to_string(now));
    return message;
}

}  // namespace aep::queue::amqp::stores
