#include "ngx/ngx.hpp"

#include "settings/broker_module.hpp"

#include <string_view>

#include "ngx/guard.hpp"
#include "settings/configuration.hpp"
#include "version.hpp"

namespace aep::settings {
namespace {

constexpr std::string_view kVersion = AEP_VERSION;

/// The file of a module that a configuration before this one has loaded stays in memory.
bool is_loaded(const ngx_cycle_t& cycle) noexcept {
    for (ngx_module_t* const* module = cycle.modules; *module != nullptr; ++module) {
        if (*module == &ngx_http_aep_module) {
            return true;
        }
    }
    return false;
}

ngx_int_t register_amqp(ngx_conf_t* cf, std::string_view version, std::string_view build,
                        queue::amqp::MakeBackend make_backend) {
    const std::string own_build = build_description();
    if (version != kVersion || build != own_build) {
        ngx_log_error(
            NGX_LOG_EMERG, cf->log, 0,
            "aep: ngx_http_aep_amqp_module is of version %s (%s), but ngx_http_aep_module of version %s "
            "(%s): install both from the same build; an nginx that runs goes on with the files that it "
            "has loaded, so start it again then",
            version.data(), build.data(), kVersion.data(), own_build.c_str());
        return NGX_ERROR;
    }
    auto* main = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_aep_module));
    main->make_broker_backend = make_backend;
    return NGX_OK;
}

}  // namespace
}  // namespace aep::settings

extern "C" {

/// As aep::settings::RegisterAmqp.
[[gnu::visibility("default")]] ngx_int_t aep_register_amqp(
    ngx_conf_t* cf, const char* version, const char* build,
    aep::queue::amqp::MakeBackend make_backend) noexcept;

ngx_int_t aep_register_amqp(ngx_conf_t* cf, const char* version, const char* build,
                            aep::queue::amqp::MakeBackend make_backend) noexcept {
    if (!aep::settings::is_loaded(*cf->cycle)) {
        return NGX_DECLINED;
    }
    return aep::ngx::guarded(
        cf->log, "ngx_http_aep_amqp_module", [] { return ngx_int_t{NGX_ERROR}; },
        [&] { return aep::settings::register_amqp(cf, version, build, make_backend); });
}
}
