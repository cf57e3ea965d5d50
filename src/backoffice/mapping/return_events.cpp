// Returns: what shoppers send back, from their request to its end.

#include <algorithm>
#include <array>

#include "event_parts.hpp"

namespace aep::backoffice::mapping {
namespace {

struct Status {
    std::string_view code;
    std::string_view label;
};

constexpr std::array<Status, 12> kStatuses{{
    {"pending", "Pending"},
    {"authorized", "Authorized"},
    {"partially_authorized", "Partially Authorized"},
    {"denied", "Denied"},
    {"received", "Return Received"},
    {"received_on_item", "Return Partially Received"},
    {"approved", "Approved"},
    {"approved_on_item", "Partially Approved"},
    {"rejected", "Rejected"},
    {"rejected_on_item", "Partially Rejected"},
    {"processed_closed", "Processed and Closed"},
    {"closed", "Closed"},
}};

std::string_view label_of_status(Value status) {
    const auto* const found = std::ranges::find(kStatuses, status.string(), &Status::code);
    return found != kStatuses.end() ? found->label : std::string_view();
}

/// What is on no list may be text that somebody typed in.
std::string_view label_of(Value id, const LabelsById& labels) {
    const auto found = labels.find(id.text());
    return found != labels.end() ? std::string_view(found->second) : std::string_view();
}

Moment moment_of_request(const Source& source) {
    return moment_of_entity(source, "date_requested");
}

/// A return has no column for it, but perhaps a comment that came with its status.
Moment moment_of_end(const Source& source) {
    const Value rma = source.subject.entity;
    const std::string_view status = rma["status"].string();
    std::optional<Time> latest;
    for (const Value each : Elements(rma["comments"])) {
        const auto time = each["created_at"].time();
        if (time && !status.empty() && each["status"].string() == status) {
            latest = std::max(latest.value_or(*time), *time);
        }
    }
    return {latest.value_or(source.now), {}};
}

void write_return(XdmWriter& writer, const Source& source) {
    const Value rma = source.subject.entity;
    write_order(writer, source, [&] {
        writer.object("returns", [&] {
            writer.text("returnID", rma["increment_id"].text());
            writer.text("returnStatus", label_of_status(rma["status"]));
        });
    });
}

void write_return_item(XdmWriter& writer, Value item, const RmaOptions& options) {
    writer.object("returnItem", [&] {
        writer.text("returnStatus", label_of_status(item["status"]));
        writer.text("returnReason", label_of(item["reason"], options.reason));
        writer.text("returnItemCondition", label_of(item["condition"], options.condition));
        writer.text("returnResolution", label_of(item["resolution"], options.resolution));
        const auto write_quantity = [&](std::string_view name, const char* field) {
            const auto quantity = item[field].number();
            writer.number(name, quantity ? std::optional(quantity->whole()) : std::nullopt);
        };
        write_quantity("returnQuantityRequested", "qty_requested");
        write_quantity("returnQuantityAuthorized", "qty_authorized");
        write_quantity("returnQuantityReceived", "qty_returned");
        write_quantity("returnQuantityApproved", "qty_approved");
    });
}

void write_lines(XdmWriter& writer, const Source& source, bool has_quantities) {
    const OrderItems items(source.subject.order["items"]);
    for (const Value each : Elements(source.subject.entity["items"])) {
        const OrderItem* const item = items.find(each["order_item_id"].text());
        if (item == nullptr) {
            continue;  // only the order's item has an SKU
        }
        Line line;
        line.sku = item->value["sku"].text();
        line.name = item->value["name"].text();
        line.quantity = has_quantities ? each["qty_requested"].number() : std::nullopt;
        line.options_of = item->value;
        line.attributes_of = item->value;
        write_line(writer, source, line,
                   [&] { write_return_item(writer, each, source.settings.labels.rma_options); });
    }
}

void write_initiated_lines(XdmWriter& writer, const Source& source) {
    write_lines(writer, source, true);
}

void write_completed_lines(XdmWriter& writer, const Source& source) {
    write_lines(writer, source, false);
}

}  // namespace

EventParts return_initiated_parts() noexcept {
    return {moment_of_request, write_return, write_initiated_lines};
}

EventParts return_completed_parts() noexcept {
    return {moment_of_end, write_return, write_completed_lines};
}

}  // namespace aep::backoffice::mapping
