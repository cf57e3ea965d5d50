#include "consent_identity.hpp"

#include <cstddef>
#include <utility>

#include "cookies.hpp"
#include "identity.hpp"
#include "text/digest.hpp"
#include "text/json_walk.hpp"

namespace aep::protocol {
namespace {

/// What the body of a set-consent says of its visitor; empty where it says nothing.
struct Found {
    std::string ecid;         // of the identity map
    std::string other;        // the first other identity: "namespace\nid"
    std::string cookie;       // the value of Edge's identity cookie
    std::string cookie_name;  // what to look for
};

class BodyReader {
  public:
    BodyReader(std::string body, std::string_view organization_id)
        : walk_(std::move(body), text::json::DuplicateKeys::allowed) {
        found_.cookie_name = cookie_prefix(organization_id) + "identity";
    }

    Found read() {
        members([this](std::string_view key) {
            if (key == "identityMap") {
                return members([this](std::string_view name) { return read_namespace(name); });
            }
            if (key == "meta") {
                return members([this](std::string_view name) { return read_meta_member(name); });
            }
            walk_.skip();
        });
        return std::move(found_);
    }

  private:
    /// Steps through an object, or over anything else.
    template <typename OnMember>
    void members(OnMember&& on_member) {
        if (walk_.kind() == text::json::Kind::object) {
            walk_.object([&](std::string_view key, std::size_t) { on_member(key); });
        } else {
            walk_.skip();
        }
    }

    template <typename OnElement>
    void elements(OnElement&& on_element) {
        if (walk_.kind() == text::json::Kind::array) {
            walk_.array(on_element);
        } else {
            walk_.skip();
        }
    }

    void read_text(std::string& text) {
        if (walk_.kind() == text::json::Kind::string) {
            text = walk_.string();
        } else {
            walk_.skip();
        }
    }

    void read_namespace(std::string_view name) {
        elements([&] {
            std::string id;
            members([&](std::string_view key) {
                std::string ignored;
                read_text(key == "id" ? id : ignored);
            });
            if (id.empty()) {
                return;
            }
            if (name == "ECID") {
                found_.ecid = found_.ecid.empty() ? std::move(id) : std::move(found_.ecid);
            } else if (found_.other.empty()) {
                found_.other.append(name).append("\n").append(id);
            }
        });
    }

    void read_meta_member(std::string_view name) {
        if (name != "state") {
            walk_.skip();
            return;
        }
        members([this](std::string_view key) {
            if (key != "entries") {
                walk_.skip();
                return;
            }
            elements([this] { read_entry(); });
        });
    }

    void read_entry() {
        std::string name;
        std::string value;
        members([&](std::string_view key) {
            std::string ignored;
            read_text(key == "key" ? name : key == "value" ? value : ignored);
        });
        if (name == found_.cookie_name) {
            found_.cookie = std::move(value);
        }
    }

    text::json::Walk walk_;
    Found found_;
};

/// The identity that counts, with a word in front of it for its kind.
std::string choose(const Found& found, const ConsentIdentityFacts& facts) {
    const auto tagged = [](std::string_view kind, std::string_view id) {
        return std::string(kind).append("\n").append(id);
    };
    if (!facts.fpid.empty()) {
        return tagged("fpid", facts.fpid);
    }
    if (!found.ecid.empty()) {
        return tagged("ecid", found.ecid);
    }
    if (!found.cookie.empty()) {
        const std::string ecid = ecid_of(found.cookie);
        return ecid.empty() ? tagged("cookie", found.cookie) : tagged("ecid", ecid);
    }
    if (!facts.new_ecid.empty()) {
        return tagged("ecid", facts.new_ecid);
    }
    return found.other.empty() ? tagged("request", facts.request_id) : tagged("identity", found.other);
}

}  // namespace

std::string consent_identity(std::string body, const ConsentIdentityFacts& facts) {
    // Neither ID holds a line's end, so that no two visitors have one text.
    std::string name(facts.organization_id);
    name.append("\n").append(facts.datastream_id).append("\n");
    name.append(choose(BodyReader(std::move(body), facts.organization_id).read(), facts));
    return text::hexadecimal(text::sha256(name));
}

}  // namespace aep::protocol
