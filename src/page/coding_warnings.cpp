#include "ngx/ngx.hpp"

#include "page/coding_warnings.hpp"

#include "ngx/log.hpp"
#include "ngx/string.hpp"

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

}  // namespace

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
    warn(
        request, coding, limit,
        "aep: a page in %V grows to more than 1000 times its size, over 64 MB, when it is decoded: it is "
        "sent as "
        "far as it was decoded, and the connection ends. Let the shop send it without compression, or switch "
        "aep_inject off for it (%ui more not logged)");
}

}  // namespace aep::page
