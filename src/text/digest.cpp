#include "text/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "text/ascii.hpp"

namespace aep::text {
namespace {

/// OpenSSL 3 looks EVP_sha256() up in its providers at each use (crypto(7), "Performance").
const EVP_MD* sha256_method() noexcept {
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // never freed
    return fetched != nullptr ? fetched : EVP_sha256();
#else
    return EVP_sha256();
#endif
}

/// FNV-1a, 64 bits.
constexpr std::uint64_t kFnvOffset = 14695981039346656037U;
constexpr std::uint64_t kFnvPrime = 1099511628211U;

std::uint64_t hash(std::string_view text, std::uint64_t value) noexcept {
    for (const char c : text) {
        value = (value ^ static_cast<unsigned char>(c)) * kFnvPrime;
    }
    return value;
}

}  // namespace

Sha256 sha256(std::string_view text) {
    Sha256 digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, sha256_method(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL has no SHA-256");
    }
    return digest;
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    for (const unsigned char byte : bytes) {
        append_hex(out, byte);
    }
    return out;
}

std::uint64_t fingerprint(std::string_view first, std::string_view second) noexcept {
    const std::uint64_t value = hash(second, hash("\n", hash(first, kFnvOffset)));
    return value == 0 ? 1 : value;
}

}  // namespace aep::text
