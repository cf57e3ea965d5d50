#include "ngx/ngx.hpp"

#include <string>
#include <utility>

#include "ngx/guard.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "settings/credentials.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"

namespace aep::settings {

char* set_edge_credentials(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<MainConf*>(conf)->credentials;
    if (target != nullptr) {
        return predicate("is duplicate");
    }
    ngx_str_t file = arguments(cf)[1];
    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return failed();
    }
    return ngx::guarded(cf->log, "aep_edge_credentials", failed, [&]() -> char* {
        CredentialsFile found = read_credentials(std::string(ngx::view(file)));
        if (!found.credentials) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "file \"%V\" in \"%V\" directive %s", &file,
                               &arguments(cf)[0], found.error.c_str());
            return failed();
        }
        target = ngx::make<Credentials>(cf->pool, std::move(*found.credentials));
        return target == nullptr ? failed() : NGX_CONF_OK;
    });
}

char* finish_main_conf(ngx_conf_t* cf, void* conf) noexcept {
    const auto& main = *static_cast<const MainConf*>(conf);
    if (main.credentials == nullptr || main.credentials->organization_id == ngx::view(main.organization_id)) {
        return NGX_CONF_OK;
    }
    const ngx_str_t found = ngx::unowned(main.credentials->organization_id);
    ngx_log_error(
        NGX_LOG_EMERG, cf->log, 0,
        "aep: the credential in the file of \"aep_edge_credentials\" is for the organization \"%V\", "
        "but \"aep_organization_id\" is \"%V\": expected the same; take the credential from a project "
        "of that organization in Adobe Developer Console, or correct \"aep_organization_id\"",
        &found, &main.organization_id);
    return failed();
}

}  // namespace aep::settings
