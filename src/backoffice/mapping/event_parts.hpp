#pragma once

#include <optional>
#include <string>

#include "order_items.hpp"
#include "subject.hpp"
#include "xdm_writer.hpp"

namespace aep::backoffice::mapping {

/// When it happened, and the path of the field that should say it.
struct Moment {
    std::optional<Time> time;
    std::string path;
};

/// What differs from event to event.
struct EventParts {
    Moment (*moment)(const Source& source);

    /// Writes into `commerce`; null: nothing but the scope.
    void (*write_commerce)(XdmWriter& writer, const Source& source);

    /// Writes into `productListItems`; null: there are none.
    void (*write_lines)(XdmWriter& writer, const Source& source);
};

EventParts parts_of(Event event) noexcept;

// Of one event each.
EventParts order_placed_parts() noexcept;
EventParts order_cancelled_parts() noexcept;
EventParts order_invoiced_parts() noexcept;
EventParts order_items_shipped_parts() noexcept;
EventParts credit_memo_issued_parts() noexcept;
EventParts order_shipment_completed_parts() noexcept;
EventParts return_initiated_parts() noexcept;
EventParts return_completed_parts() noexcept;

/// The number by which shoppers and merchants know the order.
std::string purchase_id_of(const Source& source);

/// The moment that a field of the order, or of the entity, tells.
Moment moment_of_order(const Source& source, const char* field);
Moment moment_of_entity(const Source& source, const char* field);

/// `order`, with the order's number, its custom attributes and what `write` writes.
template <typename Write>
void write_order(XdmWriter& writer, const Source& source, Write&& write);

/// A line of `productListItems`. What is empty is left out; without an SKU, all of it.
struct Line {
    std::string id;
    std::string sku;
    std::string name;
    std::optional<Decimal> price_total;
    std::optional<Decimal> quantity;
    std::optional<Decimal> discount;
    std::string currency;
    Value options_of;     ///< the order's item whose options are sent; nothing: none
    Value attributes_of;  ///< the order's item whose custom attributes are sent
};

/// Writes a line, with what `write` writes behind it.
template <typename Write>
void write_line(XdmWriter& writer, const Source& source, const Line& line, Write&& write);

inline void write_line(XdmWriter& writer, const Source& source, const Line& line);

// What the templates above are made of.
void open_order(XdmWriter& writer, const Source& source);
void close_order(XdmWriter& writer, const Source& source);
bool open_line(XdmWriter& writer, const Source& source, const Line& line);

template <typename Write>
void write_order(XdmWriter& writer, const Source& source, Write&& write) {
    open_order(writer, source);
    write();
    close_order(writer, source);
}

template <typename Write>
void write_line(XdmWriter& writer, const Source& source, const Line& line, Write&& write) {
    if (open_line(writer, source, line)) {
        write();
        writer.close_object();
    }
}

inline void write_line(XdmWriter& writer, const Source& source, const Line& line) {
    write_line(writer, source, line, [] {});
}

}  // namespace aep::backoffice::mapping
