#pragma once

#include <array>
#include <cstdint>

#include <fcntl.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/eventfd.h>
#endif

namespace aep::threads {

/// What ends the waiting of a thread for descriptors: an eventfd, or a pipe where there is none. Owns nothing: close()
/// is for whoever has opened it.
class WakeDescriptors {
  public:
    /// Both are -1 after a failure, which errno tells.
    static WakeDescriptors open() noexcept {
        WakeDescriptors made;
#if defined(__linux__)
        made.read_end_ = made.write_end_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
#else
        std::array<int, 2> ends{-1, -1};
        if (::pipe(ends.data()) == 0) {
            made.read_end_ = ends[0];
            made.write_end_ = ends[1];
            for (const int end : ends) {
                ::fcntl(end, F_SETFL, O_NONBLOCK);
                ::fcntl(end, F_SETFD, FD_CLOEXEC);
            }
        }
#endif
        return made;
    }

    [[nodiscard]] bool is_open() const noexcept {
        return read_end_ != -1;
    }
    /// Becomes readable by ring().
    [[nodiscard]] int read_end() const noexcept {
        return read_end_;
    }

    /// From any thread.
    void ring() const noexcept {
        constexpr std::uint64_t kOne = 1;
        if (write_end_ != -1) {
            // EAGAIN means that it rings already.
            [[maybe_unused]] const ssize_t written = ::write(write_end_, &kOne, sizeof(kOne));
        }
    }

    /// Forgets all rings so far.
    void hear() const noexcept {
        std::array<std::uint64_t, 64> counts;
        while (::read(read_end_, counts.data(), sizeof(counts)) == static_cast<ssize_t>(sizeof(counts))) {
            // A pipe may hold more; an eventfd gives its one number, which is shorter.
        }
    }

    void close() noexcept {
        close_write_end();
        if (read_end_ != -1) {
            ::close(read_end_);
        }
        *this = {};
    }

    /// All but the read end, where somebody else closes that.
    void close_write_end() noexcept {
        if (write_end_ != -1 && write_end_ != read_end_) {
            ::close(write_end_);
        }
        write_end_ = -1;
    }

  private:
    int read_end_ = -1;
    int write_end_ = -1;  ///< the same as the other for an eventfd
};

}  // namespace aep::threads
