#pragma once

#include <string>
#include <string_view>

namespace aep::text {

/// Decodes each %XX once (URL standard, "percent-decode"); a '%' without two hexadecimal digits stays. The result may be
/// any bytes.
std::string percent_decoded(std::string_view encoded);

}  // namespace aep::text
