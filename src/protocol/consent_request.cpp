#include "consent_request.hpp"

namespace aep::protocol {
namespace {

constexpr ConsentChange kIn{Consent::in, false};
constexpr ConsentChange kOut{Consent::out, false};
constexpr ConsentChange kProvisional{Consent::out, true};

/// One consent object, as far as a decision can be read from it.
struct Decision {
    std::optional<std::string_view> standard;
    std::string_view version;
    bool has_value = false;
    std::string_view general;  ///< Adobe 1.0: value.general
    std::string_view collect;  ///< Adobe 2.0: value.collect.val
};

/// Whatever is not plainly "in" or "out" (IAB TCF, Adobe 2.0's legal bases) is Edge's to compute.
ConsentChange interpret(const Decision& decision) noexcept {
    const bool is_adobe = decision.standard == "Adobe";
    if (is_adobe && decision.version == "1.0") {
        return decision.general == "in" ? kIn : decision.general == "out" ? kOut : kProvisional;
    }
    if (is_adobe && decision.version == "2.0") {
        return decision.collect == "y" ? kIn : decision.collect == "n" ? kOut : kProvisional;
    }
    return kProvisional;
}

ConsentChange stricter(const ConsentChange& a, const ConsentChange& b) noexcept {
    const auto rank = [](const ConsentChange& change) {
        const int settled = change.provisional ? 2 : 3;
        return change.general == Consent::out ? settled : change.general == Consent::in ? 1 : 0;
    };
    return rank(a) >= rank(b) ? a : b;
}

/// A string's text; of other kinds nothing, as Edge will refuse them with its own words.
std::string_view read_text(RequestWalk& walk) {
    if (walk.walk.kind() == text::json::Kind::string) {
        return walk.walk.string();
    }
    walk.walk.skip();
    return {};
}

void read_collect(RequestWalk& walk, Decision& decision) {
    if (!walk.expect(text::json::Kind::object, "value.collect in consent")) {
        return;
    }
    walk.object([&](std::string_view key) {
        if (key != "val") {
            return walk.stay();
        }
        decision.collect = read_text(walk);
        return text::Fate::stay;
    });
}

void read_value(RequestWalk& walk, Decision& decision) {
    decision.has_value = true;
    if (walk.walk.kind() == text::json::Kind::string) {
        walk.walk.skip();
        return;
    }
    if (!walk.expect(text::json::Kind::object, "value in consent")) {
        return;
    }
    walk.object([&](std::string_view key) {
        if (key == "general") {
            decision.general = read_text(walk);
        } else if (key == "collect") {
            read_collect(walk, decision);
        } else {
            return walk.stay();
        }
        return text::Fate::stay;
    });
}

Decision read_decision(RequestWalk& walk) {
    Decision decision;
    walk.object([&](std::string_view key) {
        if (key == "standard") {
            decision.standard = walk.expect_string("standard in consent");
        } else if (key == "version") {
            decision.version = walk.expect_string("version in consent");
        } else if (key == "value") {
            read_value(walk, decision);
        } else {
            return walk.stay();
        }
        return text::Fate::stay;
    });
    return decision;
}

}  // namespace

ConsentChange read_consent(RequestWalk& walk) {
    ConsentChange change;
    if (!walk.expect(text::json::Kind::array, "consent")) {
        return change;
    }
    const text::Edited array = walk.array([&] {
        if (walk.expect(text::json::Kind::object, "An element of consent")) {
            const Decision decision = read_decision(walk);
            if (!decision.standard || !decision.has_value) {
                walk.refuse(missing_member("An element of consent needs the members standard and value."));
            }
            change = stricter(change, interpret(decision));
        }
        return text::Fate::stay;
    });
    if (array.stayed == 0) {
        walk.refuse(invalid_value("consent is empty, expected at least one object."));
    }
    return change;
}

}  // namespace aep::protocol
