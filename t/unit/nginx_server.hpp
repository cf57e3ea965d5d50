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

    [[nodiscard]] std::string operator/(std::string_view name) const {
        return (path_ / name).string();
    }
    [[nodiscard]] std::string path() const {
        return path_.string();
    }

  private:
    std::filesystem::path path_;
};

/// An nginx with TLS and a certificate of its own for edge.test, on a free port of the loopback address. Its
/// answers name the protocol, the number of the connection and whether the TLS session was used again.
class NginxServer {
  public:
    /// `options`: of the server block, as "ssl_protocols TLSv1.2;". `listen`: added to the listen directive.
    explicit NginxServer(std::string_view options = {}, std::string_view listen = {}) {
        if (!run("nginx -v") || !make_certificate()) {
            return;
        }
        port_ = free_port();
        write_configuration(options, listen);
        start();
    }
    ~NginxServer() {
        if (process_ > 0) {
            ::kill(process_, SIGTERM);
            ::waitpid(process_, nullptr, 0);
        }
    }
    NginxServer(const NginxServer&) = delete;
    NginxServer& operator=(const NginxServer&) = delete;

    /// False where there is no nginx, or one that does not take the options.
    [[nodiscard]] bool runs() const {
        return process_ > 0;
    }
    [[nodiscard]] std::string certificate() const {
        return directory_ / "certificate.pem";
    }
    [[nodiscard]] std::string url(std::string_view host = "edge.test") const {
        return "https://" + std::string(host) + ":" + std::to_string(port_);
    }

  private:
    [[nodiscard]] bool make_certificate() const {
        return run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            " -subj /CN=edge.test -addext subjectAltName=DNS:edge.test -keyout '" +
            directory_ / "key.pem" + "' -out '" + certificate() + "'");
    }

    static int connect_to(unsigned port, bool listening) {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        int result = listening ? ::bind(socket, generic, size) : ::connect(socket, generic, size);
        if (listening && ::getsockname(socket, generic, &size) == 0) {
            result = ntohs(address.sin_port);
        }
        ::close(socket);
        return result;
    }

    static unsigned free_port() {
        return static_cast<unsigned>(connect_to(0, true));
    }

    void write_configuration(std::string_view options, std::string_view listen) const {
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
                "    ssl_session_cache shared:tls:1m;\n"
                "    server {\n"
                "        listen 127.0.0.1:"
             << port_ << " ssl " << listen << ";\n        " << options << "\n"
             << "        location / { return 200 \"$server_protocol $connection $ssl_session_reused\"; }\n"
                "        location /close { keepalive_timeout 0;"
                " return 200 \"$server_protocol $connection $ssl_session_reused\"; }\n"
                "    }\n"
                "}\n";
    }

    void start() {
        const std::string prefix = directory_.path() + "/";
        const std::string log = directory_ / "error.log";
        std::array<std::string, 7> arguments = {"nginx", "-p", prefix, "-c", "nginx.conf", "-e", log};
        std::array<char*, 8> pointers{};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            pointers[i] = arguments[i].data();
        }
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        pid_t process = -1;
        const int error = posix_spawnp(&process, "nginx", &actions, nullptr, pointers.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        for (int i = 0; error == 0 && i < 500; ++i) {
            if (::waitpid(process, nullptr, WNOHANG) == process) {
                return;
            }
            if (connect_to(port_, false) == 0) {
                process_ = process;
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }

    TemporaryDirectory directory_;
    unsigned port_ = 0;
    pid_t process_ = -1;
};

}  // namespace aep::test
