#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aep::queue::amqp {

/// How to reach a RabbitMQ cluster, and what the queues in it are called: what aep_queue says.
struct Settings {
    struct Host {
        std::string name;  ///< as in a URL, IPv6 without its brackets
        std::uint16_t port = 0;
    };

    std::vector<Host> hosts;  ///< at least one; tried in turn
    std::string vhost = "/";
    std::string user;
    std::string password;
    bool tls = true;
    std::string trusted_certificate;  ///< file; empty: the system's
    std::string certificate;          ///< file of the client's own; empty: none
    std::string certificate_key;      ///< file
    std::string name = "aep";         ///< what the names of all queues and exchanges begin with
    std::uint32_t shards = 1;         ///< queues of each lane
    bool declare = true;              ///< false: somebody else has declared all of it
};

}  // namespace aep::queue::amqp
