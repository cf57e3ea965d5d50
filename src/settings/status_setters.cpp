#include "ngx/ngx.hpp"

#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "settings/files.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"

namespace aep::settings {

char* set_status_token(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& tokens = static_cast<LocationConf*>(conf)->status_tokens;
    if (tokens != static_cast<const authentication::TokenList*>(NGX_CONF_UNSET_PTR)) {
        return predicate("is duplicate");
    }
    tokens = nullptr;
    if (ngx::view(arguments(cf)[1]) == "off") {
        return NGX_CONF_OK;
    }
    return ngx::guarded(cf->log, "aep_status_token", failed, [&] { return read_token_file(cf, tokens); });
}

char* claim_status(ngx_conf_t* cf) noexcept {
    auto& location = *static_cast<LocationConf*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_aep_module));
    if (location.is_status != 0) {
        return predicate("is duplicate");
    }
    location.is_status = 1;
    return NGX_CONF_OK;
}

}  // namespace aep::settings
