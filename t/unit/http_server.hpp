#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace aep::test {

struct ReceivedRequest {
    std::string line;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;

    /// Nothing if there is no such header.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (key == name) {
                return value;
            }
        }
        return std::nullopt;
    }
};

/// One accepted connection.
class Connection {
  public:
    explicit Connection(int socket) : socket_(socket) {}

    /// The next request, or nothing when the client has closed or sent what is none.
    std::optional<ReceivedRequest> receive() {
        std::size_t end = std::string::npos;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
            if (!fill()) {
                return std::nullopt;
            }
        }
        ReceivedRequest request = parse(buffer_.substr(0, end));
        buffer_.erase(0, end + 4);
        std::size_t length = 0;
        const std::string text = request.header("content-length").value_or("0");
        std::from_chars(text.data(), text.data() + text.size(), length);
        while (buffer_.size() < length) {
            if (!fill()) {
                return std::nullopt;
            }
        }
        request.body = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return request;
    }

    /// False when the client has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            const long sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Says nothing until the client gives up.
    void wait_for_close() {
        while (fill()) {
            buffer_.clear();
        }
    }

  private:
    bool fill() {
        char piece[16384];
        const long size = ::recv(socket_, piece, sizeof piece, 0);
        if (size > 0) {
            buffer_.append(piece, static_cast<std::size_t>(size));
        }
        return size > 0;
    }

    static ReceivedRequest parse(std::string_view head) {
        ReceivedRequest request;
        for (bool first = true; !head.empty(); first = false) {
            const std::size_t end = std::min(head.find("\r\n"), head.size());
            const std::string_view line = head.substr(0, end);
            head.remove_prefix(std::min(end + 2, head.size()));
            const std::size_t colon = line.find(':');
            if (first) {
                request.line = line;
            } else if (colon != std::string_view::npos) {
                std::string name(line.substr(0, colon));
                std::ranges::transform(name, name.begin(),
                                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                const std::size_t begin = std::min(line.find_first_not_of(' ', colon + 1), line.size());
                request.headers.emplace_back(std::move(name), line.substr(begin));
            }
        }
        return request;
    }

    int socket_;
    std::string buffer_;
};

/// What a server does with each connection, on a thread for that connection.
using Script = std::function<void(Connection&)>;

inline std::string answer(std::string_view body, std::string_view headers = {},
                          std::string_view status = "200 OK") {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

/// Answers every request of a connection with what `make` returns.
inline Script answering(std::function<std::string(const ReceivedRequest&)> make) {
    return [make = std::move(make)](Connection& connection) {
        while (const auto request = connection.receive()) {
            if (!connection.send(make(*request))) {
                return;
            }
        }
    };
}

inline Script answering(std::string text) {
    return answering([text = std::move(text)](const ReceivedRequest&) { return text; });
}

inline Script silent() {
    return [](Connection& connection) { connection.wait_for_close(); };
}

/// Listens on a free port of the loopback address until it is destroyed.
class Server {
  public:
    explicit Server(Script script) : script_(std::move(script)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(listener_, 512) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
            std::abort();
        }
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    ~Server() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        ::close(listener_);
        {
            const std::lock_guard lock(mutex_);
            for (const int socket : open_) {
                ::shutdown(socket, SHUT_RDWR);
            }
        }
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    [[nodiscard]] unsigned port() const {
        return port_;
    }
    [[nodiscard]] std::string url(std::string_view scheme = "http",
                                  std::string_view host = "127.0.0.1") const {
        return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port_);
    }
    /// How many were accepted so far.
    [[nodiscard]] unsigned connections() const {
        return accepted_;
    }
    /// The most that were open at the same time.
    [[nodiscard]] std::size_t most_open() {
        const std::lock_guard lock(mutex_);
        return most_open_;
    }

  private:
    void accept_all() {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) {
                return;
            }
            ++accepted_;
            const std::lock_guard lock(mutex_);
            open_.push_back(socket);
            most_open_ = std::max(most_open_, open_.size());
            threads_.emplace_back([this, socket] { serve(socket); });
        }
    }

    void serve(int socket) {
        Connection connection(socket);
        script_(connection);
        const std::lock_guard lock(mutex_);
        std::erase(open_, socket);
        ::close(socket);
    }

    Script script_;
    int listener_ = -1;
    unsigned port_ = 0;
    std::atomic<unsigned> accepted_{0};
    std::mutex mutex_;
    std::vector<int> open_;
    std::size_t most_open_ = 0;
    std::vector<std::thread> threads_;  ///< written by the acceptor only
    std::thread acceptor_;
};

}  // namespace aep::test
