// Invoices, shipments and credit memos: documents that each hold a part of an order.

#include "event_parts.hpp"
#include "order_fields.hpp"

namespace aep::backoffice::mapping {
namespace {

Value item_of(const DocumentLine& line) {
    return line.item != nullptr ? line.item->value : Value();
}

Moment moment_of_document(const Source& source) {
    return moment_of_entity(source, "created_at");
}

void write_invoice(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    if (has_shipping(order)) {
        writer.object("shipping", [&] { write_shipping_method(writer, order); });
    }
    write_order(writer, source, [&] {
        writer.number("priceTotal", order["grand_total"].number());
        writer.text("currencyCode", currency_of(order));
        write_payments(writer, order, source.subject.entity["grand_total"].number());
    });
}

void write_invoice_lines(XdmWriter& writer, const Source& source) {
    const OrderItems items(source.subject.order["items"]);
    for (const DocumentLine& line : lines_of(source.subject.entity, items)) {
        write_line(writer, source,
                   {
                       .id = line.value["order_item_id"].text(),
                       .sku = line.value["sku"].text(),
                       .name = line.value["name"].text(),
                       .price_total = rollup(line.value, line.children, "row_total"),
                       .quantity = line.value["qty"].number(),
                       .discount = rollup_absolute(line.value, line.children, "discount_amount"),
                       .currency = {},
                       .options_of = {},
                       .attributes_of = item_of(line),
                   });
    }
}

void write_shipment(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    if (has_shipping(order)) {
        writer.object("shipping", [&] {
            write_shipping_method(writer, order);
            writer.text("currencyCode", currency_of(order));
            writer.time("shipDate", source.subject.entity["created_at"].time());
            write_shipping_address(writer, order);
        });
    }
    write_billing(writer, order);
    write_order(writer, source, [&] {
        write_payments(writer, order, payment_amount_of(order));
        writer.number("priceTotal", order["grand_total"].number());
        writer.text("currencyCode", currency_of(order));
        writer.time("lastUpdatedDate", order["updated_at"].time());
    });
}

/// The part of an order item's amount that goes with what is in the shipment.
std::optional<Decimal> share_of(const OrderItems& items, const DocumentLine& line,
                                std::optional<Decimal> (*amount_of)(Value, const std::vector<Value>&,
                                                                    const char*),
                                const char* field) {
    if (line.item == nullptr) {
        return std::nullopt;
    }
    const auto amount = amount_of(line.item->value, items.children_of(*line.item), field);
    const auto shipped = line.value["qty"].number();
    const auto ordered = line.item->value["qty_ordered"].number();
    return amount && shipped && ordered ? amount->share(*shipped, *ordered) : std::nullopt;
}

void write_shipment_lines(XdmWriter& writer, const Source& source) {
    const OrderItems items(source.subject.order["items"]);
    for (const DocumentLine& line : lines_of(source.subject.entity, items)) {
        write_line(writer, source,
                   {
                       .id = {},
                       .sku = line.value["sku"].text(),
                       .name = line.value["name"].text(),
                       .price_total = share_of(items, line, rollup, "row_total"),
                       .quantity = line.value["qty"].number(),
                       .discount = share_of(items, line, rollup_absolute, "discount_amount"),
                       .currency = currency_of(source.subject.order),
                       .options_of = item_of(line),
                       .attributes_of = item_of(line),
                   });
    }
}

void write_credit_memo(XdmWriter& writer, const Source& source) {
    const Value order = source.subject.order;
    const Value memo = source.subject.entity;
    const std::string currency = currency_of(memo);
    write_order(writer, source, [&] {
        writer.time("lastUpdatedDate", order["updated_at"].time());
        writer.array("refunds", [&] {
            writer.object({}, [&] {
                writer.text("transactionID", memo["increment_id"].text());  // the merchant's own number
                writer.number("refundAmount", memo["grand_total"].number());
                writer.text("refundPaymentType", refund_payment_type_of(order));
                writer.text("currencyCode", currency.empty() ? currency_of(order) : currency);
            });
        });
    });
}

void write_credit_memo_lines(XdmWriter& writer, const Source& source) {
    const OrderItems items(source.subject.order["items"]);
    for (const DocumentLine& line : lines_of(source.subject.entity, items)) {
        write_line(writer, source,
                   {
                       .id = {},
                       .sku = line.value["sku"].text(),
                       .name = line.value["name"].text(),
                       .price_total = rollup(line.value, line.children, "row_total"),
                       .quantity = line.value["qty"].number(),
                       .discount = rollup_absolute(line.value, line.children, "discount_amount"),
                       .currency = currency_of(source.subject.order),
                       .options_of = item_of(line),
                       .attributes_of = item_of(line),
                   });
    }
}

}  // namespace

EventParts order_invoiced_parts() noexcept {
    return {moment_of_document, write_invoice, write_invoice_lines};
}

EventParts order_items_shipped_parts() noexcept {
    return {moment_of_document, write_shipment, write_shipment_lines};
}

EventParts credit_memo_issued_parts() noexcept {
    return {moment_of_document, write_credit_memo, write_credit_memo_lines};
}

}  // namespace aep::backoffice::mapping
