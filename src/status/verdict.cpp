#include "status/verdict.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "delivery/advice.hpp"
#include "text/ascii.hpp"

namespace aep::status {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooManyRequests = 429;
constexpr int kServerError = 500;

std::string in_seconds(std::chrono::microseconds duration) {
    constexpr std::int64_t kPerMillisecond = 1000;
    const std::int64_t milliseconds = (duration.count() + kPerMillisecond / 2) / kPerMillisecond;
    std::string decimals = std::to_string(milliseconds % kPerMillisecond);
    decimals.insert(0, 3 - decimals.size(), '0');
    return std::to_string(milliseconds / kPerMillisecond) + "." + decimals + " s";
}

bool holds(std::string_view text, std::string_view word) noexcept {
    const auto is_same = [](char left, char right) { return text::to_lower(left) == text::to_lower(right); };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), is_same) != text.end();
}

bool holds_one(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
    return std::ranges::any_of(words, [text](std::string_view word) { return holds(text, word); });
}

Verdict wrong(std::string_view problem, std::string text) {
    return {.ok = false, .problem = problem, .text = std::move(text)};
}

/// No answer came: libcurl's words tell more than its codes.
Verdict verdict_of_failure(const edge::Response& response, bool has_proxy) {
    const std::string& words = response.failure_text;
    const std::string said = words.empty() ? std::string(".") : ": " + words + ".";
    if (has_proxy && holds_one(words, {"proxy", "CONNECT tunnel"})) {
        return wrong("proxy",
                     "The proxy does not let requests through" + said +
                         " Check \"proxy=\" of aep_edge, and whether the proxy allows CONNECT to this host.");
    }
    if (holds_one(words, {"certificate", "SSL", "TLS"})) {
        return wrong("certificate",
                     "The certificate of the host is not trusted, or no TLS connection can be made" + said +
                         " Where a firewall opens TLS connections, name its certificate in "
                         "aep_edge_trusted_certificate.");
    }
    switch (response.failure) {
        case edge::Failure::resolve:
            return wrong("resolve",
                         "The name of the host cannot be resolved" + said +
                             " Check the resolver of this machine (/etc/resolv.conf), and aep_edge.");
        case edge::Failure::connect:
            return wrong(
                "connect",
                "No connection to the host can be made" + said +
                    " Check that a firewall allows it, or name a proxy with \"proxy=\" of aep_edge.");
        case edge::Failure::timeout:
            return wrong("timeout",
                         "The host was reached, but has not answered within " + in_seconds(response.elapsed) +
                             ". Try again; if that stays so, a firewall or proxy may hold the answer back.");
        default:
            return wrong("answer", "The host has not answered as Edge does" + said + " Check aep_edge.");
    }
}

bool has_identity(std::string_view body) noexcept {
    return body.find("\"identity:result\"") != std::string_view::npos ||
           body.find("\"ECID\"") != std::string_view::npos;
}

std::string_view problem_of(int status, std::string_view code) noexcept {
    constexpr std::string_view kOfOrganization = "EXEG-0012-422";
    constexpr std::string_view kOfDatastream = "EXEG-00";
    if (code == kOfOrganization) {
        return "organization";
    }
    if (status == kUnauthorized || status == kForbidden) {
        return "credentials";
    }
    return code.starts_with(kOfDatastream) ? "datastream" : "answer";
}

}  // namespace

Verdict verdict_of(const edge::Response& response, bool has_proxy) {
    if (response.failure != edge::Failure::none && response.failure != edge::Failure::too_large) {
        return verdict_of_failure(response, has_proxy);
    }
    const std::string took = in_seconds(response.elapsed);
    if (edge::is_success(response.status)) {
        return has_identity(response.body)
                   ? Verdict{.ok = true,
                             .problem = "none",
                             .text = "Edge answered in " + took + " with an identity."}
                   : wrong("answer", "Something answered with " + std::to_string(response.status) +
                                         ", but not with an identity as Edge does. Check aep_edge, and "
                                         "whether a proxy or "
                                         "firewall answers in Edge's place.");
    }
    const std::string_view code = delivery::edge_code(response.body);
    const std::string status =
        std::to_string(response.status) + (code.empty() ? std::string() : " " + std::string(code));
    if (response.status == kTooManyRequests || response.status >= kServerError) {
        return wrong("answer",
                     "Edge was reached in " + took + ", but answered " + status +
                         ": it does not take requests just now. Events wait in the queue. Try again later.");
    }
    return wrong(problem_of(response.status, code),
                 "Edge was reached in " + took + ", but answered " + status + ": " +
                     std::string(delivery::advice(response.status, response.body)) + ".");
}

}  // namespace aep::status
