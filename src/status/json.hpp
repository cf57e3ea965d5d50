#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "status/model.hpp"

namespace aep::status {

/// The model as JSON, version 1. Bytes of its texts that are not UTF-8 become U+FFFD.
std::string render_json(const Model& model);

/// A part of the list of dead letters as JSON.
std::string render_json(const DeadLetters& list);

/// What came of the checks as JSON.
std::string render_json(const std::vector<Check>& checks);

/// How many dead letters an action was for, as JSON.
std::string render_count_json(std::uint64_t count);

/// Names of the enumerations, as JSON has them.
std::string_view to_string(State state) noexcept;
std::string_view to_string(WorkerState state) noexcept;

}  // namespace aep::status
