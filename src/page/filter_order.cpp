#include "page/filter_order.hpp"

#include <algorithm>
#include <array>

namespace aep::page {
namespace {

constexpr std::string_view kOurs = "ngx_http_aep_module";

/// Filters whose output is no text any more.
constexpr std::array<std::string_view, 3> kCompressing = {
    "ngx_http_gzip_filter_module", "ngx_http_brotli_filter_module", "ngx_http_zstd_filter_module"};

/// It rewrites pages itself, and uses one of nginx's four marks for buffered responses, which is also ours.
constexpr std::string_view kPagespeed = "ngx_pagespeed";

}  // namespace

MisplacedModule misplaced_module(std::span<const std::string_view> modules) noexcept {
    bool is_behind_ours = false;
    for (const std::string_view name : modules) {
        if (name == kPagespeed) {
            return {name, false};
        }
        if (is_behind_ours && std::ranges::find(kCompressing, name) != kCompressing.end()) {
            return {name, true};
        }
        is_behind_ours = is_behind_ours || name == kOurs;
    }
    return {};
}

}  // namespace aep::page
