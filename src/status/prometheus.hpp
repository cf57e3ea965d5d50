#pragma once

#include <string>

#include "status/model.hpp"

namespace aep::status {

/// The model as Prometheus reads it: the text format, version 0.0.4.
std::string render_prometheus(const Model& model);

}  // namespace aep::status
