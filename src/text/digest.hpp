#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aep::text {

using Sha256 = std::array<unsigned char, 32>;

/// Throws std::runtime_error where OpenSSL has no SHA-256.
Sha256 sha256(std::string_view text);

/// Bytes as lower-case hexadecimal digits.
std::string hexadecimal(std::span<const unsigned char> bytes);

/// 64 bits that stand for a pair of texts in tables of fixed size; never 0. Not for what an attacker must not be able
/// to make twice.
std::uint64_t fingerprint(std::string_view first, std::string_view second) noexcept;

}  // namespace aep::text
