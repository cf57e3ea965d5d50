#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "settings/endpoint.hpp"

namespace aep::edge {

using settings::Endpoint;

using Header = std::pair<std::string, std::string>;

/// One POST to the Edge Network.
struct Request {
    std::uint32_t sender = 0;  ///< who submits it, where several do; comes back in the Response
    std::uint64_t id = 0;      ///< chosen by the sender, comes back in the Response
    std::shared_ptr<const Endpoint> endpoint;
    std::string target;  ///< path and query: "/ee/v1/interact?configId=…"
    std::vector<Header> headers;
    std::string body;
};

enum class Failure : std::uint8_t {
    none,      ///< an answer with a status came
    resolve,   ///< the name could not be resolved, or not in time
    connect,   ///< no connection, or the TLS handshake failed, or they took too long
    transfer,  ///< broken off, or not HTTP
    timeout,   ///< connected, but no whole answer in time
    /// the answer is larger than Engine::kMaxResponse, or its headers are: only its status says what Edge has done
    too_large,
    /// not started: too many in flight, no connection became free, a request that cannot be sent, no memory, no engine
    refused,
};

/// A word for logs and counters.
constexpr std::string_view to_string(Failure failure) noexcept {
    switch (failure) {
        case Failure::none:
            return "none";
        case Failure::resolve:
            return "resolve";
        case Failure::connect:
            return "connect";
        case Failure::transfer:
            return "transfer";
        case Failure::timeout:
            return "timeout";
        case Failure::too_large:
            return "too_large";
        case Failure::refused:
            return "refused";
    }
    return "unknown";
}

/// How a Request ended. Exactly one for each submitted Request, unless the engine was stopped.
struct Response {
    std::uint32_t sender = 0;
    std::uint64_t id = 0;
    Failure failure = Failure::none;
    std::string failure_text;     ///< for the log: libcurl's words
    int status = 0;               ///< HTTP status; 0 when there was none, as with all failures but too_large
    std::vector<Header> headers;  ///< names in lower case; of the final response only; those that came
    std::string body;             ///< content codings removed
    std::chrono::microseconds elapsed{0};  ///< since submit(), waiting for a connection included
    /// So that it is freed by the thread that takes the answer, which has mostly made it: where one thread frees what
    /// another allocates, both wait for the same lock. Null where submit() refused it.
    std::shared_ptr<const Request> request;
};

/// 2xx (RFC 9110 15.3).
constexpr bool is_success(int status) noexcept {
    return status >= 200 && status < 300;
}

/// What came of a request, for the log: "Edge answered 503", or libcurl's words.
inline std::string description(const Response& response) {
    return response.status != 0 ? "Edge answered " + std::to_string(response.status) : response.failure_text;
}

}  // namespace aep::edge
