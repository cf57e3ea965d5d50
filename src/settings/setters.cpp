#include "ngx/ngx.hpp"

#include "settings/setters.hpp"

#include <openssl/x509_vfy.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "settings/alloy_options.hpp"
#include "settings/configuration.hpp"
#include "settings/endpoint.hpp"
#include "settings/identifiers.hpp"
#include "settings/setting.hpp"

namespace aep::settings {
namespace {

constexpr const char* kOrganizationHelp =
    "expected 24 letters or digits and \"@AdobeOrg\", as 0123456789ABCDEF01234567@AdobeOrg; "
    "Adobe Experience Platform shows it under Ctrl+I (or Cmd+I), \"Current Org ID\"";
constexpr const char* kPublicHostHelp =
    "expected the host that browsers ask for, as www.shop.example, or a variable that holds it, as "
    "$http_x_forwarded_host";
constexpr const char* kDatastreamHelp =
    "expected a datastream ID, as ebebf826-a01f-4458-8cec-ef61de241c93 (perhaps with an environment, as "
    "\":dev\"); Adobe Experience Platform shows it under Data Collection, Datastreams, on the datastream's "
    "page";

ngx_http_complex_value_t* compile(ngx_conf_t* cf, ngx_str_t text) noexcept {
    auto* value =
        static_cast<ngx_http_complex_value_t*>(ngx_pcalloc(cf->pool, sizeof(ngx_http_complex_value_t)));
    if (value == nullptr) {
        return nullptr;
    }
    ngx_http_compile_complex_value_t request{};
    request.cf = cf;
    request.value = &text;
    request.complex_value = value;
    return ngx_http_compile_complex_value(&request) == NGX_OK ? value : nullptr;
}

/// Sets what may hold variables; without any it is checked now.
char* set_checked(ngx_conf_t* cf, ngx_http_complex_value_t*& target, bool (*is_valid)(std::string_view),
                  const char* help) noexcept {
    if (target != NGX_CONF_UNSET_PTR) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    auto* compiled = compile(cf, value);
    if (compiled == nullptr) {
        return failed();
    }
    if (compiled->lengths == nullptr && !is_valid(ngx::view(value))) {
        return refuse(cf, value, help);
    }
    target = compiled;
    return NGX_CONF_OK;
}

}  // namespace

char* set_organization_id(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<MainConf*>(conf)->organization_id;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    if (!is_organization_id(ngx::view(value))) {
        return refuse(cf, value, kOrganizationHelp);
    }
    target = value;
    return NGX_CONF_OK;
}

char* set_public_host(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    const auto is_host = [](std::string_view text) { return public_host_in(text) == text; };
    return set_checked(cf, static_cast<ServerConf*>(conf)->public_host, is_host, kPublicHostHelp);
}

char* set_datastream_id(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return set_checked(cf, static_cast<ServerConf*>(conf)->datastream_id, is_datastream_id, kDatastreamHelp);
}

char* set_web_sdk_name(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->web_sdk_name;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    if (!is_javascript_name(ngx::view(value))) {
        return refuse(cf, value,
                      "expected the name of the shop's own Web SDK as its pages call it, a JavaScript "
                      "identifier such as alloy");
    }
    target = value;
    return NGX_CONF_OK;
}

char* set_web_sdk_datastreams(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->web_sdk_datastreams;
    if (target != NGX_CONF_UNSET_PTR) {
        return predicate("is duplicate");
    }
    target = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ngx_str_t));
    if (target == nullptr) {
        return failed();
    }
    for (ngx_uint_t i = 1; i < cf->args->nelts; ++i) {
        const ngx_str_t value = arguments(cf)[i];
        if (!is_datastream_id(ngx::view(value))) {
            return refuse(cf, value, kDatastreamHelp);
        }
        auto* slot = static_cast<ngx_str_t*>(ngx_array_push(target));
        if (slot == nullptr) {
            return failed();
        }
        *slot = value;
    }
    return NGX_CONF_OK;
}

