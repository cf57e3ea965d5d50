#include "ngx/ngx.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "authentication/file_content.hpp"
#include "ngx/guard.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "settings/files.hpp"
#include "settings/identifiers.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"
#include "text/ascii.hpp"

namespace aep::settings {
namespace {

using authentication::FileContent;
using authentication::KeyRing;
using authentication::PublicKey;
using authentication::TokenList;

constexpr std::size_t kLongestCode = 64;

template <typename T>
const T* unset() noexcept {
    return static_cast<const T*>(NGX_CONF_UNSET_PTR);
}

template <typename T>
char* set_object(ngx_conf_t* cf, const T*& target, T value) {
    target = ngx::make<T>(cf->pool, std::move(value));
    return target == nullptr ? failed() : NGX_CONF_OK;
}

constexpr const char* kClientIdHelp =
    "expected client_id= with the client ID of the project in Adobe Developer Console "
    "(https://developer.adobe.com/console) that has the registration";

bool set_client_id(const ngx_str_t& argument, ngx_str_t& target) noexcept {
    const auto value = parameter(ngx::view(argument), "client_id");
    const bool is_good = value && !value->empty() && value->size() <= kLongestCode &&
                         std::ranges::all_of(*value, text::is_letter_or_digit);
    target = is_good ? ngx::unowned(*value) : target;
    return is_good;
}

/// A code of Commerce's: letters, digits and underscores.
bool is_code(std::string_view code) noexcept {
    return !code.empty() && code.size() <= kLongestCode && std::ranges::all_of(code, [](char c) {
        return text::is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
    });
}

char* read_store(ngx_conf_t* cf, std::vector<CommerceStore>& stores) {
    constexpr const char* kHelp =
        "expected the number of a store view, then website=, store= or store_view= with the codes that Adobe "
        "Commerce shows under Stores, All Stores, as \"aep_commerce_store 1 website=base "
        "store=main_website_store store_view=default;\"";
    CommerceStore store;
    store.id = std::string(ngx::view(arguments(cf)[1]));
    if (store.id.empty() || store.id.size() > kLongestCode ||
        !std::ranges::all_of(store.id, text::is_digit)) {
        return refuse(cf, arguments(cf)[1], kHelp);
    }
    if (std::ranges::find(stores, store.id, &CommerceStore::id) != stores.end()) {
        return refuse(cf, arguments(cf)[1], "this store view was named before in this block");
    }
    for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
        const std::string_view argument = ngx::view(arguments(cf)[i]);
        std::string* slot = nullptr;
        std::string_view code;
        for (const auto& [name, member] :
             {std::pair("website", &CommerceStore::website), std::pair("store", &CommerceStore::store),
              std::pair("store_view", &CommerceStore::store_view)}) {
            if (const auto value = parameter(argument, name)) {
                slot = &(store.*member);
                code = *value;
            }
        }
        if (slot == nullptr || !slot->empty() || !is_code(code)) {
            return refuse(cf, arguments(cf)[i], kHelp);
        }
        *slot = code;
    }
    stores.push_back(std::move(store));
    return NGX_CONF_OK;
}

}  // namespace

char* set_back_office_profile_events(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    constexpr const char* kHelp =
        "expected on or off, then perhaps datastream= with the ID of the datastream for events that are "
        "about "
        "an account";
    auto& server = *static_cast<ServerConf*>(conf);
    if (server.back_office_profile_events != NGX_CONF_UNSET) {
        return predicate("is duplicate");
    }
    const std::string_view word = ngx::view(arguments(cf)[1]);
    if (word != "on" && word != "off") {
        return refuse(cf, arguments(cf)[1], kHelp);
    }
    server.back_office_profile_events = word == "on" ? 1 : 0;
    server.back_office_profile_datastream = ngx::unowned("");
    if (cf->args->nelts > 2) {
        const auto id = parameter(ngx::view(arguments(cf)[2]), "datastream");
        if (!id || !is_datastream_id(*id)) {
            return refuse(cf, arguments(cf)[2], kHelp);
        }
        server.back_office_profile_datastream = ngx::unowned(*id);
    }
    return NGX_CONF_OK;
}

char* set_back_office_token(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& access = static_cast<LocationConf*>(conf)->back_office_access;
    if (access.tokens != unset<TokenList>()) {
        return predicate("is duplicate");
    }
    if (ngx::view(arguments(cf)[1]) == "off") {
        access.tokens = nullptr;
        access.is_open = 1;
        return NGX_CONF_OK;
    }
    access.is_open = 0;
    return ngx::guarded(cf->log, "aep_back_office_token", failed,
                        [&] { return read_token_file(cf, access.tokens); });
}

char* set_back_office_public_key(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<LocationConf*>(conf)->back_office_access.public_key;
    if (target != unset<PublicKey>()) {
        return predicate("is duplicate");
    }
    return ngx::guarded(cf->log, "aep_back_office_public_key", failed, [&]() -> char* {
        const std::string path = path_of(cf);
        const FileContent file = authentication::read_file(path);
        auto key = file.error.empty() ? PublicKey::from_pem(file.text) : PublicKey::Error{file.error};
        if (const auto* error = std::get_if<PublicKey::Error>(&key)) {
            return refuse_file(cf, path,
                               error->text +
                                   "; Adobe Commerce shows it under Stores, Configuration, Services, "
                                   "Adobe Services, Adobe Commerce Webhooks, \"Digital Signature\"");
        }
        return set_object(cf, target, std::get<PublicKey>(std::move(key)));
    });
}

char* set_back_office_event_keys(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& access = static_cast<LocationConf*>(conf)->back_office_access;
    auto& target = access.event_keys;
    if (target != unset<KeyRing>()) {
        return predicate("is duplicate");
    }
    return ngx::guarded(cf->log, "aep_back_office_event_keys", failed, [&]() -> char* {
        if (cf->args->nelts > 2 && !set_client_id(arguments(cf)[2], access.event_client_id)) {
            return refuse(cf, arguments(cf)[2], kClientIdHelp);
        }
        if (access.event_client_id.len == 0) {
            ngx_conf_log_error(
                NGX_LOG_WARN, cf, 0,
                "\"%V\" directive has no client_id=, so that what Adobe I/O Events signs for any of "
                "Adobe's customers is taken: %s",
                &arguments(cf)[0], kClientIdHelp);
        }
        const std::string path = path_of(cf);
        auto keys = KeyRing::read(path);
        if (const auto* error = std::get_if<KeyRing::Error>(&keys)) {
            return refuse_file(cf, path, error->text);
        }
        return set_object(cf, target, std::get<KeyRing>(std::move(keys)));
    });
}

char* set_back_office_labels(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->back_office_labels;
    if (target.data != nullptr) {
        return predicate("is duplicate");
    }
    return ngx::guarded(cf->log, "aep_back_office_labels", failed, [&]() -> char* {
        const std::string path = path_of(cf);
        const FileContent file = authentication::read_file(path);
        if (!file.error.empty()) {
            return refuse_file(cf, path, file.error);
        }
        target = ngx::copy(cf->pool, file.text);
        return target.data == nullptr ? failed() : NGX_CONF_OK;
    });
}

char* set_commerce_store(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& target = static_cast<ServerConf*>(conf)->commerce_stores;
    return ngx::guarded(cf->log, "aep_commerce_store", failed, [&]() -> char* {
        if (target == nullptr) {
            target = ngx::make<std::vector<CommerceStore>>(cf->pool);
        }
        return target == nullptr ? failed() : read_store(cf, *target);
    });
}

}  // namespace aep::settings
