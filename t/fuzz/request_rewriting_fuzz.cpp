// Whatever a body holds, what goes to Edge is valid JSON, keeps to the rules, and differs from the body only where
// it may; and so does what is kept of it for a later delivery. The last byte of an input chooses what is known of the
// request.
#include <jansson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/exchange.hpp"
#include "protocol/identity.hpp"
#include "protocol/replay.hpp"
#include "text/json_walk.hpp"

namespace {

using namespace aep::protocol;
using namespace aep::text;

struct DropReference {
    void operator()(json_t* value) const noexcept { json_decref(value); }
};

using Value = std::unique_ptr<json_t, DropReference>;

constexpr std::string_view kEcid = "12345678901234567890123456789012345678";
constexpr std::string_view kNewEcid = "87654321098765432109876543210987654321";

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// What a last byte stands for.
RequestFacts choose_facts(std::uint8_t choice, const std::vector<StateEntry>& entries) {
    constexpr std::array kActions{Action::interact, Action::collect, Action::acquire, Action::set_consent,
                                  Action::media};
    RequestFacts facts;
    facts.action = kActions[choice % kActions.size()];
    facts.datastream_id = "11111111-2222-4333-8444-555555555555";
    facts.request_id = "89e29a4a-fff2-4cf3-b5ed-25c817f365a8";
    facts.defers = (choice & 0x20U) != 0;
    facts.site = (choice & 0x40U) != 0 ? "shop.example" : "";
    if ((choice & 0x10U) != 0) {
        facts.entries = entries;
    } else {
        facts.minted_ecid = kEcid;
    }
    if (choice % 3 == 0) {
        facts.fpid = "9f6f4d2c-6f0b-4a57-8a3e-0f2f3c1d2e4b";
        facts.fpid_is_new = (choice & 0x20U) != 0;
    }
    return facts;
}

Value load(std::string_view text) {
    json_error_t error;
    return Value(json_loadb(text.data(), text.size(), JSON_ALLOW_NUL, &error));
}

json_t* at(json_t* value, std::initializer_list<const char*> path) {
    for (const char* key : path) {
        value = json_object_get(value, key);
    }
    return value;
}

bool is_placeholder(const json_t* value) {
    const std::string_view text = json_is_string(value) ? json_string_value(value) : "";
    return !text.empty() && text.find_first_not_of('0') == std::string_view::npos;
}

void check_identity_map(json_t* map) {
    std::size_t index = 0;
    json_t* identity = nullptr;
    json_array_foreach(json_object_get(map, "ECID"), index, identity) {
        require(!is_placeholder(json_object_get(identity, "id")));
    }
}

void check_events(json_t* events, bool defers) {
    std::size_t index = 0;
    json_t* event = nullptr;
    json_array_foreach(events, index, event) {
        json_t* xdm = json_object_get(event, "xdm");
        require(json_string_length(json_object_get(xdm, "_id")) > 0);
        require(!is_placeholder(json_object_get(xdm, "personID")));
        check_identity_map(json_object_get(xdm, "identityMap"));
        require(defers || at(event, {"meta", "sdkConfig"}) == nullptr);
        require(defers || at(event, {"meta", "configOverrides"}) == nullptr);
    }
}

void check_entries(json_t* entries, const RequestFacts& facts) {
    std::size_t index = 0;
    json_t* entry = nullptr;
    std::size_t found = 0;
    json_array_foreach(entries, index, entry) {
        const std::string_view key = json_string_value(json_object_get(entry, "key"));
        const std::string_view value = json_string_value(json_object_get(entry, "value"));
        require(!key.ends_with("_identity") || minted_ecid(value).empty());
        found += !facts.entries.empty() && key == facts.entries.front().key ? 1U : 0U;
    }
    require(facts.entries.empty() || found > 0);
}

/// The rules that hold for everything that goes to Edge.
void check_rules(json_t* root, const RequestFacts& facts) {
    json_t* meta = json_object_get(root, "meta");
    require(facts.defers || json_object_get(meta, "sdkConfig") == nullptr);
    require(facts.defers || json_object_get(meta, "configOverrides") == nullptr);
    check_events(json_object_get(root, "events"), facts.defers);
    check_entries(at(meta, {"state", "entries"}), facts);
    check_identity_map(at(root, {"xdm", "identityMap"}));
    check_identity_map(json_object_get(root, "identityMap"));
    require(facts.site.empty() || at(meta, {"state", "domain"}) != nullptr);
    require(at(meta, {"state", "domain"}) == nullptr || at(meta, {"state", "cookiesEnabled"}) != nullptr);
}

void remove(json_t* object, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        json_object_del(object, key);
    }
}

