#include "ngx/ngx.hpp"

#include "gateway/address_limit.hpp"

#include <array>
#include <string>

#include "ngx/guard.hpp"
#include "ngx/string.hpp"
#include "protocol/client_address.hpp"

namespace aep::gateway {
namespace {

constexpr std::string_view kZone = "aep";
/// Some hundred people behind one address do not reach it: a page makes about five requests in ten seconds.
constexpr std::array<std::string_view, 4> kDirective{"limit_req_zone", "$aep_address_key", "zone=aep:10m",
                                                     "rate=300r/s"};

/// nginx's module, if this nginx has it. It may not, so there is no symbol to link with.
ngx_module_t* limit_module(ngx_conf_t* cf) noexcept {
    for (ngx_uint_t i = 0; cf->cycle->modules[i] != nullptr; ++i) {
        if (std::string_view(cf->cycle->modules[i]->name) == "ngx_http_limit_req_module") {
            return cf->cycle->modules[i];
        }
    }
    return nullptr;
}

/// Whether a limit names the zone, and no limit_req_zone has made it.
bool is_wanted(ngx_conf_t* cf, const ngx_module_t* module) noexcept {
    for (ngx_list_part_t* part = &cf->cycle->shared_memory.part; part != nullptr; part = part->next) {
        const auto* zones = static_cast<const ngx_shm_zone_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (zones[i].tag == module && ngx::view(zones[i].shm.name) == kZone) {
                return zones[i].data == nullptr;
            }
        }
    }
    return false;
}

ngx_command_t* command_of(const ngx_module_t& module) noexcept {
    for (ngx_command_t* command = module.commands; command != nullptr && command->name.len != 0; ++command) {
        if (ngx::view(command->name) == kDirective.front()) {
            return command;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view address_key(ngx_http_request_t* request) noexcept {
    return ngx::guarded(
        request->connection->log, "a visitor's address", [] { return std::string_view{}; },
        [request]() -> std::string_view {
            const std::string key = protocol::address_key(*request->connection->sockaddr);
            return key.empty() ? std::string_view{} : ngx::view(ngx::copy(request->pool, key));
        });
}

ngx_int_t make_address_limit(ngx_conf_t* cf) noexcept {
    ngx_module_t* const module = limit_module(cf);
    ngx_command_t* const command = module == nullptr ? nullptr : command_of(*module);
    if (command == nullptr || !is_wanted(cf, module)) {
        return NGX_OK;
    }
    ngx_array_t* const arguments = ngx_array_create(cf->pool, kDirective.size(), sizeof(ngx_str_t));
    if (arguments == nullptr) {
        return NGX_ERROR;
    }
    for (const std::string_view argument : kDirective) {
        auto* const place = static_cast<ngx_str_t*>(ngx_array_push(arguments));
        // nginx cuts its arguments up, so it gets a copy; with an end, which its parsers of numbers read.
        *place = ngx::copy(cf->pool, std::string(argument).append(1, '\0'));
        if (place->data == nullptr) {
            return NGX_ERROR;
        }
        --place->len;
    }
    ngx_array_t* const own = cf->args;
    cf->args = arguments;
    char* const result = command->set(cf, command, ngx_http_conf_get_module_main_conf(cf, (*module)));
    cf->args = own;
    return result == NGX_CONF_OK ? NGX_OK : NGX_ERROR;
}

}  // namespace aep::gateway
