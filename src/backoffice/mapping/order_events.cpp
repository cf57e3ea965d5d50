// An order that was placed, and one that was cancelled.

#include <algorithm>

#include "event_parts.hpp"
#include "order_fields.hpp"

namespace aep::backoffice::mapping {
namespace {

Moment moment_of_placement(const Source& source) {
    return moment_of_order(source, "created_at");
}

void write_placed(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    if (has_shipping(order)) {
        writer.object("shipping", [&] {
            write_shipping_method(writer, order);
            writer.text("currencyCode", currency_of(order));
        });
    }
    write_billing(writer, order);
    write_order(writer, source, [&] {
        write_payments(writer, order, payment_amount_of(order));
        writer.number("taxAmount", order["tax_amount"].number());
        writer.number("discountAmount", rollup_absolute(order, {}, "discount_amount"));
        writer.time("createdDate", order["created_at"].time());
        writer.text("currencyCode", currency_of(order));
    });
}

void write_placed_lines(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    const OrderItems items(order["items"]);
    for (const OrderItem& item : items.all()) {
        if (!item.is_top_level()) {
            continue;  // a configurable product's variant would count it twice
        }
        const auto children = items.children_of(item);
        const Value value = item.value;
        write_line(writer, source,
                   {
                       .id = item.id,
                       .sku = value["sku"].text(),
                       .name = value["name"].text(),
                       .price_total = rollup(value, children, "row_total"),
                       .quantity = value["qty_ordered"].number(),
                       .discount = rollup_absolute(value, children, "discount_amount"),
                       .currency = currency_of(order),
                       .options_of = value,
                       .attributes_of = value,
                   });
    }
}

/// No column says when an order was cancelled: its history may.
Moment moment_of_cancellation(const Source& source) {
    const Value order = source.subject.order;
    std::optional<Time> latest;
    for (const Value each : Elements(order["status_histories"])) {
        const auto time = each["created_at"].time();
        if (time && each["status"].string() == "canceled") {
            latest = std::max(latest.value_or(*time), *time);
        }
    }
    return latest ? Moment{latest, {}} : moment_of_order(source, "updated_at");
}

void write_cancelled(XdmWriter& writer, const Source& source) {
    write_order(writer, source, [&] {
        writer.time("cancelDate", moment_of_cancellation(source).time);
        writer.time("lastUpdatedDate", source.subject.order["updated_at"].time());
    });
}

}  // namespace

EventParts order_placed_parts() noexcept {
    return {moment_of_placement, write_placed, write_placed_lines};
}

EventParts order_cancelled_parts() noexcept {
    return {moment_of_cancellation, write_cancelled, nullptr};
}

}  // namespace aep::backoffice::mapping
