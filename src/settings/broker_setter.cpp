#include "ngx/ngx.hpp"

#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "authentication/file_content.hpp"
#include "ngx/guard.hpp"
#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "settings/broker.hpp"
#include "settings/queue_setter.hpp"
#include "settings/setting.hpp"
#include "text/ascii.hpp"
#include "text/pem.hpp"

namespace aep::settings {
namespace {

using authentication::FileContent;
using authentication::Privacy;
using queue::amqp::Settings;

constexpr std::uint32_t kMostShards = 64;
constexpr std::size_t kLongestName = 40;

constexpr const char* kParameterHelp =
    "expected credentials= with a file, then perhaps trusted_certificate=, certificate= and certificate_key= "
    "with files, name=aep (letters, digits, \"-\", \"_\" and \".\"), shards=1 (at most 64), declare=on (or "
    "off), "
    "spool= with a directory (or off), max_size=1g (at least 1m), max_age=7d and min_free=5% (or a size)";

/// Says what is wrong with the directive as a whole; always fails.
char* refuse_all(ngx_conf_t* cf, const char* predicate) noexcept {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" directive %s", &arguments(cf)[0], predicate);
    return failed();
}

char* refuse_broker_file(ngx_conf_t* cf, const std::string& file, const std::string& predicate) noexcept {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "file \"%s\" in \"%V\" directive %s", file.c_str(),
                       &arguments(cf)[0], predicate.c_str());
    return failed();
}

/// The full name of a file or directory, as nginx's own directives have it; empty without one, or without memory.
std::string full_name(ngx_conf_t* cf, std::string_view name, ngx_uint_t is_beside_configuration) {
    ngx_str_t path = ngx::copy(cf->pool, name);
    if (path.len == 0 || ngx_conf_full_name(cf->cycle, &path, is_beside_configuration) != NGX_OK) {
        return {};
    }
    return std::string(ngx::view(path));
}

bool is_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= kLongestName && !name.starts_with("amq.") &&
           std::ranges::all_of(
               name, [](char c) { return text::is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

bool read_shards(std::string_view number, std::uint32_t& shards) noexcept {
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), shards);
    return error == std::errc{} && end == number.data() + number.size() && shards > 0 &&
           shards <= kMostShards;
}

/// What the arguments say, before the files are looked at.
struct Arguments {
    Settings broker;
    std::string credentials;  ///< file
};

bool set_file(ngx_conf_t* cf, std::string_view argument, Arguments& found) {
    const std::array<std::pair<std::string_view, std::string*>, 4> files{
        {{"credentials", &found.credentials},
         {"trusted_certificate", &found.broker.trusted_certificate.file},
         {"certificate", &found.broker.certificate.file},
         {"certificate_key", &found.broker.certificate_key.file}}};
    return std::ranges::any_of(files, [&](const auto& file) {
        const auto name = parameter(argument, file.first);
        if (name) {
            *file.second = full_name(cf, *name, 1);
        }
        return name && !file.second->empty();
    });
}

bool set_spool(ngx_conf_t* cf, std::string_view directory, MainConf& conf) {
    conf.queue_directory_is_chosen = 1;
    if (directory == "off") {
        return true;
    }
    conf.queue_directory = ngx::copy(cf->pool, full_name(cf, directory, 0));
    return conf.queue_directory.len != 0;
}

bool set_parameter(ngx_conf_t* cf, std::string_view argument, MainConf& conf, Arguments& found) {
    if (const auto name = parameter(argument, "name")) {
        found.broker.name = *name;
        return is_name(*name);
    }
    if (const auto number = parameter(argument, "shards")) {
        return read_shards(*number, found.broker.shards);
    }
    if (const auto word = parameter(argument, "declare")) {
        found.broker.declare = *word == "on";
        return *word == "on" || *word == "off";
    }
    if (const auto directory = parameter(argument, "spool")) {
        return set_spool(cf, *directory, conf);
    }
    return set_file(cf, argument, found) || set_queue_parameter(conf, argument);
}

/// Now, as long as this is the master: workers may not be allowed to. False after a message.
bool read_pem(ngx_conf_t* cf, Settings::Pem& pem, Privacy privacy = Privacy::open) {
    FileContent content = authentication::read_file(pem.file, privacy);
    if (!content.error.empty()) {
        refuse_broker_file(cf, pem.file, content.error);
    }
    pem.text = std::move(content.text);
    return content.error.empty();
}

