#include "custom_attribute.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "text/ascii.hpp"

namespace aep::backoffice::mapping {
namespace {

constexpr std::size_t kMaxNames = 8;
constexpr std::size_t kMaxName = 64;

/// Members of an order or of its items that hold personal data, payment data or free text. What they hold leaves under
/// no name.
constexpr std::array<std::string_view, 68> kPersonal{
    "additional_data",
    "additional_information",
    "addresses",
    "billing_address",
    "billing_address_id",
    "city",
    "comment",
    "comments",
    "company",
    "company_order_attributes",
    "coupon_code",
    "coupon_codes",
    "coupon_rule_name",
    "customer_custom_email",
    "customer_dob",
    "customer_email",
    "customer_firstname",
    "customer_gender",
    "customer_group_id",
    "customer_id",
    "customer_lastname",
    "customer_middlename",
    "customer_name",
    "customer_note",
    "customer_prefix",
    "customer_suffix",
    "customer_taxvat",
    "description",
    "discount_description",
    "dob",
    "email",
    "ext_customer_id",
    "fax",
    "file_info",
    "firstname",
    "gender",
    "gift_cards",
    "gift_message",
    "gift_message_id",
    "giftcard_item_option",
    "lastname",
    "middlename",
    "option_value",
    "parent_item",
    "password_hash",
    "payment",
    "payment_additional_info",
    "po_number",
    "postcode",
    "product_option",
    "product_options",
    "protect_code",
    "quote_id",
    "region",
    "remote_ip",
    "shipping_address",
    "shipping_address_id",
    "shipping_assignments",
    "status_histories",
    "street",
    "taxvat",
    "telephone",
    "track_number",
    "tracks",
    "transaction_id",
    "vat_id",
    "vault_payment_token",
    "x_forwarded_for",
};
static_assert(std::ranges::is_sorted(kPersonal));

constexpr std::string_view root_of(AttributeOwner owner) noexcept {
    return owner == AttributeOwner::order ? "commerce.order." : "productListItems[].";
}

bool is_name(std::string_view name) noexcept {
    const auto may_be_in_name = [](char c) { return text::is_letter_or_digit(c) || c == '_'; };
    return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, may_be_in_name);
}

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t dot = path.find('.');
        names.emplace_back(path.substr(0, dot));
        if (dot == std::string_view::npos) {
            return names;
        }
        path.remove_prefix(dot + 1);
    }
}

bool is_tenant(std::string_view name) noexcept {
    return name.size() > 1 && name[0] == '_' && text::is_letter_or_digit(name[1]);
}

bool is_field(std::string_view name) noexcept {
    return text::is_letter(name.front());
}

}  // namespace

std::vector<std::string> read_source(std::string_view path, std::string& error) {
    std::vector<std::string> names = split(path);
    if (names.size() > kMaxNames || !std::ranges::all_of(names, is_name)) {
        error =
            "the path in the document is none: expected at most 8 names of letters, digits and underscores "
            "with dots between them, such as \"extension_attributes.engraved\"";
        return {};
    }
    const auto is_personal = [](const std::string& name) {
        return std::ranges::binary_search(kPersonal, std::string_view(name));
    };
    if (std::ranges::any_of(names, is_personal)) {
        error =
            "the path leads to personal data, payment data or free text, which is never sent: expected an "
            "attribute of your own, such as \"extension_attributes.engraved\"";
        return {};
    }
    if (names.size() > 1 && names.front() != "extension_attributes" && names.front() != "custom_attributes") {
        error =
            "the path leads into a member that has no custom attributes: expected a single name, or a path "
            "that begins with \"extension_attributes.\" or \"custom_attributes.\"";
        return {};
    }
    return names;
}

std::vector<std::string> read_target(AttributeOwner owner, std::string_view path, std::string& error) {
    const std::string_view root = root_of(owner);
    std::vector<std::string> names;
    if (path.starts_with(root)) {
        names = split(path.substr(root.size()));
    }
    const bool is_right = names.size() > 1 && names.size() <= kMaxNames &&
                          std::ranges::all_of(names, is_name) && is_tenant(names.front()) &&
                          std::all_of(std::next(names.begin()), names.end(), is_field);
    if (!is_right) {
        error = "the XDM path is wrong: expected \"" + std::string(root) +
                "_<tenant>.<field>\", the name of your tenant with its underscore and at most 7 names of "
                "letters, digits and underscores behind it";
        return {};
    }
    return names;
}

std::optional<AttributeType> attribute_type_of(std::string_view name) noexcept {
    constexpr std::array<std::pair<std::string_view, AttributeType>, 4> kTypes{{
        {"string", AttributeType::text},
        {"boolean", AttributeType::boolean},
        {"number", AttributeType::number},
        {"date", AttributeType::date},
    }};
    for (const auto& [each, type] : kTypes) {
        if (each == name) {
            return type;
        }
    }
    return std::nullopt;
}

}  // namespace aep::backoffice::mapping
