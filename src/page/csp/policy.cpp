#include "page/csp/policy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "page/csp/integrity_policy.hpp"
#include "page/csp/source_list.hpp"
#include "text/ascii.hpp"

namespace aep::page::csp {
namespace {

/// Pages have one nonce, or a few; more than these are not tried, as each takes another walk.
constexpr std::size_t kMaxNonces = 16;

/// Removes what stands before the next separator, and the separator.
std::string_view take_until(char separator, std::string_view& text) noexcept {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

struct Directive {
    std::string_view name;  ///< empty: the policy has none
    std::string_view value;

    [[nodiscard]] bool is_present() const noexcept { return !name.empty(); }
};

/// The directives of one policy that matter to us.
struct Policy {
    Directive sandbox;
    Directive default_sources;
    Directive script_sources;
    Directive script_element_sources;
    Directive connect_sources;

    /// The directive for script elements (CSP 6.8.3).
    [[nodiscard]] const Directive& for_scripts() const noexcept {
        if (script_element_sources.is_present()) {
            return script_element_sources;
        }
        return script_sources.is_present() ? script_sources : default_sources;
    }

    [[nodiscard]] const Directive& for_connections() const noexcept {
        return connect_sources.is_present() ? connect_sources : default_sources;
    }
};

Directive* directive_named(std::string_view name, Policy& policy) noexcept {
    struct Member {
        std::string_view name;
        Directive Policy::*directive;
    };
    constexpr Member kMembers[] = {
        {"sandbox", &Policy::sandbox},
        {"default-src", &Policy::default_sources},
        {"script-src", &Policy::script_sources},
        {"script-src-elem", &Policy::script_element_sources},
        {"connect-src", &Policy::connect_sources},
    };
    for (const Member& member : kMembers) {
        if (text::equals_ignoring_case(name, member.name)) {
            return &(policy.*member.directive);
        }
    }
    return nullptr;
}

bool is_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// CSP 2.2.1: of directives with the same name the first one counts, and one that is not ASCII is none.
Policy parse_policy(std::string_view text) noexcept {
    Policy policy;
    while (!text.empty()) {
        std::string_view value = take_until(';', text);
        const std::string_view name = take_word(value);
        Directive* const directive = directive_named(name, policy);
        if (directive != nullptr && !directive->is_present() && is_ascii(value)) {
            *directive = {name, value};
        }
    }
    return policy;
}

/// Visits every policy of every field until the visitor returns false.
template <typename Visitor>
void visit_policies(std::span<const std::string_view> fields, Visitor visit) noexcept {
    for (std::string_view field : fields) {
        while (!field.empty()) {
            if (!visit(parse_policy(take_until(',', field)))) {
                return;
            }
        }
    }
}

bool has_word(std::string_view text, std::string_view word) noexcept {
    while (!text.empty()) {
        if (text::equals_ignoring_case(take_word(text), word)) {
            return true;
        }
    }
    return false;
}

Origin page_origin(const PolicyFacts& facts) noexcept {
    return {facts.scheme, facts.host, facts.port};
}

/// How one directive lets the script through (CSP 6.7.1.1).
enum class Way : std::uint8_t { none, integrity, open };

Way way_through(const SourceList& sources, const PolicyFacts& facts, std::string_view nonce) noexcept {
    const Origin page = page_origin(facts);
    if (sources.has_nonce(nonce) ||
        (!sources.has_strict_dynamic() && sources.matches_url({page, facts.script_path}, page))) {
        return Way::open;
    }
    return sources.has_hash(facts.integrity) ? Way::integrity : Way::none;
}

bool is_sandboxed(const Directive& sandbox) noexcept {
    return sandbox.is_present() &&
           !(has_word(sandbox.value, "allow-scripts") && has_word(sandbox.value, "allow-same-origin"));
}

/// What all policies say of the script with this nonce.
PolicyDecision decide_script(const PolicyFacts& facts, std::string_view nonce) noexcept {
    PolicyDecision decision;
    visit_policies(facts.policies, [&](const Policy& policy) noexcept {
        const Directive& scripts = policy.for_scripts();
        if (is_sandboxed(policy.sandbox)) {
            decision.blocked_by = policy.sandbox.name;
        } else if (scripts.is_present()) {
            const Way way = way_through(SourceList(scripts.value), facts, nonce);
            decision.needs_integrity = decision.needs_integrity || way == Way::integrity;
            decision.blocked_by = way == Way::none ? scripts.name : std::string_view();
        }
        return decision.blocked_by.empty();
    });
    decision.allowed = decision.blocked_by.empty();
    decision.needs_integrity = decision.allowed && decision.needs_integrity;
    decision.nonce = decision.allowed ? nonce : std::string_view();
    return decision;
}

bool is_better(const PolicyDecision& decision, const PolicyDecision& other) noexcept {
    return decision.allowed && (!other.allowed || (other.needs_integrity && !decision.needs_integrity));
}

/// Tries the page's nonces in their order. A tag with the first nonce fares no worse than a tag without any.
PolicyDecision decide_script(const PolicyFacts& facts) noexcept {
    PolicyDecision best;
    std::size_t tried = 0;
    visit_policies(facts.policies, [&](const Policy& policy) noexcept {
        std::string_view sources = policy.for_scripts().value;
        bool is_done = false;
        while (!sources.empty() && !is_done) {
            const std::string_view nonce = nonce_of(take_word(sources));
            if (nonce.empty()) {
                continue;
            }
            const PolicyDecision decision = decide_script(facts, nonce);
            best = tried == 0 || is_better(decision, best) ? decision : best;
            is_done = ++tried == kMaxNonces || (best.allowed && !best.needs_integrity);
        }
        return !is_done;
    });
    return tried == 0 ? decide_script(facts, {}) : best;
}

/// The nonce that keeps policies which only report from reporting the tag. Where none satisfies all of them, the first
/// one leaves no more to report than any other does.
std::string_view nonce_of_reports(const PolicyFacts& facts) noexcept {
    PolicyFacts reports = facts;
    reports.policies = facts.report_only_policies;
    const PolicyDecision decision = decide_script(reports);
    if (decision.allowed) {
        return decision.nonce;
    }
    std::string_view nonce;
    visit_policies(reports.policies, [&](const Policy& policy) noexcept {
        std::string_view sources = policy.for_scripts().value;
        while (!sources.empty() && nonce.empty()) {
            nonce = nonce_of(take_word(sources));
        }
        return nonce.empty();
    });
    return nonce;
}

/// The directive that shuts out some of what alloy sends; empty when none does. Alloy uses several paths below the
/// gateway's, so a policy has to list all of them, as it does with a folder.
std::string_view blocker_of_connections(const PolicyFacts& facts) noexcept {
    const bool has_gateway = !facts.gateway_path.empty();
    const Url url{{"https", has_gateway ? facts.host : facts.edge_host, 443},
                  has_gateway ? facts.gateway_path : std::string_view("/ee/")};
    std::string_view blocker;
    if (url.origin.host.empty()) {
        return blocker;
    }
    visit_policies(facts.policies, [&](const Policy& policy) noexcept {
        const Directive& connections = policy.for_connections();
        if (connections.is_present() && !SourceList(connections.value).matches_url(url, page_origin(facts))) {
            blocker = connections.name;
        }
        return blocker.empty();
    });
    return blocker;
}

}  // namespace

PolicyDecision decide(const PolicyFacts& facts) noexcept {
    PolicyDecision decision = decide_script(facts);
    const std::string_view blocker = blocker_of_connections(facts);
    decision.connection_allowed = blocker.empty();
    if (decision.allowed) {
        decision.blocked_by = blocker;
        decision.needs_cors = !facts.integrity.empty() && requires_script_integrity(facts.integrity_policies);
        decision.needs_integrity = decision.needs_integrity || decision.needs_cors;
        decision.nonce = decision.nonce.empty() ? nonce_of_reports(facts) : decision.nonce;
    }
    return decision;
}

}  // namespace aep::page::csp