/// The client's certificate and its key; false after a message.
bool read_certificate(ngx_conf_t* cf, Settings& broker) {
    if (!read_pem(cf, broker.certificate) || !read_pem(cf, broker.certificate_key, Privacy::secret)) {
        return false;
    }
    const text::Certificate certificate = text::PemReader(broker.certificate.text).next_certificate();
    if (!certificate) {
        refuse_broker_file(cf, broker.certificate.file, "holds no certificate: expected PEM");
        return false;
    }
    const text::PrivateKey key = text::PemReader(broker.certificate_key.text).next_key();
    if (!key || X509_check_private_key(certificate.get(), key.get()) != 1) {
        refuse_broker_file(
            cf, broker.certificate_key.file,
            "does not hold the key of the file of certificate=: expected PEM without a passphrase");
        return false;
    }
    return true;
}

bool read_trusted_certificate(ngx_conf_t* cf, Settings::Pem& trusted) {
    if (!read_pem(cf, trusted)) {
        return false;
    }
    const text::Certificate first = text::PemReader(trusted.text).next_certificate();
    if (!first) {
        refuse_broker_file(cf, trusted.file,
                           "holds no PEM certificates: expected those of the authorities that sign the "
                           "certificates of the broker's nodes");
    }
    return first != nullptr;
}

bool read_encryption(ngx_conf_t* cf, Settings& broker) {
    const bool has_certificate = !broker.certificate.empty();
    if (!broker.tls &&
        (has_certificate || !broker.certificate_key.empty() || !broker.trusted_certificate.empty())) {
        refuse_all(cf,
                   "names certificates, but nothing is encrypted with a URL that begins with amqp://: write "
                   "amqps://, or remove them");
        return false;
    }
    if (has_certificate == broker.certificate_key.empty()) {
        refuse_all(cf, "has only one of certificate= and certificate_key=: expected both, or none of them");
        return false;
    }
    if (!broker.tls && !is_on_this_machine(broker)) {
        const std::string nodes = nodes_of(broker);
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0,
            "\"%V\" directive sends events, which are personal data, and the password to %s in "
            "clear text: write amqps://, if anybody else may listen on that network",
            &arguments(cf)[0], nodes.c_str());
    }
    return (broker.trusted_certificate.empty() || read_trusted_certificate(cf, broker.trusted_certificate)) &&
           (!has_certificate || read_certificate(cf, broker));
}

bool read_credentials_file(ngx_conf_t* cf, Arguments& found) {
    if (found.credentials.empty()) {
        refuse_all(cf,
                   "has no credentials=: name a file with the user of the broker in its first line and the "
                   "password in its second (RabbitMQ's own user guest is good on its own machine only)");
        return false;
    }
    FileContent file = authentication::read_file(found.credentials, Privacy::own_secret);
    if (file.error.empty()) {
        file.error = read_broker_credentials(file.text, found.broker);
    }
    if (!file.error.empty()) {
        refuse_broker_file(cf, found.credentials, file.error);
    }
    return file.error.empty();
}

char* read_arguments(ngx_conf_t* cf, MainConf& conf, Arguments& found) {
    const ngx_str_t url = arguments(cf)[1];
    if (ngx::view(url).find('@') != std::string_view::npos) {
        // Not shown: a password may be in it.
        return refuse_all(
            cf,
            "has a user in its URL: write the user into the first line of a file and the password "
            "into the second, run \"chmod 600\" on it, and name it with credentials=");
    }
    if (!read_broker_url(ngx::view(url), found.broker)) {
        return refuse(cf, url,
                      "expected the nodes of a RabbitMQ cluster and perhaps a virtual host, as "
                      "amqps://rabbit1.example,rabbit2.example:5671/shop (a slash in its name is %2F)");
    }
    for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
        const ngx_str_t argument = arguments(cf)[i];
        if (!set_parameter(cf, ngx::view(argument), conf, found)) {
            return refuse(cf, argument, kParameterHelp);
        }
    }
    return NGX_CONF_OK;
}

char* set_found_broker(ngx_conf_t* cf, MainConf& conf) {
    Arguments found;
    if (char* result = read_arguments(cf, conf, found); result != NGX_CONF_OK) {
        return result;
    }
    if (!read_encryption(cf, found.broker) || !read_credentials_file(cf, found)) {
        return failed();
    }
    if (conf.make_broker_backend == nullptr) {
        return refuse_all(cf,
                          "names a broker, but the module that talks to it is not loaded: put \"load_module "
                          "modules/ngx_http_aep_amqp_module.so;\" behind the load_module line of "
                          "ngx_http_aep_module.so (Debian's package of it is libnginx-mod-http-aep-amqp)");
    }
    conf.broker = ngx::make<Settings>(cf->pool, std::move(found.broker));
    return conf.broker == nullptr ? failed() : NGX_CONF_OK;
}

}  // namespace

char* set_broker(ngx_conf_t* cf, MainConf& conf) noexcept {
    return ngx::guarded(cf->log, "aep_queue", failed, [&] { return set_found_broker(cf, conf); });
}

}  // namespace aep::settings
