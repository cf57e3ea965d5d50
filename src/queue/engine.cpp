#include "engine.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "command.hpp"
#include "queue_clock.hpp"
#include "store_loop.hpp"
#include "threads/engine_thread.hpp"

namespace aep::queue {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatienceOfDestructor{1000};

StoreLoop::Instant instant() noexcept {
    return {wall_clock(), monotonic_now()};
}

/// Of the entry that a command brings.
std::size_t size_of(const Command& command) noexcept {
    if (const auto* const append = std::get_if<Append>(&command)) {
        return append->entry->size();
    }
    if (const auto* const order = std::get_if<AppendOrder>(&command)) {
        return order->entry->size();
    }
    const auto* const consent = std::get_if<AppendConsent>(&command);
    return consent != nullptr ? consent->entry->size() : 0;
}

bool is_answered(const Command& command) noexcept {
    return std::holds_alternative<Append>(command) || std::holds_alternative<AppendConsent>(command) ||
           std::holds_alternative<AppendOrder>(command) || std::holds_alternative<WithdrawConsent>(command) ||
           std::holds_alternative<ListDeadLetters>(command) ||
           std::holds_alternative<ReadDeadLetter>(command) ||
           std::holds_alternative<ChangeDeadLetters>(command);
}

}  // namespace

/// What the thread works with.
struct Engine::State final : threads::EngineThread {
    enum class Urgency : std::uint8_t { now, soon };

    explicit State(Sink&& to) : EngineThread("aep-queue", "the thread of the queue"), sink(std::move(to)) {}

    void look_now() noexcept;
    bool push(Command&& command, Urgency urgency = Urgency::now) noexcept;
    bool has_to_wake(Urgency urgency, bool is_want) noexcept;
    bool wait_for_commands(milliseconds patience);
    void gather(std::unique_lock<std::mutex>& lock);
    void refuse(Event&& answer) noexcept;
    void publish_time(const StoreLoop::Instant& now, Time time) noexcept {
        time_ahead.store(time - now.monotonic, std::memory_order_relaxed);
    }
    bool run() noexcept override;

    const Sink sink;
    std::function<void()> ask_to_wake;        ///< empty: a call wakes the thread itself
    std::atomic<Time> time_ahead{0};          ///< of the monotonic clock
    std::atomic<std::int64_t> busy_since{0};  ///< ms, monotonic; 0: the thread waits

    mutable std::mutex inbox_mutex;
    std::condition_variable inbox_condition;
    // All guarded by inbox_mutex:
    std::vector<Command> inbox;
    std::size_t backlog = 0;  ///< commands in the inbox that will be answered
    std::size_t backlog_bytes = 0;
    bool urgent = false;      ///< the thread shall look at the inbox now
    bool looks_soon = false;  ///< it will do so, without being woken, in time for settlements
    bool waiting = false;     ///< it has to be woken; else it looks by itself before it waits
    bool gathering = false;   ///< it waits for a group
    bool is_wanted = false;   ///< there is a Want in the inbox
    bool taking = false;
    bool stopping = false;

    // The thread's own:
    std::vector<Command> commands;
    bool has_waiters = false;  ///< the last group held what wants an answer
    std::chrono::steady_clock::time_point group_at;

    std::optional<StoreLoop> loop;
};

/// The store has something that nobody has asked for here.
void Engine::State::look_now() noexcept {
    {
        const std::lock_guard lock(inbox_mutex);
        urgent = true;
    }
    inbox_condition.notify_one();
}

/// False when the command is not taken.
bool Engine::State::push(Command&& command, Urgency urgency) noexcept {
    const bool wants_an_answer = is_answered(command);
    const bool is_want = std::holds_alternative<Want>(command);
    try {
        const std::lock_guard lock(inbox_mutex);
        const std::size_t bytes = size_of(command);
        if (!taking || (wants_an_answer && backlog >= kMaxBacklog) ||
            bytes > kMaxBacklogBytes - backlog_bytes) {
            return false;
        }
        inbox.push_back(std::move(command));
        backlog += wants_an_answer ? 1 : 0;
        backlog_bytes += bytes;
        if (!has_to_wake(urgency, is_want)) {
            return true;
        }
    } catch (const std::exception&) {
        return false;  // no memory. What is then neither settled nor released is the next process's to deliver.
    }
    ask_to_wake ? ask_to_wake() : inbox_condition.notify_one();
    return true;
}

