#include "subject.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace aep::backoffice::mapping {
namespace {

bool has_any(Value document, std::initializer_list<const char*> names) {
    return std::ranges::any_of(names, [&](const char* name) { return document[name].json() != nullptr; });
}

Shape shape_of(Value document) {
    if (!document.is_object()) {
        return Shape::unknown;
    }
    if (has_any(document, {"specversion"}) || document["type"].string().starts_with(kCommerceType)) {
        return Shape::cloud_event;
    }
    if (document["data"].is_object()) {
        return Shape::webhook;
    }
    if (has_any(document, {"order", "event", "customer", "invoice", "shipment", "creditmemo", "rma"})) {
        return Shape::envelope;
    }
    return has_any(document, {"increment_id", "customer_email", "email", "entity_id"}) ? Shape::bare_order
                                                                                       : Shape::unknown;
}

std::string all_names() {
    std::string names = "one of ";
    for (auto index = static_cast<int>(Event::order_placed);
         index <= static_cast<int>(Event::account_deleted); ++index) {
        names += index == 0 ? "" : ", ";
        names += name_of(static_cast<Event>(index));
    }
    return names;
}

std::variant<Event, Fault> read_event(Value told, std::string_view named) {
    const std::string_view name = told.is_empty() ? named : told.string();
    if (told.is_empty() && named.empty()) {
        return Fault{
            "event",
            "the event's name, here, in the query argument \"event\" or in the header X-AEP-Event: " +
                all_names()};
    }
    if (const auto event = event_of(name)) {
        return *event;
    }
    return Fault{"event", all_names()};
}

/// An object in which the parts of a subject lie, and its path.
struct Container {
    Value value;
    std::string path;
    bool may_be_part;  ///< it may be the order or the entity itself
};

Fault missing_order(Event event, const Container& container) {
    const char* const entity = entity_name_of(event);
    return {join(container.path, "order"),
            "an object: the order as REST has it" +
                (entity == nullptr ? std::string() : ", beside \"" + std::string(entity) + '"')};
}

/// The shipments by which an order became complete may come with it.
void take_shipments(Subject& subject, const Container& container) {
    for (const char* name : {"shipment", "shipments"}) {
        if (subject.entity.is_empty()) {
            subject.entity = container.value[name];
            subject.entity_path = join(container.path, name);
        }
    }
}

std::optional<Fault> take_entity(Subject& subject, const Container& container, const char* name) {
    const Value part = container.value[name];
    if (part.is_object() && !part.is_empty()) {
        subject.entity = part;
        subject.entity_path = join(container.path, name);
        return std::nullopt;
    }
    if (container.may_be_part && part.is_empty()) {
        subject.entity = container.value;
        subject.entity_path = container.path;
        return std::nullopt;
    }
    return Fault{join(container.path, name), "an object: the " + std::string(name) + " as REST has it"};
}

std::optional<Fault> take_order(Subject& subject, const Container& container) {
    const Value part = container.value["order"];
    if (part.is_object() && !part.is_empty()) {
        subject.order = part;
        subject.order_path = join(container.path, "order");
        return std::nullopt;
    }
    const bool is_entity = entity_name_of(subject.event) != nullptr;
    if (container.may_be_part && part.is_empty() && !is_entity) {
        subject.order = container.value;
        subject.order_path = container.path;
        return std::nullopt;
    }
    return missing_order(subject.event, container);
}

std::variant<Subject, Ignored, Fault> find_parts(Event event, const Container& container) {
    Subject subject;
    subject.event = event;
    if (!is_profile_event(event)) {
        if (auto fault = take_order(subject, container)) {
            return *std::move(fault);
        }
    }
    if (event == Event::order_shipment_completed) {
        take_shipments(subject, container);
    }
    const char* const name = entity_name_of(event);
    if (name != nullptr) {
        if (auto fault = take_entity(subject, container, name)) {
            return *std::move(fault);
        }
    }
    return subject;
}

Reading read_named(Shape shape, Value told, std::string_view named, const Container& container) {
    auto event = read_event(told, named);
    if (auto* fault = std::get_if<Fault>(&event)) {
        return {shape, std::nullopt, std::move(*fault)};
    }
    const Event found = std::get<Event>(event);
    return {shape, found, find_parts(found, container)};
}

/// Commerce's own name of a webhook is that of a method, but a merchant can choose it.
Reading read_webhook(Value document, std::string_view named) {
    const Container container{document["data"], "data", true};
    const bool is_known = named.empty() && event_of(document["eventName"].string());
    return read_named(Shape::webhook, document[is_known ? "eventName" : "event"], named, container);
}

Reading read_cloud_event(Value document, std::string_view named) {
    const std::string_view type = document["type"].string();
    const Container container{document["data"]["value"], "data.value", true};
    if (!container.value.is_object() || container.value.is_empty()) {
        return {Shape::cloud_event, std::nullopt,
                Fault{container.path, "an object: what the event is about"}};
    }
    const Trigger* const trigger = trigger_of(type);
    if (trigger == nullptr) {
        const std::string_view code = type.substr(std::min(type.size(), kCommerceType.size()));
        const auto own = event_of(code);
        return read_named(Shape::cloud_event, {}, own ? code : named, container);
    }
    const Value part = container.value[trigger->entity];
    auto decision = trigger->decide(part.is_object() ? part : container.value);
    if (auto* ignored = std::get_if<Ignored>(&decision)) {
        return {Shape::cloud_event, std::nullopt, std::move(*ignored)};
    }
    const Event event = std::get<Event>(decision);
    Reading reading{Shape::cloud_event, event, find_parts(event, container)};
    if (auto* subject = std::get_if<Subject>(&reading.result)) {
        subject->time = document["time"].time();
    }
    return reading;
}

}  // namespace

const char* entity_name_of(Event event) noexcept {
    switch (event) {
        case Event::order_invoiced:
            return "invoice";
        case Event::order_items_shipped:
            return "shipment";
        case Event::credit_memo_issued:
            return "creditmemo";
        case Event::return_initiated:
        case Event::return_completed:
            return "rma";
        case Event::account_created:
        case Event::account_updated:
        case Event::account_deleted:
            return "customer";
        default:
            return nullptr;
    }
}

std::string join(const std::string& path, const char* field) {
    return path.empty() ? std::string(field) : path + "." + field;
}

Reading read_document(Value document, std::string_view named) {
    const Shape shape = shape_of(document);
    switch (shape) {
        case Shape::envelope:
            return read_named(shape, document["event"], named, {document, {}, false});
        case Shape::bare_order:
            return read_named(shape, {}, named, {document, {}, true});
        case Shape::webhook:
            return read_webhook(document, named);
        case Shape::cloud_event:
            return read_cloud_event(document, named);
        default:
            return {shape, std::nullopt,
                    Fault{{},
                          "an object: an envelope with \"event\" and \"order\", an order as REST has it, a "
                          "webhook's body or a CloudEvent"}};
    }
}

}  // namespace aep::backoffice::mapping
