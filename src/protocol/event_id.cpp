#include "event_id.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <stdexcept>

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

/// OpenSSL 3 looks EVP_sha256() up in its providers at each use (crypto(7), "Performance").
const EVP_MD* sha256() noexcept {
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // never freed
    return fetched != nullptr ? fetched : EVP_sha256();
#else
    return EVP_sha256();
#endif
}

}  // namespace

std::string event_id(std::string_view datastream_id, std::string_view request_id, std::size_t position) {
    std::string name;
    name.reserve(datastream_id.size() + request_id.size() + 3 * sizeof(std::uint64_t));
    append_text(name, datastream_id);
    append_text(name, request_id);
    append_number(name, position);

    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(name.data(), name.size(), digest.data(), nullptr, sha256(), nullptr) != 1) {
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

}  // namespace aep::protocol
