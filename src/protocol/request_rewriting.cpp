#include <utility>

#include "consent_request.hpp"
#include "event_id.hpp"
#include "exchange.hpp"
#include "identity_map.hpp"
#include "request_state.hpp"
#include "request_walk.hpp"

namespace aep::protocol {
namespace {

bool needs_events(Action action) noexcept {
    return action == Action::interact || action == Action::collect;
}

/// Members of `meta` by which a request would choose another datastream or its settings.
bool is_override(std::string_view key) noexcept {
    return key == "sdkConfig" || key == "configOverrides";
}

/// Rewrites one request's body in a single walk.
class RequestRewriting {
  public:
    RequestRewriting(std::string body, const RequestFacts& facts)
        : facts_(facts), walk_(std::move(body)), state_(facts) {}

    std::variant<RewrittenRequest, Problem> run();

  private:
    void edit_root();
    text::Fate edit_root_member(std::string_view key);
    text::Fate edit_meta();
    void edit_events();
    void edit_event(std::size_t position);
    text::Fate edit_event_member(std::string_view key, std::size_t position, bool& has_xdm);
    text::Fate edit_overrides(std::string_view key);
    void edit_event_xdm(std::size_t position);
    text::Fate edit_xdm_member(std::string_view key);
    text::Fate edit_root_xdm();
    text::Fate edit_root_identity_map();
    text::Fate edit_person_id();
    void read_event_type();
    std::string quoted_event_id(std::size_t position);
    void add_missing(text::Edited& root);
    void add_identity(text::Edited& root);
    std::optional<IdentityMap> edit_identities();
    [[nodiscard]] std::string_view withheld_ecid() const noexcept;

