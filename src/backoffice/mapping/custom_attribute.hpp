#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aep::backoffice::mapping {

/// What a custom attribute is sent as.
enum class AttributeType : std::uint8_t { as_found, text, boolean, number, date };

/// A field of the merchant's own, and its place under the tenant's name in XDM.
struct CustomAttribute {
    std::vector<std::string> source;  ///< names from the order, or from the item, down to the value
    std::vector<std::string> target;  ///< names from `commerce.order`, or from a line, down to the value
    AttributeType type = AttributeType::as_found;
};

/// Whose attributes they are.
enum class AttributeOwner : std::uint8_t { order, item };

/// The names of a path such as `extension_attributes.engraved`; empty with the reason in `error`.
std::vector<std::string> read_source(std::string_view path, std::string& error);

/// The names of a path such as `commerce.order._acme.engraved`, from the tenant's name on; empty with the reason in
/// `error`.
std::vector<std::string> read_target(AttributeOwner owner, std::string_view path, std::string& error);

/// The type of that name.
std::optional<AttributeType> attribute_type_of(std::string_view name) noexcept;

}  // namespace aep::backoffice::mapping
