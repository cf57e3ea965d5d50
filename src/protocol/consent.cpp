#include "consent.hpp"

#include <cstddef>

#include "text/http_field.hpp"

namespace aep::protocol {

Consent parse_consent_cookie(std::string_view value) noexcept {
    Consent consent = Consent::unknown;
    while (!value.empty()) {
        const std::size_t end = value.find(';');
        const std::string_view pair = text::trimmed(value.substr(0, end));
        if (pair == "general=out") {
            return Consent::out;
        }
        if (pair == "general=in") {
            consent = Consent::in;
        }
        value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
    }
    return consent;
}

Objection consent_objection(const ConsentFacts& facts) noexcept {
    if (facts.has_opt_out_cookie) {
        return Objection::opt_out_cookie;
    }
    if (facts.honours_global_privacy_control && facts.sec_gpc == "1") {
        return Objection::global_privacy_control;
    }
    if (facts.cookie == Consent::out) {
        return Objection::consent_cookie;
    }
    return Objection::none;
}

}  // namespace aep::protocol
