#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "action.hpp"

namespace aep::protocol {

/// A request as it is delivered when no page waits for its answer any more.
struct Replay {
    Action action = Action::collect;
    std::string target;  ///< path and query, without a location hint: it may be stale by then
    std::string body;
};

struct ReplayFacts {
    Target target;  ///< of the live request
    Query query;
    /// The ECID that the page gets with a local answer because it had none: tells Edge that this request and the
    /// visitor's next ones, which carry it, are one visitor's. Empty: none.
    std::string_view new_ecid;
};

/// What is kept of a request whose body rewrite_request() made. Nothing of an `identity/acquire`, which holds no
/// event. An `interact` becomes a `collect`: what it asks for beside the events (`query`, of the request and of each
/// event) goes, as offers that no page shows would count as shown. All else stays byte for byte. `body` is taken over.
std::optional<Replay> make_replay(std::string body, const ReplayFacts& facts);

}  // namespace aep::protocol
