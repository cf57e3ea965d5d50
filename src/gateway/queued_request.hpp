#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "delivery/routes.hpp"
#include "edge/message.hpp"
#include "protocol/action.hpp"
#include "queue/entry.hpp"
#include "shared/tally.hpp"

namespace aep::gateway {

/// What is known of a request besides what is sent. Owns all of it: a transfer outlives its request.
struct Subject {
    protocol::Action action = protocol::Action::interact;
    std::string path;  ///< behind the gateway's prefix and the location hint
    std::string datastream_id;
    std::string request_id;
    std::string assurance_token;
    std::string new_ecid;  ///< that a local answer gives to a visitor without an identity; may be empty
    std::string consent_identity;  ///< of a set-consent
    std::uint64_t window_key = 0;  ///< in shared::RequestWindow; 0: it is not in there
    std::shared_ptr<shared::Tally> tally;
};

/// Whether such a request goes into the queue when Edge does not take it: an acquire holds nothing to deliver.
bool can_be_queued(protocol::Action action) noexcept;

/// What the queue gets of a request: as it is to be sent when no page waits for the answer. Null where can_be_queued() says
/// no, or where the body is none that we sent.
std::shared_ptr<queue::Entry> entry_of(edge::Request request, const Subject& subject,
                                       const delivery::Routes& routes);

}  // namespace aep::gateway
