#include "identity.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "text/ascii.hpp"

namespace aep::protocol {
namespace {

constexpr std::size_t kEcidDigits = 38;
constexpr char kField1 = 0x0A;  // protobuf: field 1, length-delimited
constexpr char kEcidLength = static_cast<char>(kEcidDigits);
constexpr std::size_t kMessageSize = 2 + kEcidDigits;

bool is_ecid(std::string_view digits) noexcept {
    return digits.size() == kEcidDigits && std::all_of(digits.begin(), digits.end(), text::is_digit);
}

bool is_base64(char c) noexcept {
    return text::is_letter_or_digit(c) || c == '+' || c == '/';
}

/// Decodes base64 or base64url, padded or not; empty when it is neither.
std::string decode(std::string_view identity) {
    std::string base64(identity.substr(0, identity.find_last_not_of('=') + 1));
    std::replace(base64.begin(), base64.end(), '-', '+');
    std::replace(base64.begin(), base64.end(), '_', '/');
    const std::size_t padding = (4 - base64.size() % 4) % 4;
    if (base64.empty() || padding > 2 || identity.size() > base64.size() + padding ||
        !std::all_of(base64.begin(), base64.end(), is_base64)) {
        return {};
    }
    base64.append(padding, '=');
    std::string message(base64.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(message.data()),
                                     reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
    message.resize(size < 0 ? 0 : static_cast<std::size_t>(size) - padding);
    return message;
}

/// Takes a protobuf varint off a message; nothing when there is none.
std::optional<std::uint64_t> take_varint(std::string_view& message) noexcept {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && !message.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(message.front());
        message.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0) {
            return number;
        }
    }
    return std::nullopt;
}

/// Takes a protobuf field's value of that wire type off a message; nothing when there is none. Of numbers the value is
/// of no interest.
std::optional<std::string_view> take_value(std::string_view& message, std::uint64_t wire_type) noexcept {
    std::optional<std::uint64_t> size;
    switch (wire_type) {
        case 0:
            size = take_varint(message) ? std::optional<std::uint64_t>(0) : std::nullopt;
            break;
        case 1:
            size = 8;
            break;
        case 2:
            size = take_varint(message);
            break;
        case 5:
            size = 4;
            break;
        default:
            break;
    }
    if (!size || *size > message.size()) {
        return std::nullopt;
    }
    const std::string_view value = message.substr(0, *size);
    message.remove_prefix(*size);
    return value;
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
    constexpr std::size_t kDigits = (kMessageSize * 4 + 2) / 3;
    if (identity.find_last_not_of('=') + 1 != kDigits) {
        return {};
    }
    std::string message = decode(identity);
    if (message.size() != kMessageSize || message[0] != kField1 || message[1] != kEcidLength ||
        !is_ecid(std::string_view(message).substr(2))) {
        return {};
    }
    message.erase(0, 2);
    return message;
}

std::string ecid_of(std::string_view identity) {
    const std::string message = decode(identity);
    std::string_view rest = message;
    while (!rest.empty()) {
        const auto tag = take_varint(rest);
        const auto value = tag ? take_value(rest, *tag & 7U) : std::nullopt;
        if (!value) {
            return {};
        }
        if (*tag == static_cast<std::uint64_t>(kField1)) {
            return is_ecid(*value) ? std::string(*value) : std::string();
        }
    }
    return {};
}

bool is_identity_key(std::string_view key) noexcept {
    return key.starts_with("kndctr_") && key.ends_with("_identity");
}

}  // namespace aep::protocol
