#pragma once

// librabbitmq's headers, which moved between 0.11 (Debian 12) and 0.15 (Debian 13).

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#include <string>
#include <string_view>

namespace aep::queue::amqp {

/// A text for the library, which only reads it.
inline amqp_bytes_t bytes_of(std::string_view text) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the library's type has no const
    return {text.size(), const_cast<char*>(text.data())};
}

/// Valid until the library releases its buffers.
inline std::string_view text_of(amqp_bytes_t bytes) noexcept {
    return bytes.len == 0 ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes.bytes), bytes.len);
}

}  // namespace aep::queue::amqp