    const RequestFacts& facts_;
    RequestWalk walk_;
    RequestState state_;
    RewrittenRequest result_;
    RequestIdentities identities_;
    std::size_t new_ids_ = 0;
    bool page_has_fpid_ = false;
    bool has_meta_ = false;
    bool has_state_ = false;
    bool has_events_ = false;
};

std::variant<RewrittenRequest, Problem> RequestRewriting::run() {
    edit_root();
    if (auto problem = walk_.finish()) {
        return std::move(*problem);
    }
    result_.state_domain = state_.domain();
    result_.cookies_enabled = state_.cookies_enabled();
    result_.body = walk_.result();
    if (result_.body.size() > kMaxBody) {
        return body_too_large();
    }
    return std::move(result_);
}

void RequestRewriting::edit_root() {
    if (!walk_.expect(text::json::Kind::object, "The body")) {
        return;
    }
    text::Edited root = walk_.object([&](std::string_view key) { return edit_root_member(key); });
    if (needs_events(facts_.action) && !has_events_) {
        walk_.refuse(missing_member("events is missing or empty, expected at least one event."));
    }
    if (facts_.action == Action::set_consent && !result_.consent) {
        walk_.refuse(missing_member("consent is missing, expected an array of consent objects."));
    }
    if (walk_.ok()) {
        add_missing(root);
    }
}

text::Fate RequestRewriting::edit_root_member(std::string_view key) {
    if (key == "events") {
        edit_events();
        return text::Fate::stay;
    }
    if (key == "meta") {
        return edit_meta();
    }
    if (key == "xdm") {
        return edit_root_xdm();
    }
    if (key == "identityMap") {
        return edit_root_identity_map();
    }
    if (key == "consent" && facts_.action == Action::set_consent) {
        result_.consent = read_consent(walk_);
        return text::Fate::stay;
    }
    return walk_.stay();
}

text::Fate RequestRewriting::edit_meta() {
    has_meta_ = true;
    if (!walk_.expect(text::json::Kind::object, "meta")) {
        return text::Fate::stay;
    }
    text::Edited meta = walk_.object([&](std::string_view key) {
        if (key == "state") {
            has_state_ = true;
            state_.edit(walk_);
            return text::Fate::stay;
        }
        return edit_overrides(key);
    });
    if (!has_state_ && walk_.ok()) {
        if (const std::string state = state_.missing_members(); !state.empty()) {
            walk_.append(meta, R"("state":{)" + state + "}");
        }
    }
    return text::Fate::stay;
}

text::Fate RequestRewriting::edit_overrides(std::string_view key) {
    return is_override(key) && !facts_.defers ? walk_.drop() : walk_.stay();
}

void RequestRewriting::edit_events() {
    if (!walk_.expect(text::json::Kind::array, "events")) {
        return;
    }
    std::size_t position = 0;
    walk_.array([&] {
        edit_event(position);
        ++position;
        return text::Fate::stay;
    });
    has_events_ = position > 0;
}

void RequestRewriting::edit_event(std::size_t position) {
    result_.event_types.emplace_back();
    if (!walk_.expect(text::json::Kind::object, "An element of events")) {
        return;
    }
    bool has_xdm = false;
    text::Edited event =
        walk_.object([&](std::string_view key) { return edit_event_member(key, position, has_xdm); });
    if (!has_xdm && walk_.ok()) {
        walk_.append(event, R"("xdm":{"_id":)" + quoted_event_id(position) + "}");
    }
}

text::Fate RequestRewriting::edit_event_member(std::string_view key, std::size_t position, bool& has_xdm) {
    if (key == "xdm") {
        has_xdm = true;
        edit_event_xdm(position);
        return text::Fate::stay;
    }
    if (key == "meta") {
        if (walk_.expect(text::json::Kind::object, "meta of an event")) {
            walk_.object([&](std::string_view member) { return edit_overrides(member); });
        }
        return text::Fate::stay;
    }
    return walk_.stay();
}

void RequestRewriting::edit_event_xdm(std::size_t position) {
    if (!walk_.expect(text::json::Kind::object, "xdm of an event")) {
        return;
    }
    bool has_id = false;
    text::Edited xdm = walk_.object([&](std::string_view key) {
        if (key == "_id") {
            has_id = true;
            const std::size_t begin = walk_.walk.offset();
            if (walk_.expect_string("_id of an event").empty() && walk_.ok()) {
                walk_.replace({begin, walk_.walk.end()}, quoted_event_id(position));
            }
            return text::Fate::stay;
        }
        if (key == "eventType") {
            read_event_type();
            return text::Fate::stay;
        }
        return edit_xdm_member(key);
    });
    if (!has_id && walk_.ok()) {
        walk_.append(xdm, R"("_id":)" + quoted_event_id(position));
    }
}

/// A member of an event's xdm or of the request's.
text::Fate RequestRewriting::edit_xdm_member(std::string_view key) {
    if (key == "identityMap") {
        return edit_identities() ? text::Fate::stay : text::Fate::drop;
    }
    return key == "personID" ? edit_person_id() : walk_.stay();
}

text::Fate RequestRewriting::edit_person_id() {
    if (walk_.walk.kind() != text::json::Kind::string) {
        return walk_.stay();
    }
    const std::string_view id = walk_.walk.string();
    const bool is_withheld = !withheld_ecid().empty() && id == withheld_ecid();
    return is_placeholder_ecid(id) || is_withheld ? text::Fate::drop : text::Fate::stay;
}

void RequestRewriting::read_event_type() {
    if (walk_.walk.kind() == text::json::Kind::string) {
        result_.event_types.back() = walk_.walk.string();
    } else {
        walk_.walk.skip();
    }
}

text::Fate RequestRewriting::edit_root_xdm() {
    if (!walk_.expect(text::json::Kind::object, "xdm")) {
        return text::Fate::stay;
    }
    identities_.xdm = walk_.object([&](std::string_view key) {
        if (key == "identityMap" && facts_.action != Action::set_consent) {
            identities_.map = edit_identities();
            return identities_.map ? text::Fate::stay : text::Fate::drop;
        }
        return edit_xdm_member(key);
    });
    return text::Fate::stay;
}

text::Fate RequestRewriting::edit_root_identity_map() {
    const auto map = edit_identities();
    const text::Fate fate = map ? text::Fate::stay : text::Fate::drop;
    if (facts_.action == Action::set_consent) {
        identities_.map = map;
    }
    return fate;
}

std::string RequestRewriting::quoted_event_id(std::size_t position) {
    constexpr std::size_t kIdSize = 36;
    ++new_ids_;
    if (new_ids_ * kIdSize > kMaxBody) {
        walk_.refuse(body_too_large());
    }
    return '"' + event_id(facts_.datastream_id, facts_.request_id, position) + '"';
}

void RequestRewriting::add_missing(text::Edited& root) {
    if (!has_meta_) {
        if (const std::string state = state_.missing_members(); !state.empty()) {
            walk_.append(root, R"("meta":{"state":{)" + state + "}}");
        }
    }
    add_identity(root);
}

void RequestRewriting::add_identity(text::Edited& root) {
    const ConsentChange consent = result_.consent.value_or(ConsentChange{});
    const bool says_out = consent.general == Consent::out && !consent.provisional;
    if (!facts_.fpid.empty() && !(facts_.fpid_is_new && says_out)) {
        result_.has_fpid = !page_has_fpid_;
        if (!page_has_fpid_) {
            identities_.add_fpid(walk_, root, facts_.action, facts_.fpid);
        }
    } else if (!state_.minted_ecid().empty()) {
        identities_.add_ecid(walk_, root, facts_.action, state_.minted_ecid());
    }
}

std::optional<IdentityMap> RequestRewriting::edit_identities() {
    auto map = edit_identity_map(walk_, withheld_ecid());
    page_has_fpid_ = page_has_fpid_ || (map && map->has_fpid);
    return map;
}

/// Beside a first-party ID: what alloy and the collector have read out of the minted cookie.
std::string_view RequestRewriting::withheld_ecid() const noexcept {
    return facts_.fpid.empty() ? std::string_view() : facts_.minted_ecid;
}

}  // namespace

std::variant<RewrittenRequest, Problem> rewrite_request(std::string body, const RequestFacts& facts) {
    if (body.size() > kMaxBody) {
        return body_too_large();
    }
    if (body.empty()) {
        return invalid_json("The body is empty, expected a JSON object.");
    }
    return RequestRewriting(std::move(body), facts).run();
}

}  // namespace aep::protocol
