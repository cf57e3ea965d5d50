#include "percent.hpp"

#include <algorithm>

#include "text/ascii.hpp"

namespace aep::text {

std::string percent_decoded(std::string_view encoded) {
    std::string out;
    out.reserve(encoded.size());
    while (!encoded.empty()) {
        const std::size_t literal = std::min(encoded.find('%'), encoded.size());
        out.append(encoded.substr(0, literal));
        encoded.remove_prefix(literal);
        const int high = encoded.size() > 2 ? hex_value(encoded[1]) : -1;
        const int low = encoded.size() > 2 ? hex_value(encoded[2]) : -1;
        if (high >= 0 && low >= 0) {
            out.push_back(static_cast<char>(high * 16 + low));
            encoded.remove_prefix(3);
        } else if (!encoded.empty()) {
            out.push_back('%');
            encoded.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace aep::text