void remove_if_empty(json_t* object, const char* key) {
    if (json_object_size(json_object_get(object, key)) == 0) {
        json_object_del(object, key);
    }
}

/// Takes away what a rewriting may change.
void strip(json_t* root) {
    std::size_t index = 0;
    json_t* event = nullptr;
    json_array_foreach(json_object_get(root, "events"), index, event) {
        remove(json_object_get(event, "xdm"), {"_id", "personID", "identityMap"});
        remove(json_object_get(event, "meta"), {"sdkConfig", "configOverrides"});
        remove_if_empty(event, "xdm");
    }
    remove(json_object_get(root, "xdm"), {"personID", "identityMap"});
    remove_if_empty(root, "xdm");
    remove(root, {"identityMap"});
    remove(at(root, {"meta", "state"}), {"domain", "cookiesEnabled", "entries"});
    remove(json_object_get(root, "meta"), {"sdkConfig", "configOverrides"});
    remove_if_empty(json_object_get(root, "meta"), "state");
    remove_if_empty(root, "meta");
}

void check_rest(json_t* before, json_t* after) {
    strip(before);
    strip(after);
    require(json_equal(before, after) == 1);
}

void remove_queries(json_t* root) {
    json_object_del(root, "query");
    std::size_t index = 0;
    json_t* event = nullptr;
    json_array_foreach(json_object_get(root, "events"), index, event) {
        json_object_del(event, "query");
    }
}

void remove_request_identities(json_t* root) {
    remove(json_object_get(root, "xdm"), {"identityMap"});
    remove_if_empty(root, "xdm");
    remove(root, {"identityMap"});
}

/// What is kept of a rewritten body is that body, for an interact without queries, perhaps with a new ECID.
void check_replay(const std::string& body, const RequestFacts& facts, bool is_first_visit) {
    constexpr std::array<std::string_view, 5> kPaths{"v1/interact", "v1/collect", "v1/identity/acquire",
                                                     "v1/privacy/set-consent", "va/v1/ping"};
    ReplayFacts replay_facts;
    replay_facts.target = {facts.action, {}, kPaths.at(static_cast<std::size_t>(facts.action))};
    replay_facts.new_ecid = is_first_visit ? kNewEcid : "";
    const auto replay = make_replay(body, replay_facts);
    require(replay.has_value() == (facts.action != Action::acquire));
    if (!replay) {
        return;
    }
    require(replay->body.size() <= kMaxBody);
    const bool is_interact = facts.action == Action::interact;
    require(is_interact || is_first_visit || replay->body == body);
    const Value before = load(body);
    const Value after = load(replay->body);
    require((before == nullptr) == (after == nullptr));
    if (is_interact) {
        remove_queries(before.get());
    }
    if (is_first_visit) {
        remove_request_identities(before.get());
        remove_request_identities(after.get());
    }
    require(before == nullptr || json_equal(before.get(), after.get()) == 1);
}

bool is_valid(const std::string& text) {
    json::Walk walk(text, json::DuplicateKeys::allowed);
    walk.skip();
    return walk.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::vector<StateEntry> entries{{"kndctr_0123456789ABCDEF01234567_AdobeOrg_identity", "CiY3"}};
    const RequestFacts facts = choose_facts(data[size - 1], entries);
    const std::string body(reinterpret_cast<const char*>(data), size - 1);

    const auto result = rewrite_request(body, facts);
    if (const auto* problem = std::get_if<Problem>(&result)) {
        require(problem->status == 400 || problem->status == 413);
        require(is_valid(to_json(*problem, body)));
        return 0;
    }
    const auto& rewritten = std::get<RewrittenRequest>(result);
    require(rewritten.body.size() <= kMaxBody);
    require(is_valid(body) && is_valid(rewritten.body));

    const auto again = rewrite_request(rewritten.body, facts);
    require(std::get<RewrittenRequest>(again).body == rewritten.body);
    check_replay(rewritten.body, facts, (data[size - 1] & 0x80U) != 0);

    if (const Value before = load(body)) {
        const Value after = load(rewritten.body);
        require(after != nullptr);
        check_rules(after.get(), facts);
        check_rest(before.get(), after.get());
    }
    return 0;
}
