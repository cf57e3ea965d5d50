#include "request_state.hpp"

#include <algorithm>

#include "identity.hpp"
#include "text/json_text.hpp"

namespace aep::protocol {
namespace {

constexpr std::size_t kSyntax = 24;  // of an entry, with the comma behind it

void append_member(std::string& members, std::string_view member) {
    members.append(members.empty() ? "" : ",").append(member);
}

}  // namespace

RequestState::RequestState(const RequestFacts& facts) : facts_(facts) {
    has_identity_ = std::any_of(facts.entries.begin(), facts.entries.end(),
                                [](const StateEntry& entry) { return is_identity_key(entry.key); });
}

std::string_view RequestState::minted_ecid() const noexcept {
    if (has_identity_) {
        return {};
    }
    return minted_ecid_.empty() ? facts_.minted_ecid : std::string_view(minted_ecid_);
}

void RequestState::edit(RequestWalk& walk) {
    if (!walk.expect(text::json::Kind::object, "meta.state")) {
        return;
    }
    text::Edited state = walk.object([&](std::string_view key) {
        if (key == "domain") {
            has_domain_ = true;
            domain_ = walk.expect_string("meta.state.domain");
        } else if (key == "cookiesEnabled") {
            if (walk.expect(text::json::Kind::boolean, "meta.state.cookiesEnabled")) {
                has_cookies_enabled_ = true;
                cookies_enabled_ = walk.walk.text()[walk.walk.skip().begin] == 't';
            }
        } else if (key == "entries") {
            edit_entries(walk);
        } else {
            return walk.stay();
        }
        return text::Fate::stay;
    });
    if (const std::string members = missing_members(); walk.ok() && !members.empty()) {
        walk.append(state, members);
    }
}

std::string RequestState::missing_members() const {
    std::string members;
    if (!has_domain_ && !facts_.site.empty()) {
        members.append(R"("domain":)");
        text::json::append_quoted(members, facts_.site);
    }
    // Edge refuses enabled cookies without a domain (EXEG-0110-400).
    if (!has_cookies_enabled_ && (has_domain_ || !facts_.site.empty())) {
        append_member(members, R"("cookiesEnabled":true)");
    }
    if (!has_entries_) {
        if (const std::string entries = new_entries(); !entries.empty()) {
            append_member(members, R"("entries":[)");
            members.append(entries).push_back(']');
        }
    }
    return members;
}

void RequestState::edit_entries(RequestWalk& walk) {
    has_entries_ = true;
    if (!walk.expect(text::json::Kind::array, "meta.state.entries")) {
        return;
    }
    text::Edited entries = walk.array([&] { return edit_entry(walk); });
    std::sort(keys_.begin(), keys_.end());
    if (const std::string added = new_entries(); walk.ok() && !added.empty()) {
        walk.append(entries, added);
    }
}

text::Fate RequestState::edit_entry(RequestWalk& walk) {
    if (!walk.expect(text::json::Kind::object, "An element of meta.state.entries")) {
        return text::Fate::stay;
    }
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    walk.object([&](std::string_view name) {
        if (name == "key") {
            key = walk.expect_string("key in meta.state.entries");
        } else if (name == "value") {
            value = walk.expect_string("value in meta.state.entries");
        } else {
            return walk.stay();
        }
        return text::Fate::stay;
    });
    if (!key || !value) {
        walk.refuse(missing_member("An element of meta.state.entries needs the members key and value."));
        return text::Fate::stay;
    }
    if (key->ends_with("_identity")) {
        if (std::string ecid = aep::protocol::minted_ecid(*value); !ecid.empty()) {
            minted_ecid_ = std::move(ecid);
            return text::Fate::drop;
        }
    }
    has_identity_ = has_identity_ || is_identity_key(*key);
    keys_.push_back(*key);
    return text::Fate::stay;
}

/// The visitor's cookies that are no entries yet, as elements with commas between them.
std::string RequestState::new_entries() const {
    std::string entries;
    std::size_t size = 0;
    for (const StateEntry& entry : facts_.entries) {
        size += entry.key.size() + entry.value.size() + kSyntax;
    }
    entries.reserve(size);
    for (const StateEntry& entry : facts_.entries) {
        if (!std::binary_search(keys_.begin(), keys_.end(), entry.key)) {
            append_member(entries, R"({"key":)");
            text::json::append_quoted(entries, entry.key);
            entries.append(R"(,"value":)");
            text::json::append_quoted(entries, entry.value);
            entries.push_back('}');
        }
    }
    return entries;
}

}  // namespace aep::protocol
