#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <curl/curl.h>

#include "message.hpp"

namespace aep::edge {

/// A request's header as libcurl takes it: a list that it reads and does not change. Two pieces of memory that are
/// used again for the next request, where curl_slist_append would ask for two for each line.
class HeaderLines {
  public:
    /// Throws std::invalid_argument for what would not be one line each, std::bad_alloc.
    void set(const std::vector<Header>& headers);

    [[nodiscard]] curl_slist* first() noexcept { return list_.data(); }

  private:
    void add(std::string_view name, std::string_view value);

    std::string text_;
    std::vector<curl_slist> list_;
};

}  // namespace aep::edge
