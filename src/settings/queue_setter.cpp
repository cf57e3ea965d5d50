#include "ngx/ngx.hpp"

#include "settings/queue_setter.hpp"

#include "ngx/string.hpp"
#include "settings/broker.hpp"
#include "settings/setters.hpp"
#include "settings/setting.hpp"

namespace aep::settings {

bool set_queue_parameter(MainConf& conf, std::string_view argument) noexcept {
    constexpr off_t kLeastSize = 1024 * 1024;
    constexpr ngx_int_t kMostPercent = 90;
    if (const auto size = parameter(argument, "max_size")) {
        ngx_str_t text = ngx::unowned(*size);
        conf.queue_max_size = ngx_parse_offset(&text);
        return conf.queue_max_size >= kLeastSize;
    }
    if (const auto age = parameter(argument, "max_age")) {
        ngx_str_t text = ngx::unowned(*age);
        conf.queue_max_age = ngx_parse_time(&text, 1);
        return conf.queue_max_age > 0;
    }
    const auto free = parameter(argument, "min_free");
    if (!free) {
        return false;
    }
    conf.queue_min_free_is_set = 1;
    if (free->ends_with('%')) {
        const ngx_str_t text = ngx::unowned(free->substr(0, free->size() - 1));
        conf.queue_min_free = 0;
        conf.queue_min_free_percent = ngx_atoi(text.data, text.len);
        return conf.queue_min_free_percent >= 0 && conf.queue_min_free_percent <= kMostPercent;
    }
    ngx_str_t text = ngx::unowned(*free);
    conf.queue_min_free_percent = 0;
    conf.queue_min_free = ngx_parse_offset(&text);
    return conf.queue_min_free >= 0;
}

char* set_queue(ngx_conf_t* cf, ngx_command_t*, void* data) noexcept {
    constexpr const char* kHelp =
        "expected a directory, then perhaps max_size=1g (at least 1m), max_age=7d and min_free=5% (or a "
        "size), "
        "or off alone; or a broker, as amqps://rabbit.example";
    auto& conf = *static_cast<MainConf*>(data);
    if (conf.queue_is_set != 0) {
        return predicate("is duplicate");
    }
    conf.queue_is_set = 1;
    if (names_broker(ngx::view(arguments(cf)[1]))) {
        return set_broker(cf, conf);
    }
    conf.queue_directory_is_chosen = 1;
    const ngx_str_t directory = arguments(cf)[1];
    const bool off = ngx::view(directory) == "off";
    if (directory.len == 0 || (off && cf->args->nelts > 2) ||
        ngx::view(directory).find('=') != std::string_view::npos) {
        return refuse(cf, directory, kHelp);
    }
    for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
        const ngx_str_t argument = arguments(cf)[i];
        if (!set_queue_parameter(conf, ngx::view(argument))) {
            return refuse(cf, argument, kHelp);
        }
    }
    if (!off) {
        conf.queue_directory = directory;
        return ngx_conf_full_name(cf->cycle, &conf.queue_directory, 0) == NGX_OK ? NGX_CONF_OK : failed();
    }
    return NGX_CONF_OK;
}

}  // namespace aep::settings
