#include "page/csp/source_list.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "text/ascii.hpp"

namespace aep::page::csp {
namespace {

/// Removes what stands before the first byte that is so, which stays.
template <typename Predicate>
std::string_view take_until(Predicate ends, std::string_view& text) noexcept {
    const auto end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end);
    return part;
}

bool starts_ignoring_case(std::string_view text, std::string_view start) noexcept {
    return text::equals_ignoring_case(text.substr(0, start.size()), start);
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
        return text::is_letter_or_digit(c) || c == '+' || c == '/' || c == '-' || c == '_';
    });
}

/// A base64 digit of either alphabet in the standard one (RFC 4648 4, 5).
constexpr char standard_base64(char c) noexcept {
    return c == '-' ? '+' : c == '_' ? '/' : c;
}

constexpr std::size_t kAlgorithmSize = std::string_view("sha384-").size();

bool is_hash(std::string_view text) noexcept {
    const std::string_view algorithm = text.substr(0, kAlgorithmSize);
    return (text::equals_ignoring_case(algorithm, "sha256-") ||
            text::equals_ignoring_case(algorithm, "sha384-") ||
            text::equals_ignoring_case(algorithm, "sha512-")) &&
           is_base64_value(text.substr(algorithm.size()));
}

/// Compares a hash with a source expression that may be one. The padding counts as well, as it does in browsers.
bool is_same_hash(std::string_view hash, std::string_view other) noexcept {
    return hash.size() == other.size() && starts_ignoring_case(other, hash.substr(0, kAlgorithmSize)) &&
           std::equal(hash.begin() + kAlgorithmSize, hash.end(), other.begin() + kAlgorithmSize,
                      [](char a, char b) { return standard_base64(a) == standard_base64(b); });
}

/// Whether this is a host-part. Empty labels pass, because no host has any.
bool is_host_pattern(std::string_view text) noexcept {
    if (text == "*") {
        return true;
    }
    text.remove_prefix(text.starts_with("*.") ? 2 : 0);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return text::is_letter_or_digit(c) || c == '-' || c == '.';
    });
}

/// `text` is nothing, or a colon and what should be a port-part. A colon alone is port 0, which nothing has.
bool is_port_pattern(std::string_view text) noexcept {
    return text.empty() || text == ":*" || std::all_of(text.begin() + 1, text.end(), text::is_digit);
}

/// The parts of a host-source. Those that an expression does not have are empty.
struct HostSource {
    std::string_view scheme;
    std::string_view host;
    std::string_view port;  ///< with its colon
    std::string_view path;
};

HostSource split_host_source(std::string_view expression) noexcept {
    constexpr std::string_view kSchemeEnd = "://";
    constexpr auto kEndsHost = [](char c) { return c == ':' || c == '/'; };
    HostSource source;
    source.host = take_until(kEndsHost, expression);
    if (!source.host.empty() && expression.starts_with(kSchemeEnd)) {
        expression.remove_prefix(kSchemeEnd.size());
        source.scheme = source.host;
        source.host = take_until(kEndsHost, expression);
    }
    source.port = take_until([](char c) { return c == '/'; }, expression);
    // A query or a fragment is not in the grammar, but browsers accept it and leave it out.
    source.path = take_until([](char c) { return c == '?' || c == '#'; }, expression);
    return source;
}

/// The secure form of a listed scheme is listed, too (CSP 6.7.2.9). That ws: takes in https: is in the standard,
/// but browsers do not do it.
bool scheme_matches(std::string_view pattern, std::string_view scheme) noexcept {
    return text::equals_ignoring_case(pattern, scheme) ||
           (scheme == "https" && text::equals_ignoring_case(pattern, "http"));
}

bool host_matches(std::string_view pattern, std::string_view host) noexcept {
    if (!pattern.starts_with('*')) {
        return text::equals_ignoring_case(pattern, host);
    }
    const std::string_view end = pattern.substr(1);
    return host.size() > end.size() && text::equals_ignoring_case(host.substr(host.size() - end.size()), end);
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
    if (pattern.empty() || pattern == ":*") {
        return !pattern.empty() || has_default_port(origin);
    }
    const unsigned port = port_number(pattern.substr(1));
    const bool is_upgraded = text::equals_ignoring_case(scheme, "http") && origin.scheme == "https";
    return port == origin.port ||
           (is_upgraded && port == default_port("http") && origin.port == default_port("https"));
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
    if (first == '%' && path.size() > 2 && text::is_hex_digit(path[1]) && text::is_hex_digit(path[2])) {
        constexpr int kBase = 16;
        const int byte = text::hex_value(path[1]) * kBase + text::hex_value(path[2]);
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
    return text::equals_ignoring_case(origin.host, page.host) &&
           (origin.port == page.port || (has_default_port(origin) && has_default_port(page))) &&
           (origin.scheme == "https" || origin.scheme == page.scheme);
}

bool expression_matches(std::string_view expression, const Url& url, const Origin& page) noexcept {
    if (expression == "*") {
        return true;
    }
    if (text::equals_ignoring_case(expression, "'self'")) {
        return is_self(url.origin, page);
    }
    if (expression.ends_with(':')) {
        expression.remove_suffix(1);
        return scheme_matches(expression, url.origin.scheme);
    }
    const HostSource source = split_host_source(expression);
    const std::string_view scheme = source.scheme.empty() ? page.scheme : source.scheme;
    return host_matches(source.host, url.origin.host) && is_host_pattern(source.host) &&
           is_port_pattern(source.port) && port_matches(source.port, scheme, url.origin) &&
           scheme_matches(scheme, url.origin.scheme) && path_matches(source.path, url.path);
}

}  // namespace

std::string_view take_word(std::string_view& text) noexcept {
    constexpr auto kIsInWord = [](char c) { return !text::is_white_space(c); };
    take_until(kIsInWord, text);
    const std::string_view word = take_until(text::is_white_space, text);
    take_until(kIsInWord, text);
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
               return is_same_hash(integrity, unquoted(expression));
           });
}

bool SourceList::has_strict_dynamic() const noexcept {
    return any_expression(text_, [](std::string_view expression) noexcept {
        return text::equals_ignoring_case(expression, "'strict-dynamic'");
    });
}

}  // namespace aep::page::csp
