#pragma once

#include <cstdint>
#include <string_view>

namespace aep::protocol {

/// What a visitor decided, as far as one request tells.
enum class Consent : std::uint8_t { unknown, in, out };

/// Reads Adobe's consent cookie (decoded): "general=in", also several pairs joined by ';'.
Consent parse_consent_cookie(std::string_view value) noexcept;

/// What a set-consent request asks for.
struct ConsentChange {
    Consent general = Consent::unknown;
    /// An IAB TCF string, whose meaning only Edge computes: a local answer says "out" for a short time.
    bool provisional = false;
};

/// Why a visitor's events may not be sent.
enum class Objection : std::uint8_t { none, opt_out_cookie, global_privacy_control, consent_cookie };

struct ConsentFacts {
    bool has_opt_out_cookie = false;
    bool honours_global_privacy_control = true;
    std::string_view sec_gpc;  ///< the request header's value
    Consent cookie = Consent::unknown;
};

Objection consent_objection(const ConsentFacts& facts) noexcept;

}  // namespace aep::protocol
