#include "event_id.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "text/digest.hpp"
#include "text/uuid.hpp"

namespace aep::protocol {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, sizeof(number)> bytes{};  // the first one is the highest
    for (std::size_t i = bytes.size(); i-- > 0; number >>= 8U) {
        bytes[i] = static_cast<char>(number & 0xFFU);
    }
    out.append(bytes.data(), bytes.size());
}

/// With its length in front, so that no two lists of texts make the same bytes.
void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size());
    out.append(text);
}

}  // namespace

std::string event_id(std::string_view datastream_id, std::string_view request_id, std::size_t position) {
    std::string name;
    name.reserve(datastream_id.size() + request_id.size() + 3 * sizeof(std::uint64_t));
    append_text(name, datastream_id);
    append_text(name, request_id);
    append_number(name, position);

    const text::Sha256 digest = text::sha256(name);
    return text::format_uuid(std::span<const unsigned char>(digest).first<16>(), 8);
}

}  // namespace aep::protocol
