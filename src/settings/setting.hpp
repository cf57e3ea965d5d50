#pragma once

#include "ngx/ngx.hpp"

#include <optional>
#include <string_view>

namespace aep::settings {

// What setters of directives share.

inline char* failed() noexcept {
    return static_cast<char*>(NGX_CONF_ERROR);
}

inline char* predicate(const char* text) noexcept {
    return const_cast<char*>(text);  // nginx's setters return char*, and nginx only reads it
}

inline const ngx_str_t* arguments(ngx_conf_t* cf) noexcept {
    return static_cast<const ngx_str_t*>(cf->args->elts);
}

/// Says what was found and what was expected.
inline char* refuse(ngx_conf_t* cf, const ngx_str_t& value, const char* help) noexcept {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid value \"%V\" in \"%V\" directive: %s", &value,
                       &arguments(cf)[0], help);
    return failed();
}

/// The text behind "name=" in an argument, or nothing.
inline std::optional<std::string_view> parameter(std::string_view argument, std::string_view name) noexcept {
    if (argument.size() > name.size() && argument.starts_with(name) && argument[name.size()] == '=') {
        return argument.substr(name.size() + 1);
    }
    return std::nullopt;
}

}  // namespace aep::settings
