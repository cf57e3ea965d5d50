#include "settings/broker.hpp"

#include <algorithm>
#include <optional>

#include "settings/authority.hpp"
#include "text/ascii.hpp"

namespace aep::settings {
namespace {

constexpr std::string_view kEncrypted = "amqps://";
constexpr std::string_view kPlain = "amqp://";
constexpr std::uint16_t kEncryptedPort = 5671;
constexpr std::uint16_t kPlainPort = 5672;
constexpr std::size_t kLongestName = 255;  // of a virtual host: AMQP 0-9-1, 4.2.5.3, short string
constexpr std::size_t kLongestCredential = 1024;

std::optional<std::string> percent_decoded(std::string_view text) {
    constexpr int kBase = 16;
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        const int high = i + 2 < text.size() ? text::hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? text::hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        decoded.push_back(static_cast<char>(high * kBase + low));
        i += 2;
    }
    return decoded;
}

bool read_vhost(std::string_view encoded, std::string& vhost) {
    // What follows would be a path, a query or a fragment, which mean nothing here.
    if (encoded.find_first_of("/?#") != std::string_view::npos) {
        return false;
    }
    const auto name = percent_decoded(encoded);
    if (!name || name->size() > kLongestName || std::ranges::any_of(*name, text::is_control)) {
        return false;
    }
    if (!name->empty()) {
        vhost = *name;
    }
    return true;
}

bool read_hosts(std::string_view list, std::uint16_t usual_port, queue::amqp::Settings& broker) {
    const std::string lower = text::lower_case(list);
    std::string_view rest = lower;
    for (;;) {
        const std::size_t comma = rest.find(',');
        const auto authority = authority_of(rest.substr(0, comma));
        if (!authority) {
            return false;
        }
        broker.hosts.push_back(
            {std::string(authority->host), authority->port != 0 ? authority->port : usual_port});
        if (comma == std::string_view::npos) {
            return true;
        }
        rest.remove_prefix(comma + 1);
    }
}

/// RFC 1122 3.2.1.3, RFC 4291 2.5.3.
bool is_loopback(std::string_view host) noexcept {
    const bool is_address = std::ranges::all_of(host, [](char c) { return text::is_digit(c) || c == '.'; });
    return host == "localhost" || host == "::1" || (is_address && host.starts_with("127."));
}

bool is_credential(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kLongestCredential && std::ranges::none_of(text, text::is_control);
}

/// The first line of a text, which is taken away from it.
std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

}  // namespace

bool names_broker(std::string_view value) noexcept {
    return text::starts_with_ignoring_case(value, kEncrypted) ||
           text::starts_with_ignoring_case(value, kPlain);
}

bool read_broker_url(std::string_view url, queue::amqp::Settings& broker) {
    broker.tls = text::starts_with_ignoring_case(url, kEncrypted);
    const std::string_view rest = url.substr(broker.tls ? kEncrypted.size() : kPlain.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    return read_hosts(rest.substr(0, slash), broker.tls ? kEncryptedPort : kPlainPort, broker) &&
           url.find('@') == std::string_view::npos &&
           read_vhost(rest.substr(std::min(slash + 1, rest.size())), broker.vhost);
}

std::string read_broker_credentials(std::string_view text, queue::amqp::Settings& broker) {
    const std::string_view user = take_line(text);
    const std::string_view password = take_line(text);
    if (!is_credential(user) || !is_credential(password) ||
        text.find_first_not_of("\r\n") != std::string_view::npos) {
        return "does not hold the user of the broker in its first line and the password in its second, and "
               "nothing else";
    }
    broker.user = user;
    broker.password = password;
    return {};
}

bool is_on_this_machine(const queue::amqp::Settings& broker) noexcept {
    return std::ranges::all_of(broker.hosts, is_loopback, &queue::amqp::Settings::Host::name);
}

std::string nodes_of(const queue::amqp::Settings& broker) {
    std::string nodes(broker.tls ? kEncrypted : kPlain);
    for (const queue::amqp::Settings::Host& host : broker.hosts) {
        const bool is_address = host.name.find(':') != std::string::npos;
        nodes += &host == &broker.hosts.front() ? "" : ",";
        nodes += is_address ? "[" + host.name + "]" : host.name;
        nodes += ":" + std::to_string(host.port);
    }
    return nodes;
}

}  // namespace aep::settings
