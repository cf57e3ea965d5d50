#include "cookies.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "first_party_id.hpp"
#include "identity.hpp"
#include "text/http_field.hpp"
#include "text/percent.hpp"

namespace aep::protocol {
namespace {

// Adobe Target's cookies that alloy hands to Edge as state.
constexpr std::array<std::string_view, 2> kTargetCookiesForEdge{"mbox", "at_qa_mode"};

// More than all of Adobe's cookies together ever take: browsers and servers refuse such headers.
constexpr std::size_t kMaxState = std::size_t{32} * 1024;

struct Cookie {
    std::string_view name;
    std::string_view value;
};

/// Takes the first pair off a Cookie header. Without a '=' it is a name with an empty value, as
/// js-cookie, which alloy reads cookies with, takes it.
Cookie take_cookie(std::string_view& header) noexcept {
    const std::string_view pair = text::take_field(header, ';');
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) {
        return {text::trimmed(pair), {}};
    }
    return {text::trimmed(pair.substr(0, equals)), text::trimmed(pair.substr(equals + 1))};
}

/// Nothing when the result is not UTF-8: js-cookie ignores such a cookie, and JSON cannot hold it.
std::optional<std::string> percent_decode(std::string_view encoded) {
    std::string out = text::percent_decoded(encoded);
    if (!simdjson::validate_utf8(out.data(), out.size())) {
        return std::nullopt;
    }
    return out;
}

/// A cookie's value as js-cookie reads it: without the quotes around it, decoded once.
std::optional<std::string> read_value(std::string_view value) {
    if (value.starts_with('"')) {
        value.remove_prefix(1);
        value.remove_suffix(value.empty() ? 0 : 1);
    }
    return percent_decode(value);
}

/// What js-cookie writes as it is: what encodeURIComponent leaves, and what it turns back after that.
constexpr auto kLiterals = [] {
    std::array<bool, 256> literals{};
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "-_.!~*'()#$&+/:<=>?@[]^`{|}")) {
        literals[static_cast<unsigned char>(c)] = true;
    }
    return literals;
}();

constexpr bool is_literal(char c) noexcept {
    return kLiterals[static_cast<unsigned char>(c)];
}

void append_percent_encoded(std::string& out, std::string_view value) {
    while (!value.empty()) {
        const auto special = std::find_if_not(value.begin(), value.end(), is_literal);
        const auto literal = static_cast<std::size_t>(special - value.begin());
        out.append(value.substr(0, literal));
        value.remove_prefix(literal);
        if (!value.empty()) {
            out.push_back('%');
            text::append_hex(out, static_cast<unsigned char>(value.front()), text::kUpperHexDigits);
            value.remove_prefix(1);
        }
    }
}

/// Gathers what one request's cookies say.
class Reader {
  public:
    Reader(std::string_view organization_id, std::string_view opt_out_cookie,
           std::string_view first_party_id_cookie)
        : prefix_(cookie_prefix(organization_id)),
          opt_out_cookie_(opt_out_cookie),
          first_party_id_cookie_(first_party_id_cookie) {}

    void read(const Cookie& cookie) {
        if (cookie.name.find('%') == std::string_view::npos) {
            read(cookie.name, cookie.value);
        } else if (const auto name = percent_decode(cookie.name)) {
            read(*name, cookie.value);
        }
    }

    VisitorState take() { return std::move(state_); }

  private:
    void read(std::string_view name, std::string_view raw_value) {
        if (!opt_out_cookie_.empty() && name == opt_out_cookie_) {
            state_.has_opt_out_cookie = true;
        }
        if (!first_party_id_cookie_.empty() && name == first_party_id_cookie_ && state_.fpid.empty() &&
            is_first_party_id(raw_value)) {
            state_.fpid = raw_value;
        }
        if (!is_state(name) || was_seen(name)) {
            return;
        }
        if (auto value = read_value(raw_value)) {
            add(name, std::move(*value));
        }
    }

    [[nodiscard]] bool is_state(std::string_view name) const noexcept {
        return name.starts_with(prefix_) ||
               std::find(kTargetCookiesForEdge.begin(), kTargetCookiesForEdge.end(), name) !=
                   kTargetCookiesForEdge.end();
    }

    [[nodiscard]] std::string_view key(std::string_view name) const noexcept {
        return name.starts_with(prefix_) ? name.substr(prefix_.size()) : std::string_view();
    }

    /// Of several cookies with one name the first counts (RFC 6265 5.4: the one with the longest path).
    [[nodiscard]] bool was_seen(std::string_view name) const noexcept {
        return (state_.has_identity && key(name) == "identity") ||
               std::any_of(state_.entries.begin(), state_.entries.end(),
                           [&](const StateEntry& entry) { return entry.key == name; });
    }

    void add(std::string_view name, std::string&& value) {
        if (key(name) == "consent") {
            state_.consent = parse_consent_cookie(value);
        }
        if (key(name) == "identity") {
            state_.has_identity = true;
            state_.minted_ecid = minted_ecid(value);
            if (!state_.minted_ecid.empty()) {
                return;
            }
        }
        if (size_ + name.size() + value.size() <= kMaxState) {
            size_ += name.size() + value.size();
            state_.entries.push_back({std::string(name), std::move(value)});
        }
    }

    std::string prefix_;
    std::string_view opt_out_cookie_;
    std::string_view first_party_id_cookie_;
    VisitorState state_;
    std::size_t size_ = 0;
};

}  // namespace

VisitorState read_cookies(std::span<const std::string_view> headers, std::string_view organization_id,
                          std::string_view opt_out_cookie, std::string_view first_party_id_cookie) {
    Reader reader(organization_id, opt_out_cookie, first_party_id_cookie);
    for (std::string_view header : headers) {
        while (!header.empty()) {
            reader.read(take_cookie(header));
        }
    }
    return reader.take();
}

std::string cookie_prefix(std::string_view organization_id) {
    constexpr std::string_view kFront = "kndctr_";
    std::string prefix;
    prefix.reserve(kFront.size() + organization_id.size() + 1);
    prefix.append(kFront).append(organization_id);
    if (const std::size_t at = prefix.find('@'); at != std::string_view::npos) {
        prefix[at] = '_';
    }
    prefix.append("_");
    return prefix;
}

std::string set_cookie(std::string_view name, std::string_view value, std::string_view domain,
                       std::chrono::seconds max_age, std::string_view same_site) {
    std::string out;
    out.reserve(name.size() + value.size() + domain.size() + 80);  // more only where something is encoded
    append_percent_encoded(out, name);
    out.push_back('=');
    append_percent_encoded(out, value);
    out.append("; Path=/");
    if (!domain.empty()) {
        out.append("; Domain=").append(domain);
    }
    if (max_age.count() >= 0) {
        out.append("; Max-Age=").append(std::to_string(max_age.count()));
    }
    out.append("; Secure; SameSite=").append(same_site);
    return out;
}

void add_set_cookie(std::vector<std::string>& cookies, std::string&& cookie) {
    const std::string_view name = std::string_view(cookie).substr(0, cookie.find('=') + 1);
    const auto before =
        std::ranges::find_if(cookies, [name](const std::string& each) { return each.starts_with(name); });
    if (before != cookies.end()) {
        *before = std::move(cookie);
    } else {
        cookies.push_back(std::move(cookie));
    }
}

}  // namespace aep::protocol
