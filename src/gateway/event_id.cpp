#include "event_id.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace aep::gateway {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((number >> static_cast<unsigned>(shift)) & 0xFFU));
    }
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

    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(name.data(), name.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL has no SHA-256");
    }
    return format_uuid(std::span<const unsigned char>(digest).first<16>(), 8);
}

std::string format_uuid(std::span<const unsigned char, 16> bytes, unsigned version) {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
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
        out.push_back(kHexDigits[byte >> 4U]);
        out.push_back(kHexDigits[byte & 0x0FU]);
    }
    return out;
}

}  // namespace aep::gateway
