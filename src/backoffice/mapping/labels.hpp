#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "custom_attribute.hpp"

namespace aep::backoffice::mapping {

/// Labels by the IDs that Commerce writes in their place.
using LabelsById = std::map<std::string, std::string, std::less<>>;

/// An attribute by which the variants of a product differ.
struct ConfigurableOption {
    std::string label;
    LabelsById values;
};

/// What a return's items can say.
struct RmaOptions {
    LabelsById reason;
    LabelsById condition;
    LabelsById resolution;
};

/// What the file of aep_back_office_labels holds.
struct Labels {
    std::map<std::string, ConfigurableOption, std::less<>> configurable_options;
    RmaOptions rma_options;
    std::string shipment_completed_event_type = "commerce.backofficeOrderShipmentCompleted";
    std::vector<CustomAttribute> order_attributes;  ///< sorted by their targets
    std::vector<CustomAttribute> item_attributes;   ///< sorted by their targets
};

/// What is wrong with the file, as the rest of a sentence that begins with its name.
struct LabelsError {
    std::string text;
};

/// Reads the file's content. Members that it does not know are passed over.
std::variant<Labels, LabelsError> parse_labels(std::string_view json);

}  // namespace aep::backoffice::mapping
