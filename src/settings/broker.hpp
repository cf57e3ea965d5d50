#pragma once

#include <string>
#include <string_view>

#include "queue/amqp/settings.hpp"

namespace aep::settings {

/// Whether a value of aep_queue is the URL of a broker, and no directory.
bool names_broker(std::string_view value) noexcept;

/// Reads the hosts and the virtual host of amqps://HOST[:PORT],…[/VHOST], which may be percent-encoded as RabbitMQ's URI
/// specification has it; false where it is none. An "@" is none: a user has no place there.
bool read_broker_url(std::string_view url, queue::amqp::Settings& broker);

/// Reads the user and the password, each on a line of its own. What is wrong with the text otherwise: a predicate that
/// holds nothing of it.
std::string read_broker_credentials(std::string_view text, queue::amqp::Settings& broker);

/// Whether all that is sent to it stays on this machine.
bool is_on_this_machine(const queue::amqp::Settings& broker) noexcept;

/// Its nodes, for people: as in a URL, without virtual host and user.
std::string nodes_of(const queue::amqp::Settings& broker);

}  // namespace aep::settings
