#include "ngx/ngx.hpp"

#include "page/warnings.hpp"

#include <string_view>
#include <vector>

#include "ngx/guard.hpp"
#include "ngx/log.hpp"
#include "ngx/string.hpp"
#include "page/filter_order.hpp"

namespace aep::page {
namespace {

/// `format` takes the coding, and how many equal lines were not logged.
void warn(ngx_http_request_t* request, compression::Coding coding, ngx::LogLimit& limit,
          const char* format) noexcept {
    ngx_uint_t suppressed = 0;
    if (limit.due(suppressed)) {
        const ngx_str_t name = ngx::unowned(compression::to_string(coding));
        ngx_log_error(NGX_LOG_WARN, request->connection->log, 0, format, &name, suppressed);
    }
}

void check_order(ngx_conf_t* cf) {
    std::vector<std::string_view> names;
    for (ngx_uint_t i = 0; cf->cycle->modules[i] != nullptr; ++i) {
        names.emplace_back(cf->cycle->modules[i]->name);
    }
    const MisplacedModule module = misplaced_module(names);
    if (module.name.empty()) {
        return;
    }
    const ngx_str_t name = ngx::unowned(module.name);
    if (module.is_supported) {
        ngx_log_error(
            NGX_LOG_WARN, cf->log, 0,
            "aep: %V stands behind ngx_http_aep_module, so it compresses pages before the tag is in them: "
            "each is decompressed and compressed again, or gets no tag. Put \"load_module "
            "modules/ngx_http_aep_module.so;\" behind \"load_module modules/%V.so;\" (or "
            "--add-module= behind that one's, where nginx was built with both)",
            &name, &name);
    } else {
        ngx_log_error(
            NGX_LOG_WARN, cf->log, 0,
            "aep: %V rewrites pages itself and does not go together with ngx_http_aep_module: remove one of "
            "them, or set \"aep_storefront_events off;\"",
            &name);
    }
}

}  // namespace

void warn_of_filter_order(ngx_conf_t* cf) noexcept {
    ngx::guarded(
        cf->log, "the order of filters", [] {}, [cf] { check_order(cf); });
}

void warn_of_wrong_coding(ngx_http_request_t* request, compression::Coding coding) noexcept {
    static ngx::LogLimit limit;
    warn(request, coding, limit,
         "aep: a page says Content-Encoding: %V, but cannot be decoded so: it passes unchanged, without "
         "the tag (%ui more not logged)");
}

void warn_of_broken_page(ngx_http_request_t* request, compression::Coding coding) noexcept {
    static ngx::LogLimit limit;
    warn(request, coding, limit,
         "aep: a page in %V is damaged or cut short behind its head: it is sent as far as it could be "
         "decoded, and the connection ends (%ui more not logged)");
}

void warn_of_bomb(ngx_http_request_t* request, compression::Coding coding) noexcept {
    static ngx::LogLimit limit;
    warn(request, coding, limit,
         "aep: a page in %V grows to more than 1000 times its size, over 64 MB, when it is decoded: it is "
         "sent as far as it was decoded, and the connection ends. Let the shop send it without compression, "
         "or switch "
         "aep_inject off for it (%ui more not logged)");
}

}  // namespace aep::page
