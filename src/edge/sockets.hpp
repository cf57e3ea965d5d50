#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <poll.h>

#include <curl/curl.h>

#include "threads/wake_descriptors.hpp"

namespace aep::edge {

/// The sockets of a multi handle and the time when libcurl wants to be called anyway, as it tells of them; and a way
/// for other threads to end the waiting.
///
/// By these, only the transfers whose sockets are ready cost anything. curl_multi_perform looks at each transfer that
/// is under way, with a system call for each: the longer Edge takes, the more of them there are.
class Sockets {
  public:
    using Clock = std::chrono::steady_clock;

    /// Throws std::system_error, std::bad_alloc.
    Sockets();
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;
    ~Sockets();

    /// From now on the sockets are those of this handle, which must not outlive this.
    void serve(CURLM* multi) noexcept;

    /// Lets libcurl go on with the sockets that were ready, and with what is due.
    CURLMcode act() noexcept;

    /// Until a socket is ready, libcurl's time has come, or wake() is called.
    void wait(std::chrono::milliseconds longest) noexcept;

    /// From any thread.
    void wake() const noexcept { wake_.ring(); }

  private:
    static int on_socket(CURL* handle, curl_socket_t socket, int what, void* self, void* unused) noexcept;
    static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;
    bool watch(curl_socket_t socket, int what) noexcept;

    CURLM* multi_ = nullptr;
    std::vector<pollfd> polled_;  ///< the first is the way to be woken
    std::vector<pollfd> ready_;
    std::optional<Clock::time_point> due_;
    threads::WakeDescriptors wake_ =
        threads::WakeDescriptors::open();  // the last: nothing that fails may follow
};

}  // namespace aep::edge
