#include "event_parts.hpp"

#include "custom_attributes_writer.hpp"
#include "order_fields.hpp"

namespace aep::backoffice::mapping {
namespace {

Moment moment_of_creation(const Source& source) {
    return moment_of_entity(source, "created_at");
}

Moment moment_of_update(const Source& source) {
    return moment_of_entity(source, "updated_at");
}

/// Nothing in a customer says when it was deleted.
Moment moment_of_deletion(const Source& source) {
    return {source.subject.time.value_or(source.now), {}};
}

// The rest of an account is personal.
constexpr EventParts kAccountCreatedParts{moment_of_creation, nullptr, nullptr};
constexpr EventParts kAccountUpdatedParts{moment_of_update, nullptr, nullptr};
constexpr EventParts kAccountDeletedParts{moment_of_deletion, nullptr, nullptr};

}  // namespace

EventParts parts_of(Event event) noexcept {
    switch (event) {
        case Event::order_placed:
            return order_placed_parts();
        case Event::order_invoiced:
            return order_invoiced_parts();
        case Event::order_items_shipped:
            return order_items_shipped_parts();
        case Event::order_shipment_completed:
            return order_shipment_completed_parts();
        case Event::order_cancelled:
            return order_cancelled_parts();
        case Event::credit_memo_issued:
            return credit_memo_issued_parts();
        case Event::return_initiated:
            return return_initiated_parts();
        case Event::return_completed:
            return return_completed_parts();
        case Event::account_created:
            return kAccountCreatedParts;
        case Event::account_updated:
            return kAccountUpdatedParts;
        default:
            return kAccountDeletedParts;
    }
}

std::string purchase_id_of(const Source& source) {
    std::string id = source.subject.order["increment_id"].text();
    return id.empty() ? source.subject.entity["order_increment_id"].text() : id;
}

Moment moment_of_order(const Source& source, const char* field) {
    return {source.subject.order[field].time(), join(source.subject.order_path, field)};
}

Moment moment_of_entity(const Source& source, const char* field) {
    return {source.subject.entity[field].time(), join(source.subject.entity_path, field)};
}

void open_order(XdmWriter& writer, const Source& source) {
    writer.open_object("order");
    writer.text("purchaseID", purchase_id_of(source));
}

void close_order(XdmWriter& writer, const Source& source) {
    write_custom_attributes(writer, source.subject.order, source.settings.labels.order_attributes);
    writer.close_object();
}

bool open_line(XdmWriter& writer, const Source& source, const Line& line) {
    if (line.sku.empty()) {
        return false;  // XDM requires one
    }
    const Labels& labels = source.settings.labels;
    writer.open_object({});
    writer.text("_id", line.id);
    writer.text("SKU", line.sku);
    writer.text("name", line.name);
    writer.number("priceTotal", line.price_total);
    writer.number("quantity", line.quantity ? std::optional(line.quantity->whole()) : std::nullopt);
    writer.number("discountAmount", line.discount);
    writer.text("currencyCode", line.currency);
    write_selected_options(writer, line.options_of, labels);
    write_custom_attributes(writer, line.attributes_of, labels.item_attributes);
    return true;
}

}  // namespace aep::backoffice::mapping
