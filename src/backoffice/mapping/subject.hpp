#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "event.hpp"
#include "settings.hpp"
#include "trigger.hpp"
#include "value.hpp"

namespace aep::backoffice::mapping {

/// How a document is built.
enum class Shape : std::uint8_t {
    envelope,    ///< {"event", "order", "invoice", …}
    bare_order,  ///< an order, or a customer, as REST has it
    webhook,     ///< {"eventName", "data": {"order"}}
    cloud_event,
    unknown,
};

/// What is wrong with a document: the place, by names of fields only, and what was expected there.
struct Fault {
    std::string path;
    std::string expected;
};

/// What an event is about, found in whatever shape the document has.
struct Subject {
    Event event{};
    Value order;             ///< nothing for an account
    std::string order_path;  ///< as in "order"; empty: the document itself
    Value entity;            ///< the invoice, shipment, credit memo, return or customer
    std::string entity_path;
    std::optional<Time> time;  ///< of the CloudEvent
};

/// What was read of a document.
struct Reading {
    Shape shape = Shape::unknown;
    std::optional<Event> event;  ///< as far as it is known
    std::variant<Subject, Ignored, Fault> result;
};

/// Reads a document; `named` is the event that was named outside of it, or empty.
Reading read_document(Value document, std::string_view named);

/// The member of an envelope that holds what the event is about, besides the order; null where that is the order.
const char* entity_name_of(Event event) noexcept;

/// The path of a field below another path.
std::string join(const std::string& path, const char* field);

/// What an event is made from.
struct Source {
    const Settings& settings;
    const Subject& subject;
    Time now;
    std::string_view environment;
};

}  // namespace aep::backoffice::mapping
