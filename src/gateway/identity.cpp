#include "identity.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace aep::gateway {
namespace {

constexpr std::size_t kEcidDigits = 38;
constexpr char kField1 = 0x0A;  // protobuf: field 1, length-delimited
constexpr char kEcidLength = static_cast<char>(kEcidDigits);
constexpr std::size_t kMessageSize = 2 + kEcidDigits;
constexpr std::size_t kBase64Size = 56;         // of kMessageSize bytes, padded
constexpr std::size_t kBase64Significant = 54;  // without the padding

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Decodes what may be a minted message, padded or not; empty when it is something else. Digits never make a '+' or
/// '/', so base64 and base64url are one here.
std::string decode(std::string_view identity) {
    while (identity.ends_with('=') && identity.size() > kBase64Significant) {
        identity.remove_suffix(1);
    }
    if (identity.size() != kBase64Significant) {
        return {};
    }
    std::string base64(identity);
    base64.append(kBase64Size - kBase64Significant, '=');
    std::array<unsigned char, kBase64Size> message{};
    const int size = EVP_DecodeBlock(message.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
    return size < 0 ? std::string() : std::string(message.begin(), message.begin() + kMessageSize);
}

}  // namespace

std::string mint_identity(std::string_view ecid) {
    std::string message{kField1, static_cast<char>(ecid.size())};
    message.append(ecid);
    std::string base64((message.size() + 2) / 3 * 4 + 1, '\0');  // one more for the NUL of EVP_EncodeBlock
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                     reinterpret_cast<const unsigned char*>(message.data()),
                                     static_cast<int>(message.size()));
    base64.resize(static_cast<std::size_t>(size));
    return base64;
}

std::string minted_ecid(std::string_view identity) {
    std::string message = decode(identity);
    if (message.size() != kMessageSize || message[0] != kField1 || message[1] != kEcidLength ||
        !std::all_of(message.begin() + 2, message.end(), is_digit)) {
        return {};
    }
    return message.erase(0, 2);
}

bool is_identity_key(std::string_view key) noexcept {
    return key.starts_with("kndctr_") && key.ends_with("_identity");
}

}  // namespace aep::gateway