char* set_web_sdk_options(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->web_sdk_options;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    ngx_str_t file = arguments(cf)[1];
    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return failed();
    }
    return ngx::guarded(cf->log, "aep_web_sdk_options", failed, [&]() -> char* {
        const AlloyOptions options = read_alloy_options(std::string(ngx::view(file)));
        if (!options.error.empty()) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "file \"%V\" in \"%V\" directive %s", &file,
                               &arguments(cf)[0], options.error.c_str());
            return failed();
        }
        target = ngx::copy(cf->pool, options.json);
        return target.data == nullptr ? failed() : NGX_CONF_OK;
    });
}

char* set_opt_out_cookie(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->opt_out_cookie;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    if (!is_cookie_name(ngx::view(value))) {
        return refuse(cf, value, "expected the name of a cookie, such as mg_dnt, or off");
    }
    target = ngx::view(value) == "off" ? ngx_str_t{0, value.data} : value;
    return NGX_CONF_OK;
}

char* set_inject(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<LocationConf*>(conf)->inject;
    if (target != NGX_CONF_UNSET_PTR) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    auto* compiled = compile(cf, value);
    if (compiled == nullptr) {
        return failed();
    }
    if (compiled->lengths == nullptr && ngx::view(value) != "on" && ngx::view(value) != "off") {
        return refuse(cf, value, "expected on, off or a variable (off when it is empty, \"0\" or \"off\")");
    }
    target = compiled;
    return NGX_CONF_OK;
}

char* set_commerce_scope(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    constexpr const char* kHelp =
        "expected environment=, website=, store= or store_view= with the code that Adobe Commerce shows "
        "under Stores, All Stores";
    auto& target = static_cast<LocationConf*>(conf)->scope;
    if (target != NGX_CONF_UNSET_PTR) {
        return predicate("is duplicate");
    }
    auto* scope = static_cast<CommerceScopeConf*>(ngx_pcalloc(cf->pool, sizeof(CommerceScopeConf)));
    if (scope == nullptr) {
        return failed();
    }
    struct Part {
        std::string_view name;
        ngx_http_complex_value_t** slot;
    };
    const std::array<Part, 4> parts{{{"environment", &scope->environment},
                                     {"website", &scope->website},
                                     {"store", &scope->store},
                                     {"store_view", &scope->store_view}}};
    for (ngx_uint_t i = 1; i < cf->args->nelts; ++i) {
        const ngx_str_t argument = arguments(cf)[i];
        bool known = false;
        for (const Part& part : parts) {
            const auto value = parameter(ngx::view(argument), part.name);
            if (!value || *part.slot != nullptr) {
                continue;
            }
            known = !value->empty();
            *part.slot = known ? compile(cf, ngx::unowned(*value)) : nullptr;
            if (known && *part.slot == nullptr) {
                return failed();
            }
            break;
        }
        if (!known) {
            return refuse(cf, argument, kHelp);
        }
    }
    target = scope;
    return NGX_CONF_OK;
}

