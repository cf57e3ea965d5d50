#include "sdk/negotiation.hpp"

#include <algorithm>

#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::sdk {
namespace {

/// Whether a weight says "not acceptable": q=0, q=0.0, q=0.00 or q=0.000.
bool is_refusal(std::string_view parameter) noexcept {
    const std::string_view weight = text::trimmed(parameter);
    return weight.size() >= 3 && text::to_lower(weight[0]) == 'q' && weight[1] == '=' &&
           std::ranges::all_of(weight.substr(2), [](char c) { return c == '0' || c == '.'; });
}

enum class Answer : std::uint8_t { unnamed, accepted, refused };

}  // namespace

BundleForm negotiate(std::string_view accept_encoding) noexcept {
    Answer gzip = Answer::unnamed;
    Answer brotli = Answer::unnamed;
    Answer any = Answer::unnamed;
    while (!accept_encoding.empty()) {
        const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
        const std::string_view element = accept_encoding.substr(0, comma);
        accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view name = text::trimmed(element.substr(0, semicolon));
        const bool refused = semicolon < element.size() && is_refusal(element.substr(semicolon + 1));
        const Answer answer = refused ? Answer::refused : Answer::accepted;
        if (text::equals_ignoring_case(name, "br")) {
            brotli = answer;
        } else if (text::equals_ignoring_case(name, "gzip") || text::equals_ignoring_case(name, "x-gzip")) {
            gzip = answer;
        } else if (name == "*") {
            any = answer;
        }
    }
    const auto accepts = [any](Answer named) {
        return (named == Answer::unnamed ? any : named) == Answer::accepted;
    };
    if (accepts(brotli)) {
        return BundleForm::brotli;
    }
    return accepts(gzip) ? BundleForm::gzip : BundleForm::plain;
}

}  // namespace aep::sdk