/// No more often than is needed: not while the thread is busy, so that it looks by itself; not for settlements, while
/// it is about to look anyway; and while it lets a group gather, only for those who want entries.
bool Engine::State::has_to_wake(Urgency urgency, bool is_want) noexcept {
    if (is_want && !std::exchange(is_wanted, true) && gathering) {
        urgent = true;
        return true;
    }
    if (urgent || (urgency == Urgency::soon && looks_soon && inbox.size() < StoreLoop::kMaxSettlements)) {
        return false;
    }
    urgent = true;
    return waiting;
}

/// Lets what comes soon after a group become the next one.
void Engine::State::gather(std::unique_lock<std::mutex>& lock) {
    if (std::exchange(has_waiters, false)) {
        gathering = true;
        inbox_condition.wait_until(lock, group_at + kGroupInterval, [this] { return stopping || is_wanted; });
        gathering = false;
    }
}

/// Puts what came into `commands`. False when the engine is being stopped.
bool Engine::State::wait_for_commands(milliseconds patience) {
    std::unique_lock lock(inbox_mutex);
    gather(lock);
    constexpr milliseconds kSoon{StoreLoop::kSettlementPatience};
    if (!inbox.empty()) {
        patience = std::min(patience, kSoon);
    }
    looks_soon = patience <= kSoon;
    if (patience > milliseconds(0)) {
        waiting = true;
        inbox_condition.wait_for(lock, patience, [this] { return urgent || stopping; });
        waiting = false;
    }
    looks_soon = true;
    urgent = false;
    is_wanted = false;
    if (commands.empty()) {
        commands.swap(inbox);
        has_waiters = backlog != 0;
        group_at = std::chrono::steady_clock::now();
        backlog = 0;
        backlog_bytes = 0;
    }
    return !stopping;
}

/// On the caller's thread, hence without the lock: a callback may call the engine.
void Engine::State::refuse(Event&& answer) noexcept {
    try {
        std::vector<Event> events;
        events.push_back(std::move(answer));
        sink(std::move(events));
    } catch (...) {
        // No memory. Whoever waits for the answer has a deadline.
    }
}

bool Engine::State::run() noexcept {
    milliseconds patience{0};
    bool going_on = true;
    while (going_on) {
        going_on = wait_for_commands(patience);
        const StoreLoop::Instant now = instant();
        busy_since.store(now.monotonic, std::memory_order_relaxed);
        patience = milliseconds(loop->turn(commands, now));
        busy_since.store(0, std::memory_order_relaxed);
        publish_time(now, loop->now());
    }
    loop->close(instant());
    return true;
}

Engine::Engine(std::unique_ptr<Backend> backend, const Limits& limits, Ledger& ledger, Sink sink)
    : state_(std::make_shared<State>(std::move(sink))) {
    State& state = *state_;
    const StoreLoop::Instant now = instant();
    state.publish_time(now, now.time_of_day);
    state.loop.emplace(
        std::move(backend), limits, ledger,
        [&state](std::vector<Event>&& events) {
            if (!state.tell([&] { state.sink(std::move(events)); })) {
                throw std::bad_alloc();
            }
        },
        now);
    state.loop->wake_by([&state] { state.look_now(); });
}

Engine::~Engine() {
    stop(kPatienceOfDestructor);
}

bool Engine::start(std::string& error) noexcept {
    if (!state_->start(error)) {
        return false;
    }
    const std::lock_guard lock(state_->inbox_mutex);
    state_->taking = true;
    return true;
}

Time Engine::now() const noexcept {
    return monotonic_now() + state_->time_ahead.load(std::memory_order_relaxed);
}

void Engine::append(std::uint64_t ticket, std::shared_ptr<Entry> entry, bool claimed) {
    if (!entry || !state_->push(Append{ticket, std::move(entry), claimed})) {
        state_->refuse(Appended{ticket, {}});
    }
}

