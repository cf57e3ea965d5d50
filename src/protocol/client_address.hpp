#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "settings/website.hpp"

namespace aep::protocol {

/// The visitor's address as Edge gets it: whole; without its last 8 bits (IPv4) or 80 bits (IPv6); or not at
/// all (empty). Also empty for what is no IP address, such as a UNIX socket's name.
std::string client_address(std::string_view address, settings::ClientIp privacy);

/// What stands for a visitor's address where requests are counted: the 4 bytes of an IPv4 address; of an IPv6 address
/// the 8 that name a network, of which one visitor has all. Empty for addresses that no visitor from the internet has
/// (loopback, private, link-local, shared: RFC 6890): behind them stands a proxy or a colleague.
std::string address_key(const sockaddr& address);

}  // namespace aep::protocol
