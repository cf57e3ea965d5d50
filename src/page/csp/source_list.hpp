#pragma once

#include <string_view>

namespace aep::page::csp {

/// Scheme and host in lower case, and the port, be it the scheme's own.
struct Origin {
    std::string_view scheme;
    std::string_view host;
    unsigned port = 0;
};

/// What a page wants to load. The path is as it stands in the URL, percent signs and all.
struct Url {
    Origin origin;
    std::string_view path;
};

/// Removes the first word and the white space around it. Empty: there is none.
std::string_view take_word(std::string_view& text) noexcept;

/// The nonce of one source expression; empty when it is anything else. What it returns consists of base64
/// characters only.
std::string_view nonce_of(std::string_view expression) noexcept;

/// The value of a directive that says from where something may be loaded (CSP 2.3.1). Expressions that are not
/// in the grammar match nothing.
class SourceList {
  public:
    explicit SourceList(std::string_view text) noexcept : text_(text) {}

    /// Whether a scheme, a host, 'self' or * lets the resource through.
    [[nodiscard]] bool matches_url(const Url& url, const Origin& page) const noexcept;

    [[nodiscard]] bool has_nonce(std::string_view nonce) const noexcept;

    /// `integrity`: one hash as in the attribute, "sha384-…".
    [[nodiscard]] bool has_hash(std::string_view integrity) const noexcept;

    [[nodiscard]] bool has_strict_dynamic() const noexcept;

  private:
    std::string_view text_;
};

}  // namespace aep::page::csp
