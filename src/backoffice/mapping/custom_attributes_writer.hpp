#pragma once

#include <vector>

#include "custom_attribute.hpp"
#include "value.hpp"
#include "xdm_writer.hpp"

namespace aep::backoffice::mapping {

/// Writes what an order or an item holds of the attributes that the merchant listed, at their places. A value that is
/// not of its type, or a text that is too long, is left out.
void write_custom_attributes(XdmWriter& writer, Value owner, const std::vector<CustomAttribute>& attributes);

}  // namespace aep::backoffice::mapping
