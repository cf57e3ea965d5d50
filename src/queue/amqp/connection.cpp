#include "connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "connection_state.hpp"
#include "queue/queue_clock.hpp"
#include "text/printable.hpp"

namespace aep::queue::amqp {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUnread{5'000};  // for how long a peer may not take what was sent

constexpr int kMillisecondsPerSecond = 1000;

timeval timeval_of(milliseconds time) noexcept {
    return {.tv_sec = static_cast<time_t>(time.count() / kMillisecondsPerSecond),
            .tv_usec = static_cast<suseconds_t>(time.count() % kMillisecondsPerSecond * 1000)};
}

std::string product_of(const amqp_table_t* properties) {
    std::string product;
    for (const std::string_view wanted : {"product", "version"}) {
        for (int index = 0; properties != nullptr && index < properties->num_entries; ++index) {
            const amqp_table_entry_t& entry = properties->entries[index];
            if (text_of(entry.key) == wanted && entry.value.kind == AMQP_FIELD_KIND_UTF8) {
                product +=
                    (product.empty() ? "" : " ") + text::printable(text_of(entry.value.value.bytes), 60);
            }
        }
    }
    return product;
}

/// That of nginx, or another module, has been initialized before.
void leave_openssl_alone() noexcept {
    [[maybe_unused]] static const bool done = (amqp_set_initialize_ssl_library(0), true);
}

}  // namespace

void Connection::State::close() noexcept {
    if (library != nullptr) {
        interruption.forget();
        amqp_destroy_connection(library);
    }
    library = nullptr;
}

bool Connection::State::lose(std::string why) noexcept {
    error = std::move(why);
    close();
    return false;
}

bool Connection::State::lose(int status) {
    switch (status) {
        case AMQP_STATUS_CONNECTION_CLOSED:
        case AMQP_STATUS_SOCKET_CLOSED:
        case AMQP_STATUS_SOCKET_ERROR:
            return lose("the connection was reset or closed");
        case AMQP_STATUS_TIMEOUT:
        case AMQP_STATUS_HEARTBEAT_TIMEOUT:
            return lose(prepare_until != 0 && monotonic_now() >= prepare_until
                            ? "it is not ready after " +
                                  std::to_string(kPreparePatience.count() / kMillisecondsPerSecond) +
                                  " seconds"
                            : std::string("it does not answer"));
        default:
            return lose(amqp_error_string2(status));
    }
}

bool Connection::State::connect() {
    leave_openssl_alone();
    library = amqp_new_connection();
    amqp_socket_t* const socket =
        library == nullptr ? nullptr
                           : (settings.tls ? amqp_ssl_socket_new(library) : amqp_tcp_socket_new(library));
    if (socket == nullptr) {
        return lose("there is no memory for a connection");
    }
    if (settings.tls) {
        // OpenSSL checks the name itself: librabbitmq 0.11 knows no addresses in certificates.
        amqp_ssl_socket_set_verify_hostname(socket, 0);
        std::string reason;
        if (!tls.set_up(static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket)), reason)) {
            return lose(std::move(reason));
        }
    }
    const timeval patience = timeval_of(kConnectPatience);
    const int status = amqp_socket_open_noblock(socket, host.name.c_str(), host.port, &patience);
    if (status == AMQP_STATUS_OK) {
        interruption.watch(amqp_get_sockfd(library));
        set_options();
        return true;
    }
    if (std::string reason = tls.objection(); !reason.empty()) {
        return lose(std::move(reason));
    }
    switch (status) {
        case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED:
            return lose("its name has no address");
        case AMQP_STATUS_SOCKET_ERROR:
            return lose("it takes no connections");
        case AMQP_STATUS_SSL_CONNECTION_FAILED:
            return lose("the TLS handshake failed: is that the port of its TLS listener?");
        default:
            return lose(status);
    }
}

void Connection::State::set_options() const noexcept {
    const int socket = amqp_get_sockfd(library);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(TCP_USER_TIMEOUT)
    const auto limit = static_cast<unsigned>(kUnread.count());
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
#endif
}

