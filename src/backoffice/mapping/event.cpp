#include "event.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace aep::backoffice::mapping {
namespace {

struct Names {
    Event event;
    std::string_view name;
    std::string_view xdm_type;
};

constexpr std::array<Names, 11> kNames{{
    {Event::order_placed, "orderPlaced", "commerce.backofficeOrderPlaced"},
    {Event::order_invoiced, "orderInvoiced", "commerce.backofficeOrderInvoiced"},
    {Event::order_items_shipped, "orderItemsShipped", "commerce.backofficeOrderItemsShipped"},
    {Event::order_shipment_completed, "orderShipmentCompleted", "commerce.backofficeOrderShipmentCompleted"},
    {Event::order_cancelled, "orderCancelled", "commerce.backofficeOrderCancelled"},
    {Event::credit_memo_issued, "orderLineItemRefunded", "commerce.backofficeCreditMemoIssued"},
    {Event::return_initiated, "orderItemsReturnInitiated", "commerce.backofficeOrderItemsReturnInitiated"},
    {Event::return_completed, "orderItemReturnCompleted", "commerce.backofficeOrderItemsReturnCompleted"},
    {Event::account_created, "accountCreated", "userAccount.backofficeCreateProfile"},
    {Event::account_updated, "accountUpdated", "userAccount.backofficeUpdateProfile"},
    {Event::account_deleted, "accountDeleted", "userAccount.backofficeDeleteProfile"},
}};

struct OtherName {
    std::string_view name;
    Event event;
};

constexpr std::array<OtherName, 8> kOtherNames{{
    {"creditMemoIssued", Event::credit_memo_issued},
    {"orderCanceled", Event::order_cancelled},
    {"orderRefunded", Event::credit_memo_issued},
    {"orderItemReturnInitiated", Event::return_initiated},
    {"orderItemsReturnCompleted", Event::return_completed},
    {"shipmentCompleted", Event::order_shipment_completed},
    {"orderShipped", Event::order_items_shipped},
    {"commerce.backofficeShipmentCompleted", Event::order_shipment_completed},  // as XDM's own list has it
}};

constexpr const Names& names_of(Event event) noexcept {
    return kNames[static_cast<std::size_t>(event)];
}

}  // namespace

std::string_view name_of(Event event) noexcept {
    return names_of(event).name;
}

std::string_view xdm_type_of(Event event) noexcept {
    return names_of(event).xdm_type;
}

std::optional<Event> event_of(std::string_view name) noexcept {
    const auto is_named = [name](const Names& each) { return name == each.name || name == each.xdm_type; };
    if (const auto* const found = std::ranges::find_if(kNames, is_named); found != kNames.end()) {
        return found->event;
    }
    const auto* const other = std::ranges::find(kOtherNames, name, &OtherName::name);
    return other != kOtherNames.end() ? std::optional(other->event) : std::nullopt;
}

bool is_profile_event(Event event) noexcept {
    return event >= Event::account_created;
}

}  // namespace aep::backoffice::mapping
