#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aep::protocol {

inline constexpr std::size_t kMaxEventTypeList = 1024;  ///< bytes

/// The types of a request's events for logs and headers, with commas between them: whole types, "-" for none, at most
/// kMaxEventTypeList bytes with "…" behind what was cut. A page chooses them, so anything but letters, digits and
/// ".", "_", "-", which XDM's types are made of, becomes "?".
std::string list_event_types(std::span<const std::string> types);

/// The types of the events in a request's body, an empty one for each that has none. As far as it is valid.
std::vector<std::string> event_types_in(std::string body);

/// The type of one event that is written as the back office writes it; empty where it has none. A view into it.
std::string_view event_type_of(std::string_view event) noexcept;

}  // namespace aep::protocol
