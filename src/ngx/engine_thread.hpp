#pragma once

#include <csignal>

#include <pthread.h>
#if defined(__linux__)
#include <sched.h>
#endif

namespace aep::ngx {

/// Blocks all signals for the calling thread, and so for a thread that it starts: those of the process are for
/// nginx's own thread.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_{};
};

/// For the calling thread: a worker that nginx bound to one processor shall not have to share it with an engine.
inline void use_all_processors() noexcept {
#if defined(__linux__)
    cpu_set_t all;
    CPU_ZERO(&all);
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        CPU_SET(static_cast<unsigned>(processor), &all);
    }
    sched_setaffinity(0, sizeof all, &all);  // the kernel leaves out what the cpuset does not allow
#endif
}

/// Of the calling thread, for ps and top; at most 15 characters.
inline void name_thread([[maybe_unused]] const char* name) noexcept {
#if defined(__linux__)
    pthread_setname_np(pthread_self(), name);
#endif
}

}  // namespace aep::ngx
