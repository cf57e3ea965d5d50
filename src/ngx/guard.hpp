#pragma once

#include "ngx/ngx.hpp"

#include <exception>
#include <utility>

namespace aep::ngx {

/// Writes what went wrong in `where`, at most a few times a second.
void report_exception(ngx_log_t* log, const char* where, const char* what) noexcept;

/// Runs `body` at a boundary to nginx's C. An exception becomes one line in the log and the value of
/// `fallback()`: nothing of ours may end a worker or cost a page.
template <typename Body, typename Fallback>
auto guarded(ngx_log_t* log, const char* where, Fallback&& fallback, Body&& body) noexcept
    -> decltype(body()) {
    try {
        return std::forward<Body>(body)();
    } catch (const std::exception& error) {
        report_exception(log, where, error.what());
    } catch (...) {
        report_exception(log, where, "unknown exception");
    }
    return std::forward<Fallback>(fallback)();
}

}  // namespace aep::ngx