namespace {

constexpr const char* kEdgeHelp =
    "expected a base URL such as https://edge.adobedc.net, then perhaps answer_timeout=1s, "
    "connect_timeout=2s, timeout=10s, connections=32, http2=off, proxy=http://proxy.example:3128";

bool set_time(ngx_msec_t& target, std::string_view text) noexcept {
    ngx_str_t value = ngx::unowned(text);
    const ngx_int_t time = ngx_parse_time(&value, 0);
    // An hour bounds the sums that deadlines are made of; no page waits that long for anything.
    constexpr ngx_int_t kMost = 60 * 60 * 1000;
    if (time == NGX_ERROR || time <= 0 || time > kMost) {
        return false;
    }
    target = static_cast<ngx_msec_t>(time);
    return true;
}

bool set_count(ngx_uint_t& target, std::string_view text) noexcept {
    constexpr ngx_int_t kMost = 1024;
    const ngx_int_t count = ngx_atoi(ngx::unowned(text).data, text.size());
    if (count == NGX_ERROR || count < 1 || count > kMost) {
        return false;
    }
    target = static_cast<ngx_uint_t>(count);
    return true;
}

bool set_switch(ngx_flag_t& target, std::string_view text) noexcept {
    target = text == "on" ? 1 : 0;
    return text == "on" || text == "off";
}

/// One argument of aep_edge. False when it is none that is known, or holds a wrong value.
bool set_edge_argument(ngx_conf_t* cf, ServerConf& conf, std::string_view text) {
    if (const auto value = parameter(text, "answer_timeout")) {
        return set_time(conf.answer_timeout, *value);
    }
    if (const auto value = parameter(text, "connect_timeout")) {
        return set_time(conf.connect_timeout, *value);
    }
    if (const auto value = parameter(text, "timeout")) {
        return set_time(conf.timeout, *value);
    }
    if (const auto value = parameter(text, "connections")) {
        return set_count(conf.connections, *value);
    }
    if (const auto value = parameter(text, "http2")) {
        return set_switch(conf.http2, *value);
    }
    if (const auto value = parameter(text, "proxy")) {
        const auto proxy = normal_base_url(*value);
        conf.proxy = proxy ? ngx::copy(cf->pool, *proxy) : ngx_str_t{};
        return conf.proxy.data != nullptr;
    }
    const auto base_url = conf.edge.data == nullptr ? normal_base_url(text) : std::nullopt;
    conf.edge = base_url ? ngx::copy(cf->pool, *base_url) : conf.edge;
    return base_url.has_value() && conf.edge.data != nullptr;
}

}  // namespace

char* set_edge(ngx_conf_t* cf, ngx_command_t*, void* data) noexcept {
    auto& conf = *static_cast<ServerConf*>(data);
    if (conf.edge.data != nullptr) {
        return predicate("is duplicate");
    }
    return ngx::guarded(cf->log, "aep_edge", failed, [&]() -> char* {
        for (ngx_uint_t i = 1; i < cf->args->nelts; ++i) {
            const ngx_str_t argument = arguments(cf)[i];
            if (!set_edge_argument(cf, conf, ngx::view(argument))) {
                return refuse(cf, argument, kEdgeHelp);
            }
        }
        if (conf.edge.data == nullptr) {
            return refuse(cf, arguments(cf)[1], kEdgeHelp);
        }
        return NGX_CONF_OK;
    });
}

char* set_edge_trusted_certificate(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->trusted_certificate;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    ngx_str_t file = arguments(cf)[1];
    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return failed();
    }
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), &X509_STORE_free);
    const auto* name = reinterpret_cast<const char*>(file.data);
    if (!store || X509_STORE_load_locations(store.get(), name, nullptr) != 1) {
        return refuse(cf, file,
                      "cannot be read as a PEM file of certificates: expected those of the authorities "
                      "that sign the certificate of aep_edge");
    }
    target = file;
    return NGX_CONF_OK;
}

char* set_word(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept {
    auto& target = *reinterpret_cast<ngx_uint_t*>(static_cast<u_char*>(conf) + command->offset);
    if (target != NGX_CONF_UNSET_UINT) {
        return predicate("is duplicate");
    }
    const ngx_str_t value = arguments(cf)[1];
    const auto* words = static_cast<const ngx_conf_enum_t*>(command->post);
    return ngx::guarded(cf->log, "a directive with a fixed set of words", failed, [&]() -> char* {
        std::string expected = "expected ";
        for (const auto* word = words; word->name.len != 0; ++word) {
            if (ngx::view(word->name) == ngx::view(value)) {
                target = word->value;
                return NGX_CONF_OK;
            }
            const bool is_last = word[1].name.len == 0;
            expected += word == words ? "" : (is_last ? " or " : ", ");
            expected += ngx::view(word->name);
        }
        return refuse(cf, value, expected.c_str());
    });
}

}  // namespace aep::settings
