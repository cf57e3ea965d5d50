#pragma once

#include <span>
#include <string_view>

namespace aep::page::csp {

/// A page, its policies, and what our tag loads: `<script async src="/aep/<hash>.js" data-aep="…">`, an external
/// script that the parser inserts.
struct PolicyFacts {
    /// The values of the page's Content-Security-Policy fields. Each may hold several policies.
    std::span<const std::string_view> policies;
    /// The values of its Content-Security-Policy-Report-Only fields: they block nothing, and give a nonce at most.
    std::span<const std::string_view> report_only_policies;
    /// The values of the page's Integrity-Policy fields.
    std::span<const std::string_view> integrity_policies;
    std::string_view scheme;        ///< of the page as the browser sees it: "https" or "http"
    std::string_view host;          ///< of the page, in lower case, without a port
    unsigned port = 443;            ///< of the page as the browser sees it
    std::string_view script_path;   ///< of the SDK file, as in the tag: "/aep/<hash>.js"
    std::string_view integrity;     ///< of the SDK file, as in the attribute; empty: not known
    std::string_view gateway_path;  ///< "/ee/"; empty without a gateway
    std::string_view edge_host;     ///< where alloy sends without a gateway; empty: no matter
};

/// What the page's policies make of our tag. The views are parts of PolicyFacts::policies; the nonce
/// may be one of PolicyFacts::report_only_policies.
struct PolicyDecision {
    bool allowed = true;             ///< false: a policy blocks the script, so the tag is left out
    std::string_view nonce;          ///< for the tag, base64 characters only; empty: none
    bool needs_integrity = false;    ///< for the tag: some policy lets the script through only with it
    bool needs_cors = false;         ///< for the tag: its integrity counts only in a request with CORS
    bool connection_allowed = true;  ///< false: a policy shuts out some of the paths that alloy sends to
    std::string_view blocked_by;     ///< the directive's name: what blocks the script, else the connection
};

/// Does what a browser does with Content-Security-Policy (CSP Level 3): every policy must allow the script.
/// The tag takes over the first nonce in the policies that satisfies all of them. Where they have none, it takes one
/// over from those that only report, so that they have nothing to report of it. A sandbox without the page's own
/// origin blocks it, too: there the script would run, but without cookies, and the gateway would be another's.
PolicyDecision decide(const PolicyFacts& facts) noexcept;

}  // namespace aep::page::csp
