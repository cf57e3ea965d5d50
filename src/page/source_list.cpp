#include "source_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ascii.hpp"

namespace aep::page {
namespace {

constexpr auto kNowhere = std::string_view::npos;
/// Infra 4.6
constexpr std::string_view kWhiteSpace = " \t\n\f\r";

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_alphanumeric(char c) noexcept {
    return is_letter(c) || is_digit(c);
}

bool starts_ignoring_case(std::string_view text, std::string_view start) noexcept {
    return equals_ignoring_case(text.substr(0, start.size()), start);
}

template <typename Predicate>
bool any_expression(std::string_view list, Predicate matches) noexcept {
    for (std::string_view expression = take_word(list); !expression.empty(); expression = take_word(list)) {
        if (matches(expression)) {
            return true;
        }
    }
    return false;
}

/// What is between the single quotes; empty without them.
std::string_view unquoted(std::string_view expression) noexcept {
    const bool is_quoted =
        expression.size() > 2 && expression.starts_with('\'') && expression.ends_with('\'');
    return is_quoted ? expression.substr(1, expression.size() - 2) : std::string_view();
}

/// base64-value (CSP 2.3.1): either alphabet, and up to two signs that fill it up.
bool is_base64_value(std::string_view text) noexcept {
    for (int filled = 0; filled < 2 && text.ends_with('='); ++filled) {
        text.remove_suffix(1);
    }
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '+' || c == '/' || c == '-' || c == '_';
    });
}

/// A base64 digit of either alphabet in the standard one (RFC 4648 4, 5).
constexpr char standard_base64(char c) noexcept {
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

constexpr std::size_t kAlgorithmSize = 6;

bool is_hash(std::string_view text) noexcept {
    const std::string_view algorithm = text.substr(0, kAlgorithmSize);
    const std::string_view rest = text.substr(algorithm.size());
    return (equals_ignoring_case(algorithm, "sha256") || equals_ignoring_case(algorithm, "sha384") ||
            equals_ignoring_case(algorithm, "sha512")) &&
           rest.starts_with('-') && is_base64_value(rest.substr(1));
}

/// Both are hashes. The fill is compared as well, as browsers do.
bool is_same_hash(std::string_view left, std::string_view right) noexcept {
    const std::string_view digest = left.substr(kAlgorithmSize);
    const std::string_view other = right.substr(kAlgorithmSize);
    return equals_ignoring_case(left.substr(0, kAlgorithmSize), right.substr(0, kAlgorithmSize)) &&
           std::equal(digest.begin(), digest.end(), other.begin(), other.end(),
                      [](char a, char b) { return standard_base64(a) == standard_base64(b); });
}

/// RFC 3986 3.1
bool is_scheme(std::string_view text) noexcept {
    return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
    });
}

/// host-part: * alone or as the first label, then labels; a dot may end it.
bool is_host_pattern(std::string_view text) noexcept {
    if (text == "*") {
        return true;
    }
    text.remove_prefix(text.starts_with("*.") ? 2 : 0);
    text.remove_suffix(text.ends_with('.') ? 1 : 0);
    char previous = '.';
    for (const char c : text) {
        if (c == '.' ? previous == '.' : !is_alphanumeric(c) && c != '-') {
            return false;
        }
        previous = c;
    }
    return previous != '.';
}

bool is_port_pattern(std::string_view text) noexcept {
    return text == "*" || (!text.empty() && std::all_of(text.begin(), text.end(), is_digit));
}

/// host-source. What an expression does not have is empty.
struct HostSource {
    std::string_view scheme;
    std::string_view host;
    std::string_view port;
    std::string_view path;
    bool is_valid = false;
};

HostSource parse_host_source(std::string_view expression) noexcept {
    HostSource source;
    const std::size_t scheme_end = expression.find("://");
    if (scheme_end != kNowhere && is_scheme(expression.substr(0, scheme_end))) {
        source.scheme = expression.substr(0, scheme_end);
        expression.remove_prefix(scheme_end + 3);
    }
    const std::string_view authority = expression.substr(0, expression.find('/'));
    // A query or a fragment is not in the grammar, but browsers accept it and leave it out.
    source.path = expression.substr(authority.size());
    source.path = source.path.substr(0, source.path.find_first_of("?#"));
    const std::size_t colon = authority.find(':');
    source.host = authority.substr(0, colon);
    source.port = colon == kNowhere ? std::string_view() : authority.substr(colon + 1);
    source.is_valid = is_host_pattern(source.host) && (colon == kNowhere || is_port_pattern(source.port));
    return source;
}

/// The secure form of a listed scheme is listed, too (CSP 6.7.2.9). That ws: takes in https: is in the standard,
/// but browsers do not do it.
bool scheme_matches(std::string_view pattern, std::string_view scheme) noexcept {
    return equals_ignoring_case(pattern, scheme) ||
           (scheme == "https" && equals_ignoring_case(pattern, "http"));
}

bool host_matches(std::string_view pattern, std::string_view host) noexcept {
    if (!pattern.starts_with('*')) {
        return equals_ignoring_case(pattern, host);
    }
    const std::string_view end = pattern.substr(1);
    return host.size() > end.size() && equals_ignoring_case(host.substr(host.size() - end.size()), end);
}

