#pragma once

#include <chrono>
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

    /// What a file holds: the master has read it, as workers may not be allowed to.
    struct Pem {
        std::string file;  ///< for messages; empty: there is none
        std::string text;

        [[nodiscard]] bool empty() const noexcept { return file.empty(); }
    };

    std::vector<Host> hosts;  ///< at least one; tried in turn
    std::string vhost = "/";
    std::string user;
    std::string password;
    bool tls = true;
    Pem trusted_certificate;   ///< of authorities; none: the system's
    Pem certificate;           ///< the client's own, and what vouches for it
    Pem certificate_key;       ///< without a passphrase
    std::string name = "aep";  ///< what the names of all queues and exchanges begin with
    std::uint32_t shards = 1;  ///< queues of each lane
    bool declare = true;       ///< false: somebody else has declared all of it
    /// After how long a worker that has nothing of the broker's consumes over another connection.
    std::chrono::milliseconds renewal{300'000};
};

}  // namespace aep::queue::amqp
