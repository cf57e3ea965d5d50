#pragma once

#include <openssl/ssl.h>

#include <string>

#include "interruption.hpp"
#include "settings.hpp"

namespace aep::queue::amqp {

/// Whom a TLS connection trusts, and why it does not. Has to live as long as the context that it was told to set up.
class Tls {
  public:
    Tls(const Settings& settings, const Settings::Host& host, Interruption& interruption)
        : settings_(settings), host_(host), interruption_(interruption) {}
    Tls(const Tls&) = delete;
    Tls& operator=(const Tls&) = delete;
    ~Tls() = default;

    /// Certificates to trust, the name to expect, the client's own certificate. False with the reason in `error`.
    bool set_up(SSL_CTX* context, std::string& error);

    /// Why the handshake failed, as the rest of a sentence about the broker; empty when it is not about certificates.
    [[nodiscard]] std::string objection() const;

  private:
    static int verify(int is_fine, X509_STORE_CTX* store);
    static void note(const SSL* ssl, int where, int result);
    bool trust(SSL_CTX* context, std::string& error) const;
    bool present_certificate(SSL_CTX* context, std::string& error) const;

    const Settings& settings_;
    const Settings::Host& host_;
    Interruption& interruption_;
    int fault_ = 0;  ///< X509_V_OK
};

/// The file of the system's certificates, where Debian and its relatives have it.
inline constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace aep::queue::amqp
