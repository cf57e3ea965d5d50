#pragma once

#include <string>
#include <string_view>

#include "order_items.hpp"
#include "settings.hpp"
#include "value.hpp"
#include "xdm_writer.hpp"

namespace aep::backoffice::mapping {

/// The currency of the order's amounts; empty where it is no code of three letters.
std::string currency_of(Value order_or_document);

/// XDM's name for how the order was paid; a name of the merchant's own passes.
std::string payment_type_of(Value order);

/// The same from the closed list that XDM has for refunds.
std::string refund_payment_type_of(Value order);

/// `payments`: the one payment of an order, of that amount.
void write_payments(XdmWriter& writer, Value order, std::optional<Decimal> amount);

/// What the order asked for.
std::optional<Decimal> payment_amount_of(Value order);

/// Whether anything of the order is to be shipped.
bool has_shipping(Value order);

/// `shippingMethod` and `shippingAmount`.
void write_shipping_method(XdmWriter& writer, Value order);

/// `billing` with the coarse address.
void write_billing(XdmWriter& writer, Value order);

/// `address` of where the order goes: state and country, if the state was picked from a list.
void write_shipping_address(XdmWriter& writer, Value order);

/// `selectedOptions`: what was chosen from lists. What the shopper typed in is not among them.
void write_selected_options(XdmWriter& writer, Value order_item, const Labels& labels);

}  // namespace aep::backoffice::mapping
