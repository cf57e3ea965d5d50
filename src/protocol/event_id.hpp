#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aep::protocol {

/// The `_id` of an event that has none: a UUID of version 8 (RFC 9562 5.8), the same for the same
/// event of the same request, whichever worker sees it.
std::string event_id(std::string_view datastream_id, std::string_view request_id, std::size_t position);

}  // namespace aep::protocol
