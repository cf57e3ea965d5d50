#pragma once

#include <string>
#include <string_view>

#include "settings/website.hpp"

namespace aep::protocol {

/// The visitor's address as Edge gets it: whole; without its last 8 bits (IPv4) or 80 bits (IPv6); or not at
/// all (empty). Also empty for what is no IP address, such as a UNIX socket's name.
std::string client_address(std::string_view address, settings::ClientIp privacy);

}  // namespace aep::protocol
