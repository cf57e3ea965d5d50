#include "replay.hpp"

#include <utility>

#include "exchange.hpp"
#include "identity.hpp"
#include "identity_map.hpp"
#include "request_walk.hpp"

namespace aep::protocol {
namespace {

constexpr std::string_view kCollectPath = "v1/collect";

/// Makes one body what a later delivery sends, in a single walk.
class ReplayRewriting {
  public:
    ReplayRewriting(std::string body, const ReplayFacts& facts) : facts_(facts), walk_(std::move(body)) {}

    std::string run();

  private:
    text::Fate edit_root_member(std::string_view key);
    void edit_events();
    void read_meta();
    void read_state();
    void read_entry();
    text::Fate read_xdm();
    text::Fate read_identity_map();
    void add_new_ecid(text::Edited& root);

    [[nodiscard]] bool is_interact() const noexcept { return facts_.target.action == Action::interact; }
    [[nodiscard]] bool is_set_consent() const noexcept { return facts_.target.action == Action::set_consent; }

    const ReplayFacts& facts_;
    RequestWalk walk_;
    RequestIdentities identities_;
    bool has_identity_ = false;  // of Edge's own, among the state entries
};

std::string ReplayRewriting::run() {
    if (walk_.expect(text::json::Kind::object, "The body")) {
        text::Edited root = walk_.object([&](std::string_view key) { return edit_root_member(key); });
        if (walk_.ok()) {
            add_new_ecid(root);
        }
    }
    // rewrite_request() has checked all that is checked here. What is not of its making is Edge's to refuse.
    return walk_.finish() ? walk_.walk.text() : walk_.result();
}

text::Fate ReplayRewriting::edit_root_member(std::string_view key) {
    if (key == "query" && is_interact()) {
        return walk_.drop();
    }
    if (key == "events" && is_interact()) {
        edit_events();
        return text::Fate::stay;
    }
    if (key == "meta") {
        read_meta();
        return text::Fate::stay;
    }
    if (key == "xdm") {
        return read_xdm();
    }
    if (key == "identityMap" && is_set_consent()) {
        return read_identity_map();
    }
    return walk_.stay();
}

void ReplayRewriting::edit_events() {
    if (!walk_.expect(text::json::Kind::array, "events")) {
        return;
    }
    walk_.array([&] {
        if (walk_.expect(text::json::Kind::object, "An element of events")) {
            walk_.object([&](std::string_view key) { return key == "query" ? walk_.drop() : walk_.stay(); });
        }
        return text::Fate::stay;
    });
}

void ReplayRewriting::read_meta() {
    if (walk_.expect(text::json::Kind::object, "meta")) {
        walk_.object([&](std::string_view key) {
            if (key != "state") {
                return walk_.stay();
            }
            read_state();
            return text::Fate::stay;
        });
    }
}

void ReplayRewriting::read_state() {
    if (walk_.expect(text::json::Kind::object, "meta.state")) {
        walk_.object([&](std::string_view key) {
            if (key != "entries" || !walk_.expect(text::json::Kind::array, "meta.state.entries")) {
                return walk_.stay();
            }
            walk_.array([&] {
                read_entry();
                return text::Fate::stay;
            });
            return text::Fate::stay;
        });
    }
}

void ReplayRewriting::read_entry() {
    if (walk_.expect(text::json::Kind::object, "An element of meta.state.entries")) {
        walk_.object([&](std::string_view name) {
            if (name != "key") {
                return walk_.stay();
            }
            has_identity_ =
                is_identity_key(walk_.expect_string("key in meta.state.entries")) || has_identity_;
            return text::Fate::stay;
        });
    }
}

text::Fate ReplayRewriting::read_xdm() {
    if (is_set_consent() || !walk_.expect(text::json::Kind::object, "xdm")) {
        return walk_.stay();
    }
    identities_.xdm = walk_.object([&](std::string_view key) {
        if (key != "identityMap") {
            return walk_.stay();
        }
        return read_identity_map();
    });
    return text::Fate::stay;
}

text::Fate ReplayRewriting::read_identity_map() {
    identities_.map = edit_identity_map(walk_);
    return identities_.map ? text::Fate::stay : text::Fate::drop;
}

/// Who is known to Edge, or by a first-party ID, keeps that identity. A body that is too large with the ECID goes
/// without: that loses an identity, not the events.
void ReplayRewriting::add_new_ecid(text::Edited& root) {
    constexpr std::size_t kRoom = 128;
    const bool has_fpid = identities_.map && identities_.map->has_fpid;
    const bool fits = walk_.walk.text().size() + kRoom <= kMaxBody;
    if (!facts_.new_ecid.empty() && !has_identity_ && !has_fpid && fits) {
        identities_.add_ecid(walk_, root, facts_.target.action, facts_.new_ecid);
    }
}

}  // namespace

std::optional<Replay> make_replay(std::string body, const ReplayFacts& facts) {
    const Action action = facts.target.action;
    if (action == Action::acquire) {
        return std::nullopt;
    }
    const bool is_interact = action == Action::interact;
    Target target = facts.target;
    target.location_hint = {};
    target.path = is_interact ? kCollectPath : target.path;
    Replay replay;
    replay.action = is_interact ? Action::collect : action;
    replay.target = edge_target(target, facts.query);
    if (!is_interact && facts.new_ecid.empty()) {
        replay.body = std::move(body);
    } else {
        replay.body = ReplayRewriting(std::move(body), facts).run();
    }
    return replay;
}

}  // namespace aep::protocol
