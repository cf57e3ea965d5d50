#include "local_state.hpp"

#include "cookies.hpp"
#include "identity.hpp"
#include "text/json_text.hpp"

namespace aep::protocol {
namespace {

// Edge's own lifetimes.
constexpr std::chrono::seconds kIdentityMaxAge{34128000};
constexpr std::chrono::seconds kConsentMaxAge{15552000};

constexpr std::chrono::seconds kProvisionalMaxAge{120};

// As Edge sets them: a shop may be shown inside another site's frame.
constexpr std::string_view kSameSite = "None";

}  // namespace

State identity_state(std::string_view organization_id, std::string_view ecid) {
    return {cookie_prefix(organization_id) + "identity", mint_identity(ecid), kIdentityMaxAge};
}

State consent_state(std::string_view organization_id, const ConsentChange& change) {
    const bool is_settled = change.general != Consent::unknown && !change.provisional;
    const bool is_in = is_settled && change.general == Consent::in;
    return {cookie_prefix(organization_id) + "consent", is_in ? "general=in" : "general=out",
            is_settled ? kConsentMaxAge : kProvisionalMaxAge};
}

std::string to_set_cookie(const State& state, std::string_view domain) {
    return set_cookie(state.key, state.value, domain, state.max_age, kSameSite);
}

std::string to_handle(const std::vector<State>& states) {
    std::string out(R"({"type":"state:store","payload":[)");
    for (const State& state : states) {
        out.append(out.ends_with('[') ? R"({"key":)" : R"(,{"key":)");
        text::json::append_quoted(out, state.key);
        out.append(R"(,"value":)");
        text::json::append_quoted(out, state.value);
        out.append(R"(,"maxAge":)").append(std::to_string(state.max_age.count()));
        out.append(R"(,"attrs":{"SameSite":")").append(kSameSite).append(R"("}})");
    }
    out.append("]}");
    return out;
}

}  // namespace aep::protocol
