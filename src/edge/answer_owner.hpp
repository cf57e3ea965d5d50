#pragma once

#include <span>
#include <string>
#include <string_view>

#include "message.hpp"

namespace aep::edge {

/// The ID that a request's target gives itself (requestId in its query), percent-decoded; empty where it gives none.
std::string request_id_of(std::string_view target);

/// The ID of another request that an answer is for; empty where it is for this one, or does not say.
///
/// Edge repeats a request's ID with a dash and something of its own behind it: in a body, that of an error as well, and
/// in x-request-id, which counts where the body holds no ID. `body` may be but the beginning of one. What is returned
/// is a part of the answer.
std::string_view id_of_another(std::string_view request_id, std::span<const Header> headers,
                               std::string_view body) noexcept;

}  // namespace aep::edge
