// An order of which all was shipped.

#include <algorithm>

#include "event_parts.hpp"
#include "order_fields.hpp"

namespace aep::backoffice::mapping {
namespace {

/// The one or more shipments that came with the order.
std::optional<Time> latest_ship_date(Value shipments) {
    if (shipments.is_object()) {
        return shipments["created_at"].time();
    }
    std::optional<Time> latest;
    for (const Value each : Elements(shipments)) {
        if (const auto time = each["created_at"].time()) {
            latest = std::max(latest.value_or(*time), *time);
        }
    }
    return latest;
}

Moment moment_of_completion(const Source& source) {
    const auto ship_date = latest_ship_date(source.subject.entity);
    return ship_date ? Moment{ship_date, {}} : moment_of_order(source, "updated_at");
}

void write_completed(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    if (has_shipping(order)) {
        writer.object("shipping", [&] {
            write_shipping_method(writer, order);
            writer.time("shipDate", latest_ship_date(source.subject.entity));
            write_shipping_address(writer, order);
        });
    }
    write_billing(writer, order);
    write_order(writer, source, [&] {
        write_payments(writer, order, payment_amount_of(order));
        writer.number("taxAmount", order["tax_amount"].number());
        writer.time("createdDate", order["created_at"].time());
    });
}

std::optional<Decimal> share_of(std::optional<Decimal> amount, std::optional<Decimal> part, Value item) {
    const auto ordered = item["qty_ordered"].number();
    return amount && part && ordered ? amount->share(*part, *ordered) : std::nullopt;
}

void write_completed_lines(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    const OrderItems items(order["items"]);
    for (const OrderItem& item : items.all()) {
        if (!item.is_top_level() || !is_shipped(items, item)) {
            continue;
        }
        const Value value = item.value;
        const auto children = items.children_of(item);
        const auto quantity = quantity_shipped(item);
        write_line(
            writer, source,
            {
                .id = {},
                .sku = value["sku"].text(),
                .name = value["name"].text(),
                .price_total = share_of(rollup(value, children, "row_total"), quantity, value),
                .quantity = quantity,
                .discount = share_of(rollup_absolute(value, children, "discount_amount"), quantity, value),
                .currency = currency_of(order),
                .options_of = value,
                .attributes_of = value,
            });
    }
}

}  // namespace

EventParts order_shipment_completed_parts() noexcept {
    return {moment_of_completion, write_completed, write_completed_lines};
}

}  // namespace aep::backoffice::mapping
