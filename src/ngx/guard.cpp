#include "ngx/guard.hpp"

namespace aep::ngx {

void report_exception(ngx_log_t* log, const char* where, const char* what) noexcept {
    // One line a second: whatever throws once for a request may throw for every request.
    static time_t last = 0;
    static ngx_uint_t held_back = 0;
    if (ngx_time() == last) {
        ++held_back;
        return;
    }
    ngx_log_error(NGX_LOG_ALERT, log, 0, "aep: internal fault in %s: %s (%ui more not logged)", where, what,
                  held_back);
    last = ngx_time();
    held_back = 0;
}

}  // namespace aep::ngx
