#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace aep::test {

/// Runs a command by the shell, silently. Whether it succeeded.
inline bool run(const std::string& command) {
    // NOLINTNEXTLINE(bugprone-command-processor,cert-env33-c): the command is this file's own
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

/// A directory that is removed with all that is in it.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "aep-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            std::abort();
        }
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] std::string operator/(std::string_view name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

/// Makes a self-signed certificate for edge.test and its key.
inline bool make_certificate(const std::string& certificate, const std::string& key) {
    return run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=edge.test"
        " -addext subjectAltName=DNS:edge.test -keyout '" +
        key + "' -out '" + certificate + "'");
}

inline sockaddr_in loopback_address(unsigned port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

inline unsigned free_port() {
    sockaddr_in address = loopback_address(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool known = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    ::close(socket);
    return known ? ntohs(address.sin_port) : 0;
}

inline bool is_listening(unsigned port) {
    sockaddr_in address = loopback_address(port);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::close(socket);
    return result == 0;
}

/// Whether this machine has what NginxServer needs.
inline bool has_nginx() {
    return run("nginx -v") && run("openssl version");
}

/// An nginx with TLS and a certificate of its own for edge.test, with servers on free ports of the loopback
/// address. Their answers name the protocol, the number of the connection and whether the TLS session was used
/// again: "HTTP/1.1 7 r".
class NginxServer {
  public:
    struct Block {
        std::string listen;   ///< added to the listen directive, as "http2"
        std::string options;  ///< of the server block, as "ssl_protocols TLSv1.2;"
        unsigned port = 0;
    };

    explicit NginxServer(std::vector<Block> blocks) : blocks_(std::move(blocks)) {
        for (Block& block : blocks_) {
            block.port = free_port();
        }
        if (make_certificate(certificate(), directory_ / "key.pem")) {
            write_configuration();
            start();
        }
    }
    ~NginxServer() {
        if (process_ > 0) {
            ::kill(process_, SIGTERM);
            ::waitpid(process_, nullptr, 0);
        }
    }
    NginxServer(const NginxServer&) = delete;
    NginxServer& operator=(const NginxServer&) = delete;

    [[nodiscard]] bool runs() const { return process_ > 0; }
    [[nodiscard]] std::string certificate() const { return directory_ / "certificate.pem"; }
    [[nodiscard]] std::string url(std::size_t block, std::string_view host = "edge.test") const {
        return "https://" + std::string(host) + ":" + std::to_string(blocks_.at(block).port);
    }

  private:
    void write_configuration() const {
        std::ofstream file(directory_ / "nginx.conf");
        file << "daemon off; master_process off; pid nginx.pid; error_log error.log;\n"
                "events { worker_connections 512; }\n"
                "http {\n"
                "    access_log off;\n";
        for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
            file << "    " << kind << "_temp_path " << directory_ / kind << ";\n";
        }
        file << "    ssl_certificate certificate.pem;\n"
                "    ssl_certificate_key key.pem;\n"
                "    ssl_session_cache shared:tls:1m;\n";
        // As Edge does, it reads a request before it answers: libcurl may take an answer over HTTP/2 that comes
        // before the body has left, and is followed by RST_STREAM (RFC 9113 8.1), for a fault of the stream.
        const std::string socket = directory_ / "answers.socket";
        file << "    server { listen unix:" << socket << "; return 200 $http_x_answer; }\n"
             << "    proxy_set_header X-Answer \"$server_protocol $connection $ssl_session_reused\";\n";
        const std::string answers = "proxy_pass http://unix:" + socket + ":";
        for (const Block& block : blocks_) {
            file << "    server {\n"
                 << "        listen 127.0.0.1:" << block.port << " ssl " << block.listen << ";\n"
                 << "        " << block.options << "\n"
                 << "        location / { " << answers << "; }\n"
                 << "        location /close { keepalive_timeout 0; " << answers << "; }\n"
                 << "    }\n";
        }
        file << "}\n";
    }

    void start() {
        std::array<std::string, 7> arguments = {"nginx",      "-p", directory_ / "",         "-c",
                                                "nginx.conf", "-e", directory_ / "error.log"};
        std::array<char*, arguments.size() + 1> pointers{};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            pointers[i] = arguments[i].data();
        }
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (const int output : {STDOUT_FILENO, STDERR_FILENO}) {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
        }
        pid_t process = -1;
        const int error = posix_spawnp(&process, "nginx", &actions, nullptr, pointers.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        for (int i = 0; error == 0 && i < 1000 && ::waitpid(process, nullptr, WNOHANG) == 0; ++i) {
            process_ = process;
            if (is_listening(blocks_.back().port)) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        process_ = -1;
    }

    TemporaryDirectory directory_;
    std::vector<Block> blocks_;
    pid_t process_ = -1;
};

}  // namespace aep::test
