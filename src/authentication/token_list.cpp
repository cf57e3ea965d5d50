#include "token_list.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "text/ascii.hpp"
#include "text/http_field.hpp"

namespace aep::authentication {
namespace {

constexpr std::string_view kMarks = "-._~+/";

/// b64token of RFC 6750 2.1.
bool is_token(std::string_view token) noexcept {
    const std::string_view body = token.substr(0, token.find_last_not_of('=') + 1);
    return !body.empty() && std::ranges::all_of(body, [](char c) {
        return text::is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
    });
}

}  // namespace

std::variant<TokenList, TokenList::Error> TokenList::parse(std::string_view content) {
    TokenList list;
    for (std::size_t number = 1; !content.empty(); ++number) {
        const std::string_view line = text::trimmed(text::take_field(content, '\n'));
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (line.size() > kLongest || !is_token(line)) {
            return Error{"has something else than a token in line " + std::to_string(number) +
                         ": expected letters, digits and -._~+/, at most " + std::to_string(kLongest)};
        }
        if (list.digests_.size() == kMost) {
            return Error{"holds more than " + std::to_string(kMost) + " tokens"};
        }
        list.has_short_ones_ = list.has_short_ones_ || line.size() < kShortest;
        list.digests_.push_back(text::sha256(line));
    }
    if (list.digests_.empty()) {
        return Error{"holds no token: expected one a line"};
    }
    return list;
}

bool TokenList::holds(std::string_view token) const {
    if (token.empty() || token.size() > kLongest) {
        return false;
    }
    const text::Sha256 digest = text::sha256(token);
    bool found = false;
    for (const text::Sha256& each : digests_) {
        found |= CRYPTO_memcmp(each.data(), digest.data(), digest.size()) == 0;
    }
    return found;
}

std::string_view bearer_token(std::string_view authorization) noexcept {
    constexpr std::string_view kScheme = "Bearer ";
    if (!text::starts_with_ignoring_case(authorization, kScheme)) {
        return {};
    }
    return text::trimmed(authorization.substr(kScheme.size()));
}

}  // namespace aep::authentication
