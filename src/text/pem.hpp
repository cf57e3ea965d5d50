#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string_view>

namespace aep::text {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// Reads PEM (RFC 7468) out of memory, which has to live as long. Keys with a passphrase count as none: it would be
/// asked for at a terminal that services do not have.
class PemReader {
  public:
    explicit PemReader(std::string_view text)
        : source_(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free) {}

    /// Null at the end, and where there is no certificate.
    [[nodiscard]] Certificate next_certificate() {
        return {PEM_read_bio_X509(source_.get(), nullptr, no_passphrase, nullptr), &X509_free};
    }
    /// Null where there is none.
    [[nodiscard]] PrivateKey next_key() {
        return {PEM_read_bio_PrivateKey(source_.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free};
    }

  private:
    static int no_passphrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* /*data*/) noexcept {
        return -1;
    }

    std::unique_ptr<BIO, decltype(&BIO_free)> source_;
};

}  // namespace aep::text
