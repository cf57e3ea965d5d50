#pragma once

#include "ngx/ngx.hpp"

#include <array>
#include <string_view>

#include "ngx/string.hpp"
#include "text/printable.hpp"

namespace aep::ngx {

/// Writes a line to the error log. `text` is never a format, and never more than a line.
inline void log(ngx_uint_t level, ngx_log_t* to, std::string_view text) noexcept {
    if (to->log_level >= level) {
        std::array<char, NGX_MAX_ERROR_STR> room;  // nginx cuts a line there
        const ngx_str_t line = unowned(text::copy_printable(text, room));
        ngx_log_error_core(level, to, 0, "aep: %V", &line);
    }
}

/// Lets one of many equal messages through each second, with a count of what it held back.
class LogLimit {
  public:
    /// Whether a message may be written now; `suppressed` then tells how many were not since the last one.
    bool due(ngx_uint_t& suppressed) noexcept {
        const time_t now = ngx_time();
        if (now == last_) {
            ++suppressed_;
            return false;
        }
        last_ = now;
        suppressed = suppressed_;
        suppressed_ = 0;
        return true;
    }

  private:
    time_t last_ = 0;
    ngx_uint_t suppressed_ = 0;
};

}  // namespace aep::ngx
