#pragma once

#include <string_view>

namespace aep::edge {

/// Whether an answer can come from Edge. What stands between answers in its place as well, a sign-in page of a network,
/// a filter: with a page, or with nothing where Edge owes handles. Only successes (2xx) to requests of Edge's protocol
/// are looked at. `body` may be but the beginning of one.
bool may_be_edges(std::string_view target, int status, std::string_view body) noexcept;

}  // namespace aep::edge
