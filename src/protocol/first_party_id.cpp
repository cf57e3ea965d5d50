#include "first_party_id.hpp"

#include <cstddef>

#include "cookies.hpp"
#include "text/ascii.hpp"

namespace aep::protocol {

bool is_first_party_id(std::string_view value) noexcept {
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
    constexpr std::string_view kVariant = "89ab";  // RFC 9562 4.1
    if (value.size() != kShape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        const char c = value[i];
        const bool fits = kShape[i] == 'x'   ? text::kLowerHexDigits.find(c) != std::string_view::npos
                          : kShape[i] == 'v' ? kVariant.find(c) != std::string_view::npos
                                             : c == kShape[i];
        if (!fits) {
            return false;
        }
    }
    return true;
}

std::string first_party_id_cookie(std::string_view name, std::string_view id, std::string_view domain,
                                  std::chrono::seconds max_age) {
    return set_cookie(name, id, domain, max_age, "Lax").append("; HttpOnly");
}

}  // namespace aep::protocol
