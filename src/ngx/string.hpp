#pragma once

#include "ngx/ngx.hpp"

#include <cstring>
#include <string_view>

#include "text/ascii.hpp"

namespace aep::ngx {

inline std::string_view view(const ngx_str_t& text) noexcept {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

inline std::string_view view(const u_char* first, const u_char* last) noexcept {
    return {reinterpret_cast<const char*>(first), static_cast<std::size_t>(last - first)};
}

/// Text that outlives the configuration or request it is given to: a literal, or pool memory.
inline ngx_str_t unowned(std::string_view text) noexcept {
    return {text.size(), const_cast<u_char*>(reinterpret_cast<const u_char*>(text.data()))};
}

/// Copies text into a pool, with a terminating zero that the length does not count. `data` is null on failure.
inline ngx_str_t copy(ngx_pool_t* pool, std::string_view text) noexcept {
    auto* data = static_cast<u_char*>(ngx_pnalloc(pool, text.size() + 1));
    if (data == nullptr) {
        return {0, nullptr};
    }
    if (!text.empty()) {
        std::memcpy(data, text.data(), text.size());
    }
    data[text.size()] = '\0';
    return {text.size(), data};
}

// For header names and values (RFC 9110 5.1).
using text::equals_ignoring_case;
using text::starts_with_ignoring_case;

}  // namespace aep::ngx
