#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace aep::protocol {

inline constexpr std::size_t kMaxEventTypeList = 1024;  ///< bytes

/// The types of a request's events for logs and headers, with commas between them: whole types, "-" for none, at most
/// kMaxEventTypeList bytes with "…" behind what was cut. A page chooses them, so anything but letters, digits and
/// ".", "_", "-", which XDM's types are made of, becomes "?".
std::string list_event_types(std::span<const std::string> types);

}  // namespace aep::protocol
