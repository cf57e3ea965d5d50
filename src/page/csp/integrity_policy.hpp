#pragma once

#include <span>
#include <string_view>

namespace aep::page::csp {

/// Whether the page's Integrity-Policy blocks scripts without integrity metadata (Subresource Integrity 3.8).
/// `fields`: the values of all its header fields. One that browsers would not understand counts as far as it goes.
bool requires_script_integrity(std::span<const std::string_view> fields) noexcept;

}  // namespace aep::page::csp
