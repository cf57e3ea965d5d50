#include "trigger.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "order_items.hpp"

namespace aep::backoffice::mapping {
namespace {

using Decision = std::variant<Event, Ignored>;

/// How long after its insertion something may be saved again and still be new: a checkout saves more than once.
constexpr Time kFewSeconds = 5;

/// What was inserted. Who did not subscribe to `_isNew` gets what was created just now.
bool is_new(Value entity) {
    if (const auto told = entity["_isNew"].boolean()) {
        return *told;
    }
    const auto created = entity["created_at"].time();
    const auto updated = entity["updated_at"].time();
    return !created || !updated || *updated - *created <= kFewSeconds;
}

/// Without `_origData`, each save in that state tells of it again, with the same `_id`.
bool has_become(Value entity, const char* field, std::string_view state) {
    return entity[field].string() == state && entity["_origData"][field].string() != state;
}

Decision decide_order(Value order) {
    if (order["_isNew"].is_true()) {
        return Event::order_placed;
    }
    if (has_become(order, "state", "canceled")) {
        return Event::order_cancelled;
    }
    if (has_become(order, "state", "complete") && is_completely_shipped(order)) {
        return Event::order_shipment_completed;
    }
    if (is_new(order) && order["created_at"].time() && order["_origData"].is_empty()) {
        return Event::order_placed;
    }
    return Ignored{
        "the order was saved, but it is not new, and its state became neither canceled nor, with all of it "
        "shipped, complete"};
}

Decision decide_placed(Value /*order*/) {
    return Event::order_placed;
}

Decision decide_invoice(Value invoice) {
    if (!is_new(invoice)) {
        return Ignored{"the invoice was saved again, its event is that of its first time"};
    }
    if (invoice["state"].text() == "3") {
        return Ignored{"the invoice is cancelled (state 3), an event is made of those that are open or paid"};
    }
    return Event::order_invoiced;
}

Decision decide_shipment(Value shipment) {
    if (!is_new(shipment)) {
        return Ignored{"the shipment was saved again, its event is that of its first time"};
    }
    return Event::order_items_shipped;
}

Decision decide_credit_memo(Value memo) {
    if (!is_new(memo)) {
        return Ignored{"the credit memo was saved again, its event is that of its first time"};
    }
    const std::string state = memo["state"].text();
    if (!state.empty() && state != "2") {
        return Ignored{"the credit memo is not refunded (state 2)"};
    }
    return Event::credit_memo_issued;
}

Decision decide_return(Value rma) {
    if (has_become(rma, "status", "processed_closed")) {
        return Event::return_completed;
    }
    if (is_new(rma) && rma["status"].string() == "pending") {
        return Event::return_initiated;
    }
    return Ignored{
        "the return was saved, but it is not new and pending, and its status did not become "
        "processed_closed"};
}

/// Commerce has no `_isNew` for customers.
Decision decide_customer(Value customer) {
    const auto created = customer["created_at"].time();
    const auto told = customer["_isNew"].boolean();
    return told.value_or(created && created == customer["updated_at"].time()) ? Event::account_created
                                                                              : Event::account_updated;
}

Decision decide_deleted_customer(Value /*customer*/) {
    return Event::account_deleted;
}

constexpr std::array<Trigger, 8> kTriggers{{
    {"sales_order_save", "order", decide_order},
    {"sales_order_place", "order", decide_placed},
    {"sales_order_invoice_save", "invoice", decide_invoice},
    {"sales_order_shipment_save", "shipment", decide_shipment},
    {"sales_order_creditmemo_save", "creditmemo", decide_credit_memo},
    {"rma_save", "rma", decide_return},
    {"customer_save", "customer", decide_customer},
    {"customer_delete", "customer", decide_deleted_customer},
}};

}  // namespace

const Trigger* trigger_of(std::string_view type) noexcept {
    if (!type.starts_with(kCommerceType)) {
        return nullptr;
    }
    type.remove_prefix(type.rfind('.') + 1);
    for (const std::string_view suffix : {"_after", "_commit"}) {
        if (type.ends_with(suffix)) {
            type.remove_suffix(suffix.size());
        }
    }
    const auto* const found = std::ranges::find(kTriggers, type, &Trigger::saved);
    return found != kTriggers.end() ? found : nullptr;
}

}  // namespace aep::backoffice::mapping
