#include "ngx/ngx.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "ngx/string.hpp"
#include "settings/configuration.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"
#include "settings/words.hpp"
#include "text/ascii.hpp"

namespace aep::settings {
namespace {

constexpr const char* kHelp =
    "expected auto or google, then perhaps name=dataLayer (the global that holds the data layer), "
    "sku=item_id (the member of its items that holds the SKU), currency=EUR (of a shop that names none) and "
    "schema=off, or off alone";

/// The name of a member or a global, as scripts write it without quotes.
bool is_member_name(std::string_view text) noexcept {
    const auto may_stand = [](char c) { return text::is_letter_or_digit(c) || c == '_' || c == '$'; };
    return !text.empty() && !text::is_digit(text.front()) && std::ranges::all_of(text, may_stand);
}

bool is_currency_code(std::string_view text) noexcept {
    constexpr std::size_t kLength = 3;  // ISO 4217
    return text.size() == kLength && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool set_use(ServerConf& conf, std::string_view text) noexcept {
    if (text == "auto") {
        conf.data_layer = number_of(DataLayerUse::automatic);
    } else if (text == "google") {
        conf.data_layer = number_of(DataLayerUse::google);
    } else {
        conf.data_layer = number_of(DataLayerUse::off);
        return text == "off";
    }
    return true;
}

bool set_argument(ServerConf& conf, std::string_view text) noexcept {
    if (const auto name = parameter(text, "name")) {
        conf.data_layer_name = ngx::unowned(*name);
        return is_member_name(*name);
    }
    if (const auto sku = parameter(text, "sku")) {
        conf.data_layer_sku = ngx::unowned(*sku);
        return is_member_name(*sku);
    }
    if (const auto currency = parameter(text, "currency")) {
        conf.data_layer_currency = ngx::unowned(*currency);
        return is_currency_code(*currency);
    }
    const auto schema = parameter(text, "schema");
    conf.data_layer_schema = schema == "on" ? 1 : 0;
    return schema == "on" || schema == "off";
}

}  // namespace

char* set_data_layer(ngx_conf_t* cf, ngx_command_t*, void* data) noexcept {
    auto& conf = *static_cast<ServerConf*>(data);
    if (conf.data_layer != NGX_CONF_UNSET_UINT) {
        return predicate("is duplicate");
    }
    const ngx_str_t use = arguments(cf)[1];
    const bool is_alone = cf->args->nelts == 2;
    if (!set_use(conf, ngx::view(use)) || (ngx::view(use) == "off" && !is_alone)) {
        return refuse(cf, use, kHelp);
    }
    for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
        const ngx_str_t argument = arguments(cf)[i];
        if (!set_argument(conf, ngx::view(argument))) {
            return refuse(cf, argument, kHelp);
        }
    }
    return NGX_CONF_OK;
}

}  // namespace aep::settings
