#pragma once

#include <string>

#include "status/model.hpp"

namespace aep::status {

/// The page for people: all of it can be read without script. With script it asks its own address for itself again and
/// takes over what has changed.
std::string render_page(const Model& model);

}  // namespace aep::status
