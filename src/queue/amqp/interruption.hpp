#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>

namespace aep::queue::amqp {

/// Ends whatever a thread waits for on a socket, from another thread and for good: librabbitmq waits without end for a
/// peer that does not read.
class Interruption {
  public:
    Interruption() = default;
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption() { forget(); }

    /// The thread is going to wait for this socket. Keeps a descriptor of its own: a number that was closed may be
    /// somebody else's by then.
    void watch(int socket) noexcept {
        const std::lock_guard lock(mutex_);
        close_copy();
        copy_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
        if (was_called_ && copy_ != -1) {
            ::shutdown(copy_, SHUT_RDWR);
        }
    }
    void forget() noexcept {
        const std::lock_guard lock(mutex_);
        close_copy();
    }

    void call() noexcept {
        const std::lock_guard lock(mutex_);
        was_called_ = true;
        if (copy_ != -1) {
            ::shutdown(copy_, SHUT_RDWR);
        }
    }

  private:
    void close_copy() noexcept {
        if (copy_ != -1) {
            ::close(copy_);
        }
        copy_ = -1;
    }

    std::mutex mutex_;
    int copy_ = -1;
    bool was_called_ = false;
};

}  // namespace aep::queue::amqp
