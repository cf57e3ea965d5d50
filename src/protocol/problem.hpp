#pragma once

#include <cstddef>
#include <string>

namespace aep::protocol {

/// Edge's limit for a body in bytes; ours before and after the changes.
inline constexpr std::size_t kMaxBody = std::size_t{64} * 1024;

/// A refusal, as RFC 9457 writes it (application/problem+json).
struct Problem {
    int status = 400;
    /// Edge's own where it has one ("https://ns.adobe.com/aep/errors/EXEG-0101-400"), else "about:blank".
    std::string type;
    std::string title;   ///< what is wrong
    std::string detail;  ///< what was found, what was expected
};

/// Problems of a request's body, with Edge's own types. `detail` is a sentence for whoever sent it.
Problem invalid_json(std::string detail);
Problem invalid_value(std::string detail);
Problem missing_member(std::string detail);

/// The body is larger than kMaxBody.
Problem body_too_large();

/// What a page gets for a refusal of Edge's that holds nothing that a page may get.
Problem refused_by_edge(int status);

/// The JSON text of a problem. `request_id` may be empty.
std::string to_json(const Problem& problem, const std::string& request_id);

}  // namespace aep::protocol
