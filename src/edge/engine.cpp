#include "engine.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "ngx/engine_thread.hpp"
#include "ngx/message_queue.hpp"
#include "transfer_loop.hpp"

namespace aep::edge {
namespace {

constexpr std::chrono::milliseconds kPatienceOfDestructor{1000};

/// Once for the process. Never undone: others in it may use libcurl too.
void initialize_curl() {
    static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (result != CURLE_OK) {
        throw std::runtime_error(std::string("libcurl cannot be initialized: ") + curl_easy_strerror(result));
    }
}

}  // namespace

/// Shared with the thread, so that it outlives an engine that had to leave the thread behind.
struct Engine::State final : TransferLoop::Sink {
    State(Completion&& to, Log&& log_to) : completion(std::move(to)), write_log(std::move(log_to)) {}

    void complete(Response&& response) noexcept override;
    void log(std::string&& line) noexcept override;
    void refuse(std::uint64_t id, const char* text) noexcept;
    void run() noexcept;
    bool wait_until_done(std::chrono::milliseconds patience) noexcept;

    const Completion completion;
    const Log write_log;

    ngx::MessageQueue<Submission> inbox;
    std::atomic<std::size_t> backlog{0};
    std::atomic<bool> taking{false};  ///< requests
    std::atomic<bool> stopping{false};

    std::mutex callback_mutex;
    bool silent = false;  ///< the thread was left behind; guarded by callback_mutex

    std::mutex done_mutex;
    std::condition_variable done_condition;
    bool done = false;  ///< guarded by done_mutex

    std::optional<TransferLoop> loop;
    std::thread thread;
};

void Engine::State::complete(Response&& response) noexcept {
    const std::lock_guard lock(callback_mutex);
    if (silent) {
        return;
    }
    try {
        completion(std::move(response));
    } catch (...) {
        // The receiver is out of memory. It has a deadline for each request, so it finds out.
    }
}

void Engine::State::log(std::string&& line) noexcept {
    const std::lock_guard lock(callback_mutex);
    if (silent) {
        return;
    }
    try {
        write_log(std::move(line));
    } catch (...) {
        // Nowhere left to say so.
    }
}

/// On the caller's thread, hence without the lock: a callback may submit.
void Engine::State::refuse(std::uint64_t id, const char* text) noexcept {
    try {
        Response response;
        response.id = id;
        response.failure = Failure::refused;
        response.failure_text = text;
        completion(std::move(response));
    } catch (...) {
        // As in complete().
    }
}

void Engine::State::run() noexcept {
    ngx::use_all_processors();
    ngx::name_thread("aep-edge");
    std::vector<Submission> submissions;
    while (!stopping) {
        inbox.drain(submissions);
        backlog -= submissions.size();
        loop->turn(submissions);
    }
}

bool Engine::State::wait_until_done(std::chrono::milliseconds patience) noexcept {
    std::unique_lock lock(done_mutex);
    return done_condition.wait_for(lock, patience, [this] { return done; });
}

Engine::Engine(Completion completion, Log log)
    : state_(std::make_shared<State>(std::move(completion), std::move(log))) {}

Engine::~Engine() {
    stop(kPatienceOfDestructor);
}

bool Engine::start(std::string& error) noexcept {
    try {
        if (state_->loop || state_->stopping) {
            throw std::logic_error("it was started before");
        }
        initialize_curl();
        state_->loop.emplace(*state_);
        const ngx::SignalsBlocked blocked;
        state_->thread = std::thread([state = state_]() noexcept {
            state->run();
            if (!state->loop->close()) {
                // Must never be destroyed then (nothrow: without memory it is destroyed by blocking).
                static_cast<void>(new (std::nothrow) std::shared_ptr<State>(state));
            }
            const std::lock_guard lock(state->done_mutex);
            state->done = true;
            state->done_condition.notify_all();
        });
        state_->taking = true;
        return true;
    } catch (const std::exception& exception) {
        try {
            error = std::string("the thread for transfers to Edge does not start: ") + exception.what();
        } catch (const std::bad_alloc&) {
            error.clear();
        }
        return false;
    }
}

void Engine::submit(std::shared_ptr<const Request> request) {
    State& state = *state_;
    const std::uint64_t id = request->id;
    if (!state.taking) {
        state.refuse(id, "the engine is not running");
        return;
    }
    if (state.backlog >= kMaxBacklog) {
        state.refuse(id, "too many requests wait for the engine");
        return;
    }
    try {
        ++state.backlog;
        if (state.inbox.push({std::move(request), Clock::now()})) {
            state.loop->wake();
        }
    } catch (const std::exception& exception) {
        --state.backlog;
        state.refuse(id, exception.what());
    }
}

bool Engine::stop(std::chrono::milliseconds patience) noexcept {
    State& state = *state_;
    state.taking = false;
    state.stopping = true;
    if (!state.thread.joinable()) {
        const std::lock_guard lock(state.callback_mutex);
        return !state.silent;
    }
    state.loop->wake();
    if (state.wait_until_done(patience)) {
        state.thread.join();
        return true;
    }
    const std::lock_guard lock(state.callback_mutex);
    state.silent = true;
    state.thread.detach();
    return false;
}

}  // namespace aep::edge
