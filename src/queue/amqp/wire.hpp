#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker.hpp"
#include "queue/entry.hpp"

namespace aep::queue::amqp {

/// An entry as a message: the body as it is, everything else in headers whose names begin with "aep-" (aep-version: "1").
/// Exchange, key and id are the caller's. Pure.
Message message_of(const Entry& entry);

/// The opposite. Nothing for what is not an entry, or of a version that this build does not know.
std::optional<Entry> entry_of(Message&& message);

/// The value of one of a message's headers; empty where there is none.
std::string header_of(const Message& message, std::string_view name);

}  // namespace aep::queue::amqp
