#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string_view>

#include "message.hpp"

namespace aep::edge {

/// What Edge's answer means for an event.
enum class Disposition : std::uint8_t {
    delivered,   ///< 2xx
    retry,       ///< 408, 429, 502, 503, 504, network, what is no answer of Edge: later, with backoff
    retry_once,  ///< 500
    repair,      ///< 422: an operator has to correct the datastream
    rejected,    ///< other 4xx: never again
};

Disposition classify(const Response& response) noexcept;

/// Whether no answer of Edge came: that may speak against the host. A status is an answer, but for that of a proxy
/// between us and Edge, which lets nothing through.
bool is_host_failure(const Response& response) noexcept;

/// Whether the answer speaks against the datastream: too many requests, or a service behind it that is away. (Of a 500
/// nobody knows whether it is for the event.)
bool is_datastream_failure(const Response& response) noexcept;

/// Whether Edge asks for fewer requests.
bool is_too_many(const Response& response) noexcept;

/// Retry-After in seconds: a number or an HTTP date (RFC 9110 10.2.3); 0 where it is absent or wrong.
std::chrono::seconds retry_after(std::string_view value, std::time_t now) noexcept;

}  // namespace aep::edge
