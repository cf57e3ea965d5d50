#include "ngx/ngx.hpp"

#include <algorithm>
#include <string_view>

#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "settings/identifiers.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"

namespace aep::settings {
namespace {

constexpr const char* kHelp =
    "expected on, then perhaps cookie=aep_fpid (the name of a cookie of its own, not one that begins with "
    "kndctr_ or __Host-) and max_age=400d, or off alone";

/// Adobe's cookies go to Edge as they are, and __Host- forbids the domain that all hosts of a shop share.
bool is_own_cookie_name(std::string_view name) noexcept {
    return is_cookie_name(name) && !name.starts_with("kndctr_") && !name.starts_with("__Host-");
}

bool set_max_age(time_t& target, std::string_view text) noexcept {
    ngx_str_t value = ngx::unowned(text);
    const ngx_int_t seconds = ngx_parse_time(&value, 1);
    if (seconds == NGX_ERROR || seconds <= 0) {
        return false;
    }
    target = std::min(static_cast<time_t>(seconds), static_cast<time_t>(FirstPartyId::kLongest.count()));
    return true;
}

bool set_argument(ServerConf& conf, std::string_view text) noexcept {
    if (const auto name = parameter(text, "cookie")) {
        conf.first_party_id = ngx::unowned(*name);
        return is_own_cookie_name(*name);
    }
    const auto max_age = parameter(text, "max_age");
    return max_age && set_max_age(conf.first_party_id_max_age, *max_age);
}

}  // namespace

char* set_first_party_id(ngx_conf_t* cf, ngx_command_t*, void* data) noexcept {
    auto& conf = *static_cast<ServerConf*>(data);
    if (conf.first_party_id.data != nullptr) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    const bool off = ngx::view(value) == "off";
    if ((!off && ngx::view(value) != "on") || (off && cf->args->nelts > 2)) {
        return refuse(cf, value, kHelp);
    }
    conf.first_party_id = off ? ngx_str_t{0, value.data} : ngx::unowned(FirstPartyId::kCookie);
    for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
        const ngx_str_t argument = arguments(cf)[i];
        if (!set_argument(conf, ngx::view(argument))) {
            return refuse(cf, argument, kHelp);
        }
    }
    return NGX_CONF_OK;
}

}  // namespace aep::settings
