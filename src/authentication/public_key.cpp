#include "public_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <limits>

namespace aep::authentication {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr std::size_t kLongestText = std::numeric_limits<int>::max() / 4;

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

EVP_PKEY* read_key(std::string_view pem) noexcept {
    const Bio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    return memory ? PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr) : nullptr;
}

EVP_PKEY* read_key_of_certificate(std::string_view pem) noexcept {
    const Bio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const Certificate certificate(
        memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free);
    return certificate ? X509_get_pubkey(certificate.get()) : nullptr;
}

}  // namespace

std::variant<PublicKey, PublicKey::Error> PublicKey::from_pem(std::string_view pem) {
    if (pem.size() > kLongestText) {
        return Error{"is too large for a PEM file of a public key"};
    }
    PublicKey key;
    key.key_.reset(read_key(pem));
    if (!key.key_) {
        key.key_.reset(read_key_of_certificate(pem));
    }
    ERR_clear_error();
    if (!key.key_) {
        return Error{"holds no public key: expected PEM, as \"-----BEGIN PUBLIC KEY-----\""};
    }
    if (EVP_PKEY_base_id(key.key_.get()) != EVP_PKEY_RSA || EVP_PKEY_bits(key.key_.get()) < kFewestBits) {
        return Error{"holds a key that is not RSA, or is shorter than " + std::to_string(kFewestBits) +
                     " bits: Adobe signs with RSA keys of 2048 bits or more"};
    }
    return key;
}

bool PublicKey::has_signed(std::string_view message, std::string_view signature) const noexcept {
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const bool good = context &&
                      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                       bytes_of(message), message.size()) == 1;
    // What stays in OpenSSL's queue would be taken for an error of the next who looks, such as nginx's TLS.
    ERR_clear_error();
    return good;
}

std::string decode_base64(std::string_view text) {
    constexpr std::size_t kGroup = 4;
    if (text.empty() || text.size() % kGroup != 0 || text.size() > kLongestText) {
        return {};
    }
    std::string bytes(text.size() / kGroup * 3, '\0');
    const int size = EVP_DecodeBlock(bytes_of(bytes), bytes_of(text), static_cast<int>(text.size()));
    if (size < 0) {
        ERR_clear_error();
        return {};
    }
    // OpenSSL counts the padding as bytes.
    const auto padding = static_cast<std::size_t>(
        std::ranges::count(text.substr(text.size() - std::min<std::size_t>(2, text.size())), '='));
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    if (bytes.size() > kLongestText) {
        return {};
    }
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind it
    const int size = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(std::max(size, 0)));
    return text;
}

}  // namespace aep::authentication
