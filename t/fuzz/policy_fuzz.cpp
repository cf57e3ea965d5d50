// Decides on a page's policies. The first byte says which page it is; the header's fields follow, one a line. They are
// read as Content-Security-Policy and as Integrity-Policy.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "page/csp/policy.hpp"

namespace {

using aep::page::csp::decide;
using aep::page::csp::PolicyDecision;
using aep::page::csp::PolicyFacts;
using Fields = std::vector<std::string_view>;

constexpr std::string_view kIntegrity =
    "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC";

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

PolicyFacts page_number(std::uint8_t number) {
    PolicyFacts facts;
    facts.scheme = (number & 1U) == 0 ? "https" : "http";
    facts.host = "shop.example";
    facts.port = (number & 2U) != 0 ? 8443 : (number & 1U) == 0 ? 443 : 80;
    facts.script_path = (number & 4U) == 0 ? "/aep/0123.js" : "/a%2Fb/%zz%";
    facts.integrity = (number & 8U) == 0 ? kIntegrity : std::string_view();
    facts.gateway_path = (number & 16U) == 0 ? std::string_view("/ee/") : std::string_view();
    facts.edge_host = (number & 32U) == 0 ? std::string_view("edge.adobedc.net") : std::string_view();
    return facts;
}

PolicyDecision decide_on(PolicyFacts facts, std::span<const std::string_view> fields) {
    facts.policies = fields;
    return decide(facts);
}

Fields lines_of(std::string_view text) {
    Fields lines;
    while (!text.empty()) {
        lines.push_back(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
    }
    return lines;
}

bool is_within(std::string_view part, const Fields& fields) {
    return part.empty() || std::any_of(fields.begin(), fields.end(), [&](std::string_view field) {
               return part.data() >= field.data() && part.data() + part.size() <= field.data() + field.size();
           });
}

bool is_safe_in_attribute(std::string_view text) {
    return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") ==
           std::string_view::npos;
}

bool is_same(const PolicyDecision& left, const PolicyDecision& right) {
    return left.allowed == right.allowed && left.nonce == right.nonce &&
           left.needs_integrity == right.needs_integrity &&
           left.connection_allowed == right.connection_allowed && left.blocked_by == right.blocked_by;
}

/// What holds for every decision.
void check(const PolicyDecision& decision, const PolicyFacts& facts, const Fields& fields) {
    require(is_within(decision.nonce, fields) && is_safe_in_attribute(decision.nonce));
    require(is_within(decision.blocked_by, fields));
    require(decision.blocked_by.empty() == (decision.allowed && decision.connection_allowed));
    require(decision.allowed || (decision.nonce.empty() && !decision.needs_integrity));
    require(!decision.needs_integrity || !facts.integrity.empty());
    require(decision.connection_allowed || !facts.gateway_path.empty() || !facts.edge_host.empty());
}

/// Fields mean the same as one field of them all, joined by commas (RFC 9110 5.3).
void check_joined(const PolicyDecision& decision, const PolicyFacts& facts, const Fields& fields) {
    std::string joined;
    for (const std::string_view field : fields) {
        joined += joined.empty() ? "" : ", ";
        joined += field;
    }
    require(is_same(decide_on(facts, Fields{joined}), decision));
}

/// A policy more never allows what was blocked, and one that allows everything changes nothing.
void check_with_more(const PolicyDecision& decision, const PolicyFacts& facts, Fields fields) {
    for (std::size_t size = 0; size < fields.size(); ++size) {
        const PolicyDecision fewer = decide_on(facts, std::span(fields).first(size));
        require(fewer.allowed || !decision.allowed);
        require(fewer.connection_allowed || !decision.connection_allowed);
    }
    fields.emplace_back("default-src *");
    require(is_same(decide_on(facts, fields), decision));
    fields.back() = "default-src";
    require(!decide_on(facts, fields).allowed);
}

/// The nonce and the hash that the tag gets are those by which policies that ask for them let it through.
void check_tag(const PolicyDecision& decision, const PolicyFacts& facts, Fields fields) {
    if (!decision.nonce.empty()) {
        const std::string policy = "script-src 'strict-dynamic' 'nonce-" + std::string(decision.nonce) + "'";
        fields.emplace_back(policy);
        require(is_same(decide_on(facts, fields), decision));
        fields.pop_back();
    }
    if (decision.needs_integrity) {
        PolicyFacts without = facts;
        without.integrity = {};
        const PolicyDecision other = decide_on(without, fields);
        require(!other.allowed);
    }
}

/// The same fields as an Integrity-Policy: only one that names scripts asks for the file's hash, and no other
/// policy's decision hangs on it.
void check_integrity(PolicyFacts facts, const Fields& fields, std::string_view text) {
    const PolicyDecision plain = decide_on(facts, {});
    facts.integrity_policies = fields;
    const PolicyDecision decision = decide_on(facts, {});
    require(decision.allowed && decision.needs_integrity == decision.needs_cors);
    require(decision.connection_allowed == plain.connection_allowed);
    require(!decision.needs_cors || text.find("script") != std::string_view::npos);
    require(!decision.needs_integrity || !facts.integrity.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const PolicyFacts facts = page_number(data[0]);
    // A copy of just this size, so that a byte read beyond it is seen.
    const std::vector<char> text(data + 1, data + size);
    const Fields fields = lines_of({text.data(), text.size()});
    const PolicyDecision decision = decide_on(facts, fields);
    check(decision, facts, fields);
    check_joined(decision, facts, fields);
    check_with_more(decision, facts, fields);
    check_tag(decision, facts, fields);
    check_integrity(facts, fields, {text.data(), text.size()});
    return 0;
}
