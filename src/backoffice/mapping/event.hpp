#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aep::backoffice::mapping {

/// What became of an order, a return or an account.
enum class Event : std::uint8_t {
    order_placed,
    order_invoiced,
    order_items_shipped,
    order_shipment_completed,
    order_cancelled,
    credit_memo_issued,
    return_initiated,
    return_completed,
    account_created,
    account_updated,
    account_deleted,
};

/// The name by which Adobe's documentation and senders call it, such as "orderPlaced". It is part of the `_id`.
std::string_view name_of(Event event) noexcept;

/// XDM's `eventType`, as the Data Connection's documentation writes it.
std::string_view xdm_type_of(Event event) noexcept;

/// The event of a name, of one of its other names, or of an XDM event type.
std::optional<Event> event_of(std::string_view name) noexcept;

/// Whether it is about an account, not about an order.
bool is_profile_event(Event event) noexcept;

}  // namespace aep::backoffice::mapping
