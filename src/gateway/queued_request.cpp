#include "queued_request.hpp"

#include <utility>

#include "protocol/replay.hpp"

namespace aep::gateway {

bool can_be_queued(protocol::Action action) noexcept {
    return action != protocol::Action::acquire;
}

std::string_view name_of(protocol::Action action) noexcept {
    switch (action) {
        case protocol::Action::interact:
            return "interact";
        case protocol::Action::collect:
            return "collect";
        case protocol::Action::acquire:
            return "identity/acquire";
        case protocol::Action::set_consent:
            return "privacy/set-consent";
        case protocol::Action::media:
            return "media";
    }
    return "";
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
    entry->action = name_of(replay->action);
    entry->target = std::move(replay->target);
    entry->headers = std::move(request.headers);
    entry->body = std::move(replay->body);
    return entry;
}

}  // namespace aep::gateway
