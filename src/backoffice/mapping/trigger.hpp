#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "event.hpp"
#include "value.hpp"

namespace aep::backoffice::mapping {

/// Why a document becomes no event.
struct Ignored {
    std::string reason;
};

/// What Commerce tells of by one kind of CloudEvent: that something was saved, not what for.
struct Trigger {
    std::string_view saved;  ///< what was saved, as in "sales_order_save"
    const char* entity;      ///< its name in an envelope
    std::variant<Event, Ignored> (*decide)(Value entity);
};

/// The trigger of a CloudEvent's type, such as `com.adobe.commerce.observer.sales_order_save_commit_after`; null where
/// the type is none of those.
const Trigger* trigger_of(std::string_view type) noexcept;

/// A CloudEvent's type without its prefix.
inline constexpr std::string_view kCommerceType = "com.adobe.commerce.";

}  // namespace aep::backoffice::mapping
