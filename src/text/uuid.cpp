#include "text/uuid.hpp"

#include <cstddef>

#include "text/ascii.hpp"
#include "text/random.hpp"

namespace aep::text {

std::string format_uuid(std::span<const unsigned char, 16> bytes, unsigned version) {
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        unsigned byte = bytes[i];
        if (i == 6) {
            byte = (byte & 0x0FU) | (version << 4U);
        } else if (i == 8) {
            byte = (byte & 0x3FU) | 0x80U;
        }
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out.push_back('-');
        }
        append_hex(out, static_cast<unsigned char>(byte));
    }
    return out;
}

std::string random_uuid() {
    const auto bytes = random_numbers<unsigned char, 16>();
    return bytes ? format_uuid(*bytes, 4) : std::string();
}

}  // namespace aep::text
