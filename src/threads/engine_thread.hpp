#pragma once

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include <pthread.h>
#if defined(__linux__)
#include <sched.h>
#endif

namespace aep::threads {

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

/// A thread that does an engine's work, and that may have to be left behind: it may be stuck in a call that no
/// signal ends (the resolver, a disk), and nginx shall end nevertheless.
///
/// Whatever the thread works with is in a class derived from this one, which a std::shared_ptr owns. The thread holds
/// another one, so that all of it outlives an engine that had to leave the thread behind, and is destroyed when the
/// thread ends after all. What the thread has to tell goes through `tell`, which is silent from then on.
///
/// `start` and `stop` are for the thread that owns the engine.
class EngineThread : public std::enable_shared_from_this<EngineThread> {
  public:
    /// The name is for ps and top, the description is how a message begins: "the thread of ...".
    EngineThread(const char* name, const char* description) noexcept
        : name_(name), description_(description) {}
    virtual ~EngineThread() = default;
    EngineThread(const EngineThread&) = delete;
    EngineThread& operator=(const EngineThread&) = delete;

    /// Starts the thread: all signals blocked, affinity reset to all processors. False with the reason in `error`
    /// when it cannot. Once only, and after the last fork.
    bool start(std::string& error) noexcept {
        try {
            if (was_used_) {
                throw std::logic_error("it was started before");
            }
            was_used_ = true;
            prepare();
            const SignalsBlocked blocked;
            thread_ = std::thread([self = shared_from_this()]() noexcept { self->run_to_the_end(); });
            return true;
        } catch (const std::exception& exception) {
            describe(error, exception);
            return false;
        }
    }

    /// Waits at most `patience` for the end of the thread, which the engine has asked for. False when it is still
    /// stuck, now or at an earlier call: it is left behind, and the code that it runs must not be unloaded. It calls
    /// nobody back after this returned.
    bool stop(std::chrono::milliseconds patience) noexcept {
        was_used_ = true;
        if (!thread_.joinable()) {
            const std::lock_guard lock(telling_mutex_);
            return !silent_;
        }
        if (ends_within(patience)) {
            thread_.join();
            return true;
        }
        const std::lock_guard lock(telling_mutex_);
        silent_ = true;
        thread_.detach();
        return false;
    }

    /// On the thread: calls somebody back, unless nobody listens any more. False when the receiver is out of memory.
    template <typename Call>
    bool tell(Call&& call) noexcept {
        const std::lock_guard lock(telling_mutex_);
        if (silent_) {
            return true;
        }
        try {
            call();
            return true;
        } catch (...) {
            return false;
        }
    }

  private:
    /// What must not fail later, before there is a thread. What it throws is the reason not to start.
    virtual void prepare() {}
    /// The engine's work, until it is asked to end. False when destroying this could block: it then stays in
    /// memory for as long as the process.
    virtual bool run() noexcept = 0;

    void run_to_the_end() noexcept {
        use_all_processors();
        name_thread(name_);
        if (!run()) {
            own_itself_ = shared_from_this();
        }
        const std::lock_guard lock(ended_mutex_);
        ended_ = true;
        ended_condition_.notify_all();
    }

    bool ends_within(std::chrono::milliseconds patience) noexcept {
        std::unique_lock lock(ended_mutex_);
        return ended_condition_.wait_for(lock, patience, [this] { return ended_; });
    }

    void describe(std::string& error, const std::exception& exception) const noexcept {
        try {
            error = std::string(description_) + " does not start: " + exception.what();
        } catch (const std::bad_alloc&) {
            error.clear();
        }
    }

    const char* name_;
    const char* description_;
    bool was_used_ = false;
    std::thread thread_;
    std::shared_ptr<EngineThread> own_itself_;  ///< keeps what must never be destroyed

    std::mutex telling_mutex_;
    bool silent_ = false;  ///< the thread was left behind; guarded by telling_mutex_

    std::mutex ended_mutex_;
    std::condition_variable ended_condition_;
    bool ended_ = false;  ///< guarded by ended_mutex_
};

}  // namespace aep::threads
