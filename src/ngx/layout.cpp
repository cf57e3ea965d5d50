#include "ngx/ngx.hpp"

#include "ngx/layout.hpp"

#include <array>
#include <cstring>
#include <new>

namespace aep::ngx {
namespace {

/// One of nginx's structures, all zero, with room behind it in case that nginx's own is larger.
template <typename T>
class Specimen {
  public:
    Specimen() noexcept : object_(new (room_.data()) T) { std::memset(room_.data(), 0, room_.size()); }
    T& operator*() noexcept { return *object_; }
    T* operator->() noexcept { return object_; }

  private:
    alignas(T) std::array<unsigned char, 2 * sizeof(T)> room_;
    T* object_;
};

/// nginx's own code sets a bit of a connection; is it the one that is read here?
bool connections_fit(ngx_conf_t* cf) noexcept {
    Specimen<ngx_connection_t> connection;
    connection->log = cf->log;
    // What nginx begins with has no list of connections yet.
    volatile ngx_cycle_t* const running = ngx_cycle;
    ngx_cycle = cf->cycle;
    ngx_reusable_connection(&*connection, 1);
    const bool fits = connection->reusable == 1 && connection->idle == 0 && connection->close == 0;
    ngx_reusable_connection(&*connection, 0);
    ngx_cycle = running;
    return fits;
}

/// The same for members in the middle and at the end of a request.
bool requests_fit() noexcept {
    std::array<u_char, 32> line{};
    constexpr char kLine[] = "GET /a+b%20 HTTP/1.1\r\n";
    static_assert(sizeof(kLine) <= sizeof(line));
    std::memcpy(line.data(), kLine, sizeof(kLine));
    ngx_buf_t buffer{};
    buffer.start = line.data();
    buffer.pos = line.data();
    buffer.last = line.data() + sizeof(kLine) - 1;
    buffer.end = buffer.last;
    Specimen<ngx_http_request_t> request;
    return ngx_http_parse_request_line(&*request, &buffer) == NGX_OK && request->method == NGX_HTTP_GET &&
           request->quoted_uri == 1 && request->plus_in_uri == 1 && request->complex_uri == 0 &&
           request->uri_start == line.data() + sizeof("GET ") - 1 && request->http_major == 1 &&
           request->http_minor == 1;
}

}  // namespace

bool structures_fit(ngx_conf_t* cf) noexcept {
    const char* misfit = !connections_fit(cf) ? "connections" : !requests_fit() ? "requests" : nullptr;
    if (misfit == nullptr) {
        return true;
    }
    ngx_log_error(
        NGX_LOG_EMERG, cf->log, 0,
        "aep: ngx_http_aep_module was built with the headers of another nginx " NGINX_VERSION
        ", in which %s are laid out differently: build it again with those of this nginx (run \"make\" "
        "where it is installed, or \"make NGX_SRC=<its source directory>\")",
        misfit);
    return false;
}

}  // namespace aep::ngx
