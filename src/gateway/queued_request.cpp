#include "queued_request.hpp"

#include <utility>

#include "protocol/replay.hpp"

namespace aep::gateway {

bool can_be_queued(protocol::Action action) noexcept {
    return action != protocol::Action::acquire;
}

std::shared_ptr<queue::Entry> entry_of(edge::Request request, const Subject& subject,
                                       const delivery::Routes& routes) {
    protocol::ReplayFacts facts;
    facts.target.action = subject.action;
    facts.target.path = subject.path;
    facts.query = {subject.datastream_id, subject.request_id, subject.assurance_token};
    facts.new_ecid = subject.new_ecid;
    auto replay = protocol::make_replay(std::move(request.body), facts);
    if (!replay) {
        return nullptr;
    }
    auto entry = std::make_shared<queue::Entry>();
    entry->lane = routes.lane_of(request.endpoint->base_url, subject.datastream_id);
    entry->website = subject.datastream_id;
    entry->action = protocol::name_of(replay->action);
    entry->target = std::move(replay->target);
    entry->headers = std::move(request.headers);
    entry->body = std::move(replay->body);
    return entry;
}

}  // namespace aep::gateway
