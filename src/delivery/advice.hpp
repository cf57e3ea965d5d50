#pragma once

#include <string_view>

namespace aep::delivery {

/// What an operator can do about Edge's refusal: by the code in its body ("EXEG-0003-400"), else by its status.
std::string_view advice(int status, std::string_view body) noexcept;

/// The code in Edge's answer, as "EXEG-0003-400"; empty where there is none.
std::string_view edge_code(std::string_view body) noexcept;

}  // namespace aep::delivery
