#include "engine.hpp"

#include <atomic>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "threads/engine_thread.hpp"
#include "threads/message_queue.hpp"
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

/// What the thread works with.
struct Engine::State final : threads::EngineThread, TransferLoop::Sink {
    State(Completion&& to, Log&& log_to)
        : EngineThread("aep-edge", "the thread for transfers to Edge"),
          completion(std::move(to)),
          write_log(std::move(log_to)) {}

    void complete(Response&& response) noexcept override;
    void log(std::string&& line) noexcept override;
    void refuse(std::uint32_t sender, std::uint64_t id, const char* text) noexcept;
    void prepare() override;
    bool run() noexcept override;

    const Completion completion;
    const Log write_log;
    std::function<void()> ask_to_wake;  ///< empty: submit() wakes the thread itself

    threads::MessageQueue<Submission> inbox;
    std::atomic<std::size_t> backlog{0};
    std::atomic<std::size_t> in_flight{0};
    std::atomic<Clock::rep> last_turn{0};
    std::atomic<bool> taking{false};  ///< requests
    std::atomic<bool> stopping{false};

    std::optional<TransferLoop> loop;
};

/// Without memory there is nothing to do but to wait for some: a delivery that never ends is an entry that nobody has.
void Engine::State::complete(Response&& response) noexcept {
    constexpr std::chrono::milliseconds kPause{10};
    --in_flight;
    while (!tell([&] { completion(std::move(response)); }) && !stopping) {
        std::this_thread::sleep_for(kPause);
    }
}

void Engine::State::log(std::string&& line) noexcept {
    tell([&] { write_log(std::move(line)); });
}

/// On the caller's thread, hence without the lock: a callback may submit.
void Engine::State::refuse(std::uint32_t sender, std::uint64_t id, const char* text) noexcept {
    try {
        Response response;
        response.sender = sender;
        response.id = id;
        response.failure = Failure::refused;
        response.failure_text = text;
        completion(std::move(response));
    } catch (...) {
        // No memory. Whoever waits for the answer has a deadline.
    }
}

void Engine::State::prepare() {
    initialize_curl();
    loop.emplace(*this);
}

bool Engine::State::run() noexcept {
    std::vector<Submission> submissions;
    while (!stopping) {
        last_turn.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
        inbox.drain(submissions);
        backlog -= submissions.size();
        loop->turn(submissions);
    }
    return loop->close();
}

Engine::Engine(Completion completion, Log log)
    : state_(std::make_shared<State>(std::move(completion), std::move(log))) {}

Engine::~Engine() {
    stop(kPatienceOfDestructor);
}

bool Engine::start(std::string& error) noexcept {
    if (!state_->start(error)) {
        return false;
    }
    state_->taking = true;
    return true;
}

void Engine::submit(std::shared_ptr<const Request> request) {
    State& state = *state_;
    const std::uint32_t sender = request->sender;
    const std::uint64_t id = request->id;
    if (!state.taking) {
        state.refuse(sender, id, "the engine is not running");
        return;
    }
    if (state.backlog >= kMaxBacklog) {
        state.refuse(sender, id, "too many requests wait for the engine");
        return;
    }
    try {
        ++state.backlog;
        ++state.in_flight;
        if (state.inbox.push({std::move(request), Clock::now()})) {
            state.ask_to_wake ? state.ask_to_wake() : state.loop->wake();
        }
    } catch (const std::exception& exception) {
        --state.backlog;
        --state.in_flight;
        state.refuse(sender, id, exception.what());
    }
}

void Engine::submit(Request&& request) {
    const std::uint32_t sender = request.sender;
    const std::uint64_t id = request.id;
    std::shared_ptr<const Request> shared;
    try {
        shared = std::make_shared<const Request>(std::move(request));
    } catch (const std::bad_alloc& exception) {
        state_->refuse(sender, id, exception.what());
        return;
    }
    submit(std::move(shared));
}

Engine::Health Engine::health() const noexcept {
    constexpr std::chrono::seconds kPatience{10};
    const State& state = *state_;
    const Clock::duration last(state.last_turn.load(std::memory_order_relaxed));
    const bool is_stuck = state.backlog != 0 && Clock::now().time_since_epoch() - last > kPatience;
    return {.is_alive = state.taking && !is_stuck, .in_flight = state.in_flight};
}

void Engine::wake_when_asked(std::function<void()> ask) {
    state_->ask_to_wake = std::move(ask);
}

void Engine::wake() noexcept {
    if (state_->loop) {
        state_->loop->wake();
    }
}

bool Engine::stop(std::chrono::milliseconds patience) noexcept {
    state_->taking = false;
    state_->stopping = true;
    wake();
    return state_->stop(patience);
}

}  // namespace aep::edge
