#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "edge_cookies.hpp"
#include "exchange.hpp"
#include "local_state.hpp"
#include "text/ascii.hpp"
#include "text/splice.hpp"

namespace aep::protocol {
namespace {

/// One element of a `state:store`.
struct StoredState {
    std::optional<std::string_view> key;
    std::optional<std::string_view> value;
    std::chrono::seconds max_age{-1};  ///< negative: until the browser is closed
    std::string_view same_site = "Lax";
};

/// Text that js-cookie could write and read back.
bool is_cookie_value(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), text::is_control) &&
           simdjson::validate_utf8(text.data(), text.size());
}

/// A number token as a lifetime that a cookie may have.
std::chrono::seconds parse_max_age(std::string_view number) noexcept {
    constexpr double kMax = 2 * 34128000.0;  // twice the longest that Edge asks for
    double seconds = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
    if (error == std::errc::result_out_of_range) {
        const bool is_small = number.starts_with('-') || number.find("e-") != std::string_view::npos ||
                              number.find("E-") != std::string_view::npos;
        seconds = is_small ? 0 : kMax;
    }
    return std::chrono::seconds(static_cast<std::chrono::seconds::rep>(std::clamp(seconds, 0.0, kMax)));
}

/// Rewrites one of Edge's answers. Of members that occur twice the last counts, as in JSON.parse.
class ResponseRewriting {
  public:
    ResponseRewriting(std::string body, const ResponseFacts& facts)
        : facts_(facts),
          walk_(std::move(body), text::json::DuplicateKeys::allowed),
          prefix_(cookie_prefix(facts.organization_id)) {}

    RewrittenResponse run();

  private:
    std::optional<text::Edited> edit_root();
    text::Edited edit_handles();
    text::Fate edit_handle();
    text::Fate edit_state();
    StoredState read_state();
    void read_attributes(StoredState& state);
    std::optional<std::string_view> read_text();
    bool make_cookie(const StoredState& state);
    void add_consent(text::Edited& handles);

    const ResponseFacts& facts_;
    text::EditingWalk walk_;
    std::string prefix_;
    std::vector<std::string> set_cookies_;
    bool has_consent_ = false;
};

RewrittenResponse ResponseRewriting::run() {
    auto handles = edit_root();
    if (!handles) {
        return {false, walk_.walk.text(), {}};
    }
    if (facts_.action == Action::set_consent && facts_.consent != nullptr && !has_consent_) {
        add_consent(*handles);
    }
    return {true, walk_.result(), std::move(set_cookies_)};
}

/// Checks the whole answer; nothing when alloy would not take it.
std::optional<text::Edited> ResponseRewriting::edit_root() {
    if (walk_.walk.kind() != text::json::Kind::object) {
        return std::nullopt;
    }
    std::optional<text::Edited> handles;
    walk_.object([&](std::string_view key) {
        if (key != "handle") {
            return walk_.stay();
        }
        if (walk_.walk.kind() == text::json::Kind::array) {
            handles = edit_handles();
        } else {
            handles.reset();
            walk_.walk.skip();
        }
        return text::Fate::stay;
    });
    return walk_.walk.finish() ? handles : std::nullopt;
}

text::Edited ResponseRewriting::edit_handles() {
    // What an earlier array of handles held does not count.
    walk_.edits.clear();
    set_cookies_.clear();
    has_consent_ = false;
    return walk_.array([&] { return edit_handle(); });
}

text::Fate ResponseRewriting::edit_handle() {
    if (walk_.walk.kind() != text::json::Kind::object) {
        return walk_.stay();
    }
    std::optional<std::string_view> type;
    std::optional<text::json::Walk::Position> payload;
    walk_.object([&](std::string_view key) {
        if (key == "type") {
            type = read_text();
            return text::Fate::stay;
        }
        if (key == "payload") {
            payload.reset();
            if (walk_.walk.kind() == text::json::Kind::array) {
                payload = walk_.walk.position();
            }
        }
        return walk_.stay();
    });
    if (!walk_.walk.ok() || type != "state:store" || !payload) {
        return text::Fate::stay;
    }
    const text::json::Walk::Position end = walk_.walk.position();
    walk_.walk.return_to(*payload);
    const text::Edited states = walk_.array([&] { return edit_state(); });
    walk_.walk.return_to(end);
    return states.was_emptied() ? text::Fate::drop : text::Fate::stay;
}

text::Fate ResponseRewriting::edit_state() {
    if (walk_.walk.kind() != text::json::Kind::object) {
        return walk_.stay();
    }
    const StoredState state = read_state();
    if (!state.key || !state.value) {
        return text::Fate::stay;
    }
    has_consent_ =
        has_consent_ || (state.key->starts_with(prefix_) && state.key->substr(prefix_.size()) == "consent");
    return make_cookie(state) ? text::Fate::drop : text::Fate::stay;
}

StoredState ResponseRewriting::read_state() {
    StoredState state;
    walk_.object([&](std::string_view key) {
        if (key == "key") {
            state.key = read_text();
        } else if (key == "value") {
            state.value = read_text();
        } else if (key == "maxAge" && walk_.walk.kind() == text::json::Kind::number) {
            const text::json::Span number = walk_.walk.skip();
            state.max_age = parse_max_age(
                std::string_view(walk_.walk.text()).substr(number.begin, number.end - number.begin));
        } else if (key == "attrs" && walk_.walk.kind() == text::json::Kind::object) {
            read_attributes(state);
        } else {
            return walk_.stay();
        }
        return text::Fate::stay;
    });
    return state;
}

void ResponseRewriting::read_attributes(StoredState& state) {
    walk_.object([&](std::string_view key) {
        if (key != "SameSite") {
            return walk_.stay();
        }
        const auto same_site = read_text();
        for (const std::string_view known : {"None", "Lax", "Strict"}) {
            if (same_site == known) {
                state.same_site = known;
            }
        }
        return text::Fate::stay;
    });
}

/// Steps over a value; nothing when it is no string.
std::optional<std::string_view> ResponseRewriting::read_text() {
    if (walk_.walk.kind() == text::json::Kind::string) {
        return walk_.walk.string();
    }
    walk_.walk.skip();
    return std::nullopt;
}

/// False when the state has to stay in the body, where alloy finds it.
bool ResponseRewriting::make_cookie(const StoredState& state) {
    if (facts_.cookie_domain.empty() || !is_known_cookie(*state.key, prefix_) ||
        !is_cookie_value(*state.value)) {
        return false;
    }
    std::string cookie =
        set_cookie(*state.key, *state.value, facts_.cookie_domain, state.max_age, state.same_site);
    if (cookie.find(';') > kMaxCookie) {
        return false;
    }
    add_set_cookie(set_cookies_, std::move(cookie));
    return true;
}

void ResponseRewriting::add_consent(text::Edited& handles) {
    const State state = consent_state(facts_.organization_id, *facts_.consent);
    if (facts_.cookie_domain.empty()) {
        walk_.append(handles, to_handle({state}));
    } else {
        set_cookies_.push_back(to_set_cookie(state, facts_.cookie_domain));
    }
}

}  // namespace

RewrittenResponse rewrite_response(std::string body, const ResponseFacts& facts) {
    return ResponseRewriting(std::move(body), facts).run();
}

}  // namespace aep::protocol