void Engine::append_consent(std::uint64_t ticket, std::string identity, ConsentOrder::Turn turn,
                            std::shared_ptr<Entry> entry, bool claimed) {
    if (!entry ||
        !state_->push(AppendConsent{ticket, std::move(identity), turn, std::move(entry), claimed})) {
        state_->refuse(Appended{ticket, {}});
    }
}

void Engine::append_order(std::uint64_t ticket, std::shared_ptr<Entry> entry) {
    if (!entry || !state_->push(AppendOrder{ticket, std::move(entry)})) {
        state_->refuse(Appended{ticket, {}});
    }
}

void Engine::withdraw_consent(std::uint64_t ticket, std::string identity) {
    if (!state_->push(WithdrawConsent{ticket, std::move(identity)})) {
        state_->refuse(ConsentTurn{ticket, ConsentStore::Withdrawal::failed});
    }
}

void Engine::want(std::string edge, std::size_t count, bool is_probe) {
    state_->push(Want{std::move(edge), count, is_probe});
}

void Engine::want_nothing(std::string edge) {
    state_->push(WantNothing{std::move(edge)});
}

void Engine::rest(std::string lane, milliseconds pause) {
    state_->push(Rest{std::move(lane), pause});
}

void Engine::settle(Settlement settlement) {
    // The next batch of a lane waits for it.
    const bool is_order = settlement.id.kind == EntryId::Kind::order;
    state_->push(std::move(settlement), is_order ? State::Urgency::now : State::Urgency::soon);
}

void Engine::release(EntryId id) {
    state_->push(Release{id});
}

Engine::Health Engine::health() const noexcept {
    constexpr std::int64_t kPatience = 10'000;
    const std::int64_t since = state_->busy_since.load(std::memory_order_relaxed);
    const bool is_stuck = since != 0 && monotonic_now() - since > kPatience;
    const std::lock_guard lock(state_->inbox_mutex);
    return {.is_alive = state_->taking && !is_stuck,
            .backlog = state_->backlog,
            .sync = std::chrono::microseconds(state_->loop->last_sync())};
}

void Engine::list_dead_letters(std::uint64_t ticket, DeadLetterFilter filter, EntryId after,
                               std::size_t most) {
    if (!state_->push(ListDeadLetters{ticket, std::move(filter), after, most})) {
        state_->refuse(DeadLetters{.ticket = ticket, .letters = {}, .more = false, .failed = true});
    }
}

void Engine::read_dead_letter(std::uint64_t ticket, EntryId id) {
    if (!state_->push(ReadDeadLetter{ticket, id})) {
        state_->refuse(FoundDeadLetter{ticket, {}, true});
    }
}

void Engine::requeue_dead_letters(std::uint64_t ticket, DeadLetterFilter filter) {
    if (!state_->push(ChangeDeadLetters{ticket, ChangeDeadLetters::Change::requeue, std::move(filter)})) {
        state_->refuse(ChangedDeadLetters{ticket, 0, true});
    }
}

void Engine::discard_dead_letters(std::uint64_t ticket, DeadLetterFilter filter) {
    if (!state_->push(ChangeDeadLetters{ticket, ChangeDeadLetters::Change::discard, std::move(filter)})) {
        state_->refuse(ChangedDeadLetters{ticket, 0, true});
    }
}

void Engine::wake_when_asked(std::function<void()> ask) {
    state_->ask_to_wake = std::move(ask);
}

void Engine::wake() noexcept {
    state_->inbox_condition.notify_one();
}

std::uint32_t Engine::drain_factor() const noexcept {
    return state_->loop->drain_factor();
}

std::optional<BrokerState> Engine::broker() const {
    return state_->loop->broker();
}

void Engine::leave() {
    state_->push(Leave{});
}

bool Engine::stop(milliseconds patience) noexcept {
    State& state = *state_;
    {
        const std::lock_guard lock(state.inbox_mutex);
        state.taking = false;
        state.stopping = true;
    }
    state.inbox_condition.notify_one();
    return state.stop(patience);
}

}  // namespace aep::queue
