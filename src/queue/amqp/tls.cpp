#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <array>
#include <string_view>

#include "text/pem.hpp"

namespace aep::queue::amqp {
namespace {

/// OpenSSL's words for what failed last on this thread.
std::string last_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "OpenSSL does not say why" : reason;
}

bool is_address(const std::string& host) noexcept {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

const char* trusted_file(const Settings& settings) noexcept {
    const std::string& file = settings.trusted_certificate.file;
    return file.empty() ? kSystemCertificates : file.c_str();
}

bool trust_authorities(SSL_CTX* context, std::string_view pem) {
    text::PemReader reader(pem);
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    int count = 0;
    while (const text::Certificate authority = reader.next_certificate()) {
        if (X509_STORE_add_cert(store, authority.get()) != 1) {
            return false;
        }
        ++count;
    }
    return count != 0;
}

bool use_chain(SSL_CTX* context, std::string_view pem) {
    text::PemReader reader(pem);
    const text::Certificate own = reader.next_certificate();
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) {
        return false;
    }
    while (const text::Certificate other = reader.next_certificate()) {
        if (SSL_CTX_add1_chain_cert(context, other.get()) != 1) {
            return false;
        }
    }
    return true;
}

bool use_key(SSL_CTX* context, std::string_view pem) {
    const text::PrivateKey key = text::PemReader(pem).next_key();
    return key && SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

int Tls::verify(int is_fine, X509_STORE_CTX* store) {
    if (is_fine == 0) {
        const auto* const ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
        auto* const self = static_cast<Tls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        self->fault_ = X509_STORE_CTX_get_error(store);
    }
    return is_fine;
}

/// Called when the handshake begins: nobody else tells which socket it waits for.
void Tls::note(const SSL* ssl, int where, int /*result*/) {
    if ((where & SSL_CB_HANDSHAKE_START) != 0) {
        const auto* const self = static_cast<const Tls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        self->interruption_.watch(SSL_get_fd(ssl));
    }
}

bool Tls::trust(SSL_CTX* context, std::string& error) const {
    const bool is_done = settings_.trusted_certificate.empty()
                             ? SSL_CTX_load_verify_locations(context, kSystemCertificates, nullptr) == 1
                             : trust_authorities(context, settings_.trusted_certificate.text);
    if (!is_done) {
        error = std::string("the trusted certificates in ") + trusted_file(settings_) +
                " cannot be used: " + last_error();
        return false;
    }
    X509_VERIFY_PARAM* const parameters = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int is_set = is_address(host_.name)
                           ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host_.name.c_str())
                           : X509_VERIFY_PARAM_set1_host(parameters, host_.name.c_str(), host_.name.size());
    if (is_set != 1) {
        error = "OpenSSL does not take its name: " + last_error();
        return false;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verify);
    return true;
}

bool Tls::present_certificate(SSL_CTX* context, std::string& error) const {
    if (settings_.certificate.empty()) {
        return true;
    }
    if (!use_chain(context, settings_.certificate.text)) {
        error =
            "the client's certificate in " + settings_.certificate.file + " cannot be used: " + last_error();
        return false;
    }
    if (!use_key(context, settings_.certificate_key.text)) {
        error = "the key of the client's certificate in " + settings_.certificate_key.file +
                " cannot be used: " + last_error();
        return false;
    }
    return true;
}

bool Tls::set_up(SSL_CTX* context, std::string& error) {
    ERR_clear_error();
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_info_callback(context, note);
    const bool is_done = trust(context, error) && present_certificate(context, error);
    ERR_clear_error();  // the end of a PEM file is one
    return is_done;
}

std::string Tls::objection() const {
    switch (fault_) {
        case X509_V_OK:
            return {};
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "its certificate, or one that vouches for it, has expired: the broker needs a new one";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet: compare the clocks of both machines";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is not for " + host_.name +
                   ": aep_queue has to name it as the certificate does";
        default:
            return std::string("its certificate is not trusted (") + X509_verify_cert_error_string(fault_) +
                   "): expected one that a certificate in " + trusted_file(settings_) +
                   " vouches for; trusted_certificate= of aep_queue names another file";
    }
}

}  // namespace aep::queue::amqp
