#include "order_fields.hpp"

#include <algorithm>
#include <array>

#include "text/ascii.hpp"

namespace aep::backoffice::mapping {
namespace {

struct PaymentType {
    std::string_view method;
    std::string_view type;
};

constexpr std::array<PaymentType, 16> kPaymentTypes{{
    {"checkmo", "check"},
    {"banktransfer", "wire_transfer"},
    {"cashondelivery", "cash"},
    {"braintree", "credit_card"},
    {"braintree_cc_vault", "credit_card"},
    {"payflowpro", "credit_card"},
    {"payflow_advanced", "credit_card"},
    {"payment_services_paypal_hosted_fields", "credit_card"},
    {"payment_services_paypal_vault", "credit_card"},
    {"paypal_express", "paypal"},
    {"paypal_express_bml", "paypal"},
    {"payflow_express", "paypal"},
    {"paypal_billing_agreement", "paypal"},
    {"braintree_paypal", "paypal"},
    {"braintree_paypal_vault", "paypal"},
    {"payment_services_paypal_smart_buttons", "paypal"},
}};

constexpr std::string_view kOther = "other";
constexpr std::size_t kMaxMethod = 64;

std::string_view known_type(std::string_view method) noexcept {
    const auto* const found = std::ranges::find(kPaymentTypes, method, &PaymentType::method);
    return found != kPaymentTypes.end() ? found->type : std::string_view();
}

bool is_code(std::string_view method) noexcept {
    const auto may_be_in_code = [](char c) {
        return text::is_digit(c) || c == '_' || (c >= 'a' && c <= 'z');
    };
    return method.size() <= kMaxMethod && std::ranges::all_of(method, may_be_in_code);
}

Value shipping_of(Value order) {
    return order["extension_attributes"]["shipping_assignments"][std::size_t{0}]["shipping"];
}

/// Eventing lists the addresses.
Value address_of(Value order, std::string_view type) {
    for (const Value each : Elements(order["addresses"])) {
        if (each["address_type"].string() == type) {
            return each;
        }
    }
    return {};
}

void write_coarse_address(XdmWriter& writer, Value address) {
    const std::string region_id = address["region_id"].text();
    writer.object("address", [&] {
        if (!region_id.empty() && region_id != "0") {
            writer.text("state", address["region"].text());
        }
        writer.text("country", address["country_id"].text());
    });
}

void write_option(XdmWriter& writer, std::string_view attribute, std::string_view value) {
    if (!attribute.empty() && !value.empty()) {
        writer.object({}, [&] {
            writer.text("attribute", attribute);
            writer.text("value", value);
        });
    }
}

void write_configured_option(XdmWriter& writer, Value option, const Labels& labels) {
    const auto attribute = labels.configurable_options.find(option["option_id"].text());
    if (attribute == labels.configurable_options.end()) {
        return;
    }
    const auto& [label, values] = attribute->second;
    if (const auto value = values.find(option["option_value"].text()); value != values.end()) {
        write_option(writer, label, value->second);
    }
}

}  // namespace

std::string currency_of(Value order_or_document) {
    std::string code = order_or_document["order_currency_code"].text();
    const auto is_upper_case = [](char c) { return c >= 'A' && c <= 'Z'; };
    return code.size() == 3 && std::ranges::all_of(code, is_upper_case) ? code : std::string();
}

std::string payment_type_of(Value order) {
    std::string method = order["payment"]["method"].text();
    if (const std::string_view type = known_type(method); !type.empty()) {
        return std::string(type);
    }
    return is_code(method) ? method : std::string(kOther);
}

std::string refund_payment_type_of(Value order) {
    const std::string method = order["payment"]["method"].text();
    const std::string_view type = known_type(method);
    return std::string(type.empty() && !method.empty() ? kOther : type);
}

void write_payments(XdmWriter& writer, Value order, std::optional<Decimal> amount) {
    writer.array("payments", [&] {
        writer.object({}, [&] {
            writer.number("paymentAmount", amount);
            writer.text("paymentType", payment_type_of(order));
            writer.text("currencyCode", currency_of(order));
        });
    });
}

std::optional<Decimal> payment_amount_of(Value order) {
    const auto amount = order["payment"]["amount_ordered"].number();
    return amount ? amount : order["grand_total"].number();
}

bool has_shipping(Value order) {
    return !order["is_virtual"].is_true();
}

void write_shipping_method(XdmWriter& writer, Value order) {
    std::string method = shipping_of(order)["method"].text();
    for (const char* field : {"shipping_method", "shipping_description"}) {
        method = method.empty() ? order[field].text() : method;
    }
    writer.text("shippingMethod", method);
    writer.number("shippingAmount", order["shipping_amount"].number());
}

void write_billing(XdmWriter& writer, Value order) {
    const Value address = order["billing_address"];
    writer.object("billing", [&] {
        write_coarse_address(writer, address.is_empty() ? address_of(order, "billing") : address);
    });
}

void write_shipping_address(XdmWriter& writer, Value order) {
    const Value address = shipping_of(order)["address"];
    write_coarse_address(writer, address.is_empty() ? address_of(order, "shipping") : address);
}

void write_selected_options(XdmWriter& writer, Value order_item, const Labels& labels) {
    const Value infos = order_item["product_options"]["attributes_info"];
    writer.array("selectedOptions", [&] {
        for (const Value each : Elements(infos)) {
            write_option(writer, each["label"].text(), each["value"].text());
        }
        if (infos.size() == 0) {
            const Value chosen =
                order_item["product_option"]["extension_attributes"]["configurable_item_options"];
            for (const Value each : Elements(chosen)) {
                write_configured_option(writer, each, labels);
            }
        }
    });
}

}  // namespace aep::backoffice::mapping
