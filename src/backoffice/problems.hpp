#pragma once

#include <string_view>

#include "protocol/problem.hpp"

namespace aep::backoffice {

/// Refusals of whole requests. None tells anything of what was sent.
protocol::Problem unauthorized();
protocol::Problem not_signed();
protocol::Problem for_another();
protocol::Problem method_not_allowed();
protocol::Problem unsupported_type();
protocol::Problem too_large();
protocol::Problem not_json(std::string_view expected);
protocol::Problem nothing_sent();
protocol::Problem broken_off();
protocol::Problem too_many();
protocol::Problem not_available();
protocol::Problem no_datastream();
protocol::Problem unknown_event();

}  // namespace aep::backoffice
