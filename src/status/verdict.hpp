#pragma once

#include <string>
#include <string_view>

#include "edge/message.hpp"

namespace aep::status {

/// What asking Edge for an identity has shown.
struct Verdict {
    bool ok = false;
    /// "none", or which part is wrong: resolve, connect, certificate, proxy, timeout, datastream, organization, credentials,
    /// answer.
    std::string_view problem = "none";
    std::string text;  ///< in a sentence, and what to do
};

/// `has_proxy`: requests go by one. Pure.
Verdict verdict_of(const edge::Response& response, bool has_proxy);

}  // namespace aep::status
