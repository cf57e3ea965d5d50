#pragma once

#include "status/model.hpp"

namespace aep::status {

/// Whether a website's events arrive, and if not, why and what to do about it. Host and last events are the model's.
Sentence website_sentence(const Website& website, const Model& model);

}  // namespace aep::status