bool Connection::State::log_in() {
    const timeval handshake = timeval_of(kHandshakePatience);
    amqp_set_handshake_timeout(library, &handshake);
    std::array<amqp_table_entry_t, 2> capabilities{flag_entry("connection.blocked"),
                                                   flag_entry("consumer_cancel_notify")};
    std::array<amqp_table_entry_t, 2> properties{};
    properties[0].key = amqp_cstring_bytes("capabilities");
    properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
    properties[0].value.value.table = {static_cast<int>(capabilities.size()), capabilities.data()};
    properties[1] = text_entry("connection_name", "ngx_aep");
    const amqp_table_t table{static_cast<int>(properties.size()), properties.data()};
    const amqp_rpc_reply_t reply = amqp_login_with_properties(
        library, settings.vhost.c_str(), 0, kFrame, static_cast<int>(kHeartbeat.count()), &table,
        AMQP_SASL_METHOD_PLAIN, settings.user.c_str(), settings.password.c_str());
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
        product = product_of(amqp_get_server_properties(library));
        return true;
    }
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
        if (reply.library_error == AMQP_STATUS_CONNECTION_CLOSED ||
            reply.library_error == AMQP_STATUS_SSL_ERROR) {
            return lose("it closes the connection before the login: does it expect " +
                        std::string(settings.tls ? "a certificate of the client" : "TLS") + "?");
        }
        return lose(reply.library_error);
    }
    const auto& close = *static_cast<const amqp_connection_close_t*>(reply.reply.decoded);
    const std::string words = closing_text(close.reply_code, close.reply_text);
    if (close.reply_code == AMQP_ACCESS_REFUSED) {
        return lose(
            "it refuses the user and the password in the file that credentials= of aep_queue names (" +
            words + ")");
    }
    return lose("it does not open the virtual host \"" + settings.vhost + "\" (" + words + ")");
}

void Connection::State::set_patience() const noexcept {
    milliseconds patience = kAnswerPatience;
    if (prepare_until != 0) {
        patience = std::clamp(milliseconds(prepare_until - monotonic_now()), milliseconds(1), patience);
    }
    const timeval limit = timeval_of(patience);
    amqp_set_rpc_timeout(library, &limit);
}

bool Connection::State::open_channel(amqp_channel_t channel) {
    set_patience();
    amqp_channel_open(library, channel);
    return answer(channel) == Answer::yes;
}

/// What became of the last question, asked on a channel.
Connection::Answer Connection::State::answer(amqp_channel_t asked_on) {
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(library);
    switch (reply.reply_type) {
        case AMQP_RESPONSE_NORMAL:
            return Answer::yes;
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            return answer_of_closing(asked_on, reply.reply);
        default:
            lose(reply.library_error);
            return Answer::lost;
    }
}

Connection::Answer Connection::State::answer_of_closing(amqp_channel_t asked_on,
                                                        const amqp_method_t& method) {
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
        refusal = closing_text(close.reply_code, close.reply_text);
        if (asked_on != kMessages) {
            return leave_channel(asked_on) ? Answer::no : Answer::lost;
        }
        lose("it refused a request: " + refusal);
    } else if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto& close = *static_cast<const amqp_connection_close_t*>(method.decoded);
        lose("it closed the connection: " + closing_text(close.reply_code, close.reply_text));
    } else {
        lose("it gave an answer to something else");
    }
    return Answer::lost;
}

/// After the broker has closed a channel.
bool Connection::State::leave_channel(amqp_channel_t channel) {
    amqp_channel_close_ok_t fine{};
    return sent(amqp_send_method(library, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &fine)) &&
           open_channel(channel);
}

bool Connection::State::take_closing(const Frames::Closing& closing, Receiver& receiver) {
    if (closing.channel == kDepths && !asked.empty()) {
        receiver.on_absence(asked.front(), closing.why);
        asked.clear();
        return leave_channel(kDepths);
    }
    return lose("it closed the connection: " + closing.why);
}

Connection::Connection(const Settings& settings, const Settings::Host& host, Interruption& interruption)
    : state_(std::make_unique<State>(settings, host, interruption)) {}

Connection::~Connection() {
    state_->close();
}

bool Connection::open() {
    State& state = *state_;
    state.prepare_until = monotonic_now() + kPreparePatience.count();
    return state.connect() && state.log_in() && state.open_channel(kMessages) &&
           state.open_channel(kQuestions) && state.open_channel(kDepths);
}

void Connection::prepared() noexcept {
    state_->prepare_until = 0;
}

bool Connection::is_open() const noexcept {
    return state_->library != nullptr;
}

void Connection::end() noexcept {
    if (state_->library != nullptr) {
        state_->set_patience();
        amqp_connection_close(state_->library, AMQP_REPLY_SUCCESS);
        state_->close();
    }
}

void Connection::close(std::string why) noexcept {
    state_->lose(std::move(why));
}

const std::string& Connection::error() const noexcept {
    return state_->error;
}

int Connection::descriptor() const noexcept {
    return is_open() ? amqp_get_sockfd(state_->library) : -1;
}

const std::string& Connection::product() const noexcept {
    return state_->product;
}

const std::string& Connection::refusal() const noexcept {
    return state_->refusal;
}

}  // namespace aep::queue::amqp
