#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace aep::authentication {

/// An RSA key that signatures are checked with.
class PublicKey {
  public:
    struct Error {
        std::string text;  ///< a predicate, as in "holds no public key"
    };

    static constexpr int kFewestBits = 2048;

    /// From PEM: a public key ("BEGIN PUBLIC KEY") or a certificate.
    static std::variant<PublicKey, Error> from_pem(std::string_view pem);

    /// Whether a signature (bytes) over a message is by this key: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2).
    [[nodiscard]] bool has_signed(std::string_view message, std::string_view signature) const noexcept;

  private:
    struct Free {
        void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    };
    std::unique_ptr<EVP_PKEY, Free> key_;
};

/// The bytes of a Base64 text with its padding (RFC 4648 4); empty where it is none.
std::string decode_base64(std::string_view text);

/// RFC 4648 4, with padding, on one line.
std::string encode_base64(std::string_view bytes);

}  // namespace aep::authentication
