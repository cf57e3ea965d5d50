#pragma once

#include <string_view>

#include "status/model.hpp"

namespace aep::status {

/// Says in words what the model's numbers mean: fills its sentences, first one for each website that is configured,
/// then those about hosts, the queue, dead letters and workers, and its state with the worst of theirs.
void add_sentences(Model& model);

/// All of it in one sentence.
std::string_view headline(const Model& model) noexcept;

}  // namespace aep::status
