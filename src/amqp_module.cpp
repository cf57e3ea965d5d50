#include "ngx/ngx.hpp"

#include <dlfcn.h>

#include <string>

#include "ngx/guard.hpp"
#include "queue/amqp/stores/backend.hpp"
#include "settings/broker_module.hpp"
#include "version.hpp"

// A module of its own for nginx, so that only who keeps events in a broker needs the library of one: it gives the main
// module what opens a queue there. It has no directives.

namespace {

using aep::settings::RegisterAmqp;

/// Nothing but this name ties the two modules together: nginx's own error for a symbol that is missing when a module is
/// loaded would tell nobody what to do.
ngx_int_t register_with_main_module(ngx_conf_t* cf) {
    const auto register_amqp =
        reinterpret_cast<RegisterAmqp>(dlsym(RTLD_DEFAULT, aep::settings::kRegisterAmqp));
    const std::string build = aep::settings::build_description();
    const ngx_int_t result = register_amqp == nullptr ? ngx_int_t{NGX_DECLINED}
                                                      : register_amqp(cf, AEP_VERSION, build.c_str(),
                                                                      aep::queue::amqp::stores::make_backend);
    if (result == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "aep: ngx_http_aep_amqp_module is loaded without the module that it belongs to: put "
                      "\"load_module modules/ngx_http_aep_module.so;\" before its own load_module line, or "
                      "remove that");
        return NGX_ERROR;
    }
    return result;
}

ngx_int_t prepare_configuration(ngx_conf_t* cf) noexcept {
    return aep::ngx::guarded(
        cf->log, "ngx_http_aep_amqp_module", [] { return ngx_int_t{NGX_ERROR}; },
        [&] { return register_with_main_module(cf); });
}

ngx_http_module_t http_module = {
    prepare_configuration, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
};

char name[] = "ngx_http_aep_amqp_module";

}  // namespace

extern "C" {

ngx_module_t ngx_http_aep_amqp_module = {
    NGX_MODULE_V1, &http_module, nullptr, NGX_HTTP_MODULE, nullptr, nullptr,
    nullptr,       nullptr,      nullptr, nullptr,         nullptr, NGX_MODULE_V1_PADDING,
};

// What nginx looks for in the file of a module; its configure writes the same for those that it builds.
[[gnu::visibility("default")]] ngx_module_t* ngx_modules[] = {&ngx_http_aep_amqp_module, nullptr};
[[gnu::visibility("default")]] char* ngx_module_names[] = {name, nullptr};
[[gnu::visibility("default")]] char* ngx_module_order[] = {nullptr};
}
