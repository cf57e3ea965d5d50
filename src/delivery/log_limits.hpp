#pragma once

#include "ngx/ngx.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "delivery/routes.hpp"
#include "ngx/log.hpp"

namespace aep::delivery {

/// A limit for lines of the log about one kind of trouble: one for each datastream, so that no website's trouble hides
/// another's. Those that are not configured share one.
class LogLimits {
  public:
    /// `routes` must outlive this.
    explicit LogLimits(const Routes& routes) noexcept : routes_(routes) {}

    /// Throws std::bad_alloc.
    ngx::LogLimit& of(std::string_view datastream_id) {
        const std::string_view key =
            routes_.is_configured(datastream_id) ? datastream_id : std::string_view{};
        const auto found = limits_.find(key);
        return found != limits_.end() ? found->second : limits_[std::string(key)];
    }

  private:
    const Routes& routes_;
    std::map<std::string, ngx::LogLimit, std::less<>> limits_;
};

}  // namespace aep::delivery
