#include "page/csp/integrity_policy.hpp"

#include <algorithm>
#include <cstddef>

#include "text/http_field.hpp"

namespace aep::page::csp {
namespace {

/// Removes the first member of a dictionary (RFC 9651 3.2), and its comma. Commas in strings separate nothing.
std::string_view take_member(std::string_view& text) noexcept {
    bool in_string = false;
    std::size_t end = 0;
    for (; end < text.size() && (in_string || text[end] != ','); ++end) {
        if (in_string && text[end] == '\\') {
            ++end;
        } else if (text[end] == '"') {
            in_string = !in_string;
        }
    }
    const std::string_view member = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return text::trimmed(member);
}

/// Whether an inner list (RFC 9651 3.1.1) holds a token. Tokens are case-sensitive.
bool has_token(std::string_view list, std::string_view token) noexcept {
    if (!list.starts_with('(')) {
        return false;
    }
    list = list.substr(1, list.find(')') - 1);
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(' '), list.size());
        const std::string_view item = list.substr(0, end);
        if (item.substr(0, item.find(';')) == token) {
            return true;
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace

bool requires_script_integrity(std::span<const std::string_view> fields) noexcept {
    bool blocks_scripts = false;
    bool is_inline = true;  // the only source there is, and the default
    for (std::string_view field : fields) {
        while (!field.empty()) {
            const std::string_view member = take_member(field);
            const std::size_t sign = std::min(member.find('='), member.size());
            const std::string_view name = member.substr(0, sign);
            const std::string_view value = member.substr(std::min(sign + 1, member.size()));
            // Of members with the same name the last one counts, across fields too (RFC 9651 4.2.2).
            if (name == "blocked-destinations") {
                blocks_scripts = has_token(value, "script");
            } else if (name == "sources") {
                is_inline = has_token(value, "inline");
            }
        }
    }
    return blocks_scripts && is_inline;
}

}  // namespace aep::page::csp
