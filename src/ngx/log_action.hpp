#pragma once

#include "ngx/ngx.hpp"

namespace aep::ngx {

/// For as long as it lives, every line that nginx logs for a connection says what is being done: "... while <action>,
/// client: ...". Afterwards the lines say again what they said before. The log must outlive it.
class LogAction {
  public:
    /// `action` is a literal.
    LogAction(ngx_log_t* log, const char* action) noexcept : log_(log), before_(log->action) {
        log_->action = const_cast<char*>(action);  // nginx only reads it
    }
    ~LogAction() { log_->action = before_; }
    LogAction(const LogAction&) = delete;
    LogAction& operator=(const LogAction&) = delete;

  private:
    ngx_log_t* log_;
    char* before_;
};

}  // namespace aep::ngx
