#include "local_answer.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "local_state.hpp"
#include "text/json_text.hpp"
#include "text/random.hpp"

namespace aep::protocol {
namespace {

/// What an answer says, before it is known whether state travels as cookies or in the body.
struct Content {
    std::vector<State> states;
    std::string_view ecid;  ///< for identity:result; empty: none
};

Content make_content(const LocalAnswerFacts& facts) {
    Content content;
    const bool is_new = !facts.has_identity && facts.known_ecid.empty() && !facts.new_ecid.empty();
    if (is_new) {
        content.states.push_back(identity_state(facts.organization_id, facts.new_ecid));
        content.ecid = facts.new_ecid;
    }
    if (facts.action == Action::acquire) {
        content.ecid = facts.known_ecid.empty() ? facts.new_ecid : facts.known_ecid;
    } else if (facts.action == Action::set_consent) {
        content.states.push_back(consent_state(facts.organization_id, facts.consent));
    }
    return content;
}

std::string identity_result(std::string_view ecid) {
    std::string out(R"({"type":"identity:result","payload":[{"id":)");
    text::json::append_quoted(out, ecid);
    out.append(R"(,"namespace":{"code":"ECID"}}]})");
    return out;
}

std::string envelope(std::string_view request_id, const std::vector<std::string>& handles) {
    std::string out(R"({"requestId":)");
    text::json::append_quoted(out, request_id);
    out.append(R"(,"handle":[)");
    for (const std::string& handle : handles) {
        out.append(out.ends_with('[') ? "" : ",").append(handle);
    }
    out.append("]}");
    return out;
}

}  // namespace

LocalAnswer local_answer(const LocalAnswerFacts& facts) {
    // Nobody reads the answer to a beacon, and media events expect none.
    if (facts.action == Action::collect || facts.action == Action::media) {
        return {204, {}, {}};
    }
    const Content content = make_content(facts);
    LocalAnswer answer;
    std::vector<std::string> handles;
    if (!content.ecid.empty()) {
        handles.push_back(identity_result(content.ecid));
    }
    if (facts.cookie_domain.empty()) {
        if (!content.states.empty()) {
            handles.push_back(to_handle(content.states));
        }
    } else {
        for (const State& state : content.states) {
            answer.set_cookies.push_back(to_set_cookie(state, facts.cookie_domain));
        }
    }
    answer.body = envelope(facts.request_id, handles);
    return answer;
}

std::string random_ecid() {
    constexpr std::size_t kDigits = 19;  // of a number below 2^63
    const auto numbers = text::random_numbers<std::uint64_t, 2>();
    if (!numbers) {
        return {};
    }
    std::string out;
    for (const std::uint64_t number : *numbers) {
        const std::string digits = std::to_string(number >> 1U);
        out.append(kDigits - digits.size(), '0').append(digits);
    }
    return out;
}

}  // namespace aep::protocol
