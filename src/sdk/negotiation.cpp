#include "sdk/negotiation.hpp"

#include <algorithm>

namespace aep::sdk {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

bool equals_ignoring_case(std::string_view left, std::string_view lower_case) noexcept {
    return std::ranges::equal(left, lower_case, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

/// Whether a weight says "not acceptable": q=0, q=0.0, q=0.00 or q=0.000.
bool is_refusal(std::string_view parameter) noexcept {
    const std::string_view text = trimmed(parameter);
    return text.size() >= 3 && (text[0] == 'q' || text[0] == 'Q') && text[1] == '=' &&
           std::ranges::all_of(text.substr(2), [](char c) { return c == '0' || c == '.'; });
}

enum class Answer : std::uint8_t { unnamed, accepted, refused };

}  // namespace

Coding negotiate(std::string_view accept_encoding) noexcept {
    Answer gzip = Answer::unnamed;
    Answer brotli = Answer::unnamed;
    Answer any = Answer::unnamed;
    while (!accept_encoding.empty()) {
        const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
        const std::string_view element = accept_encoding.substr(0, comma);
        accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view name = trimmed(element.substr(0, semicolon));
        const bool refused = semicolon < element.size() && is_refusal(element.substr(semicolon + 1));
        const Answer answer = refused ? Answer::refused : Answer::accepted;
        if (equals_ignoring_case(name, "br")) {
            brotli = answer;
        } else if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) {
            gzip = answer;
        } else if (name == "*") {
            any = answer;
        }
    }
    const auto accepts = [any](Answer named) {
        return (named == Answer::unnamed ? any : named) == Answer::accepted;
    };
    if (accepts(brotli)) {
        return Coding::brotli;
    }
    return accepts(gzip) ? Coding::gzip : Coding::identity;
}

}  // namespace aep::sdk