constexpr unsigned default_port(std::string_view scheme) noexcept {
    return scheme == "https" ? 443 : 80;
}

bool has_default_port(const Origin& origin) noexcept {
    return origin.port == default_port(origin.scheme);
}

constexpr unsigned kTooLarge = 65536;

unsigned port_number(std::string_view digits) noexcept {
    unsigned number = 0;
    for (const char c : digits) {
        number = std::min(number * 10 + static_cast<unsigned>(c - '0'), kTooLarge);
    }
    return number;
}

/// `scheme`: the listed one. Where it is upgraded, its port is upgraded with it (CSP 1.3); all browsers do that.
bool port_matches(std::string_view pattern, std::string_view scheme, const Origin& origin) noexcept {
    if (pattern.empty() || pattern == "*") {
        return pattern == "*" || has_default_port(origin);
    }
    const unsigned port = port_number(pattern);
    const bool is_upgraded = equals_ignoring_case(scheme, "http") && origin.scheme == "https";
    return port == origin.port ||
           (is_upgraded && port == default_port("http") && origin.port == default_port("https"));
}

constexpr unsigned kNotHex = 16;

constexpr unsigned hex_value(char c) noexcept {
    if (is_digit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    const char letter = to_lower(c);
    return letter >= 'a' && letter <= 'f' ? static_cast<unsigned>(letter - 'a') + 10U : kNotHex;
}

/// One byte of a path. A slash that was percent-encoded separates nothing.
struct PathByte {
    std::uint8_t byte = 0;
    bool separates = false;

    bool operator==(const PathByte&) const = default;
};

/// Removes the first byte, percent-decoded (URL 1.3), of a path that is not empty.
PathByte take_path_byte(std::string_view& path) noexcept {
    const char first = path.front();
    if (first == '%' && path.size() > 2 && hex_value(path[1]) != kNotHex && hex_value(path[2]) != kNotHex) {
        const unsigned byte = hex_value(path[1]) << 4U | hex_value(path[2]);
        path.remove_prefix(3);
        return {static_cast<std::uint8_t>(byte), false};
    }
    path.remove_prefix(1);
    return {static_cast<std::uint8_t>(first), first == '/'};
}

/// A path that ends in a slash stands for everything below it (CSP 6.7.2.12).
bool path_matches(std::string_view pattern, std::string_view path) noexcept {
    const bool is_folder = pattern.empty() || pattern.ends_with('/');
    while (!pattern.empty() && !path.empty()) {
        if (take_path_byte(pattern) != take_path_byte(path)) {
            return false;
        }
    }
    return pattern.empty() && (is_folder || path.empty());
}

/// 'self' takes in the secure form of the page's own origin (CSP 6.7.2.8).
bool is_self(const Origin& origin, const Origin& page) noexcept {
    return equals_ignoring_case(origin.host, page.host) &&
           (origin.port == page.port || (has_default_port(origin) && has_default_port(page))) &&
           (origin.scheme == "https" || origin.scheme == page.scheme);
}

bool expression_matches(std::string_view expression, const Url& url, const Origin& page) noexcept {
    if (expression == "*") {
        return true;
    }
    if (equals_ignoring_case(expression, "'self'")) {
        return is_self(url.origin, page);
    }
    if (expression.ends_with(':')) {
        expression.remove_suffix(1);
        return is_scheme(expression) && scheme_matches(expression, url.origin.scheme);
    }
    const HostSource source = parse_host_source(expression);
    const std::string_view scheme = source.scheme.empty() ? page.scheme : source.scheme;
    return source.is_valid && scheme_matches(scheme, url.origin.scheme) &&
           host_matches(source.host, url.origin.host) && port_matches(source.port, scheme, url.origin) &&
           path_matches(source.path, url.path);
}

}  // namespace

std::string_view take_word(std::string_view& text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(kWhiteSpace));
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
    return word;
}

std::string_view nonce_of(std::string_view expression) noexcept {
    constexpr std::string_view kPrefix = "nonce-";
    const std::string_view source = unquoted(expression);
    if (!starts_ignoring_case(source, kPrefix)) {
        return {};
    }
    const std::string_view nonce = source.substr(kPrefix.size());
    return is_base64_value(nonce) ? nonce : std::string_view();
}

bool SourceList::matches_url(const Url& url, const Origin& page) const noexcept {
    return any_expression(text_, [&](std::string_view expression) noexcept {
        return expression_matches(expression, url, page);
    });
}

bool SourceList::has_nonce(std::string_view nonce) const noexcept {
    return !nonce.empty() && any_expression(text_, [&](std::string_view expression) noexcept {
        return nonce_of(expression) == nonce;
    });
}

bool SourceList::has_hash(std::string_view integrity) const noexcept {
    return is_hash(integrity) && any_expression(text_, [&](std::string_view expression) noexcept {
               const std::string_view source = unquoted(expression);
               return is_hash(source) && is_same_hash(source, integrity);
           });
}

bool SourceList::has_strict_dynamic() const noexcept {
    return any_expression(text_, [](std::string_view expression) noexcept {
        return equals_ignoring_case(expression, "'strict-dynamic'");
    });
}

}  // namespace aep::page
