#include "link.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

#include "consumer.hpp"
#include "publisher.hpp"
#include "text/random.hpp"
#include "threads/engine_thread.hpp"

namespace aep::queue::amqp {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatienceOfDestructor{1'000};
constexpr std::int64_t kLongestWait = 1'000;  // ms: a heartbeat is sent by a turn only

/// So that not all workers of a fleet ask the same node.
std::size_t random_host(const Settings& settings) {
    if (settings.hosts.empty()) {
        throw std::invalid_argument("there is no host of a broker");
    }
    const auto numbers = text::random_numbers<std::uint32_t, 1>();
    return numbers ? (*numbers)[0] % settings.hosts.size() : 0;
}

std::vector<std::string> names_of(const Topology& topology) {
    std::vector<std::string> names;
    for (QueueDeclaration& queue : topology.queues()) {
        names.push_back(std::move(queue.name));
    }
    return names;
}

}  // namespace

/// What the thread works with.
struct Link::State final : threads::EngineThread {
    State(Settings&& for_settings, Topology&& for_topology, std::function<void()>&& to_wake)
        : EngineThread("aep-broker", "the thread of the broker's connections"),
          settings(std::move(for_settings)),
          topology(std::move(for_topology)),
          wake(std::move(to_wake)),
          first_host(random_host(settings)),
          publisher(shared, settings, topology, first_host),
          consumer(shared, settings, names_of(topology), first_host) {}

    void prepare() override;
    bool run() noexcept override;
    void turn();
    void wait();
    bool change_state();
    void give_up(const char* why) noexcept;
    void command(Command&& command);

    const Settings settings;
    const Topology topology;
    const std::function<void()> wake;
    const std::size_t first_host;
    Shared shared;
    Publisher publisher;
    Consumer consumer;
    bool was_up = false;       ///< when somebody was woken
    bool was_reached = false;  ///< once
};

void Link::State::prepare() {
    if (!shared.bell.is_open()) {
        throw std::runtime_error("there is no descriptor to wake it by");
    }
}

bool Link::State::run() noexcept {
    while (!shared.is_stopping.load(std::memory_order_acquire)) {
        try {
            turn();
        } catch (const std::exception&) {
            give_up("there is no memory for what comes from it");
        }
        wait();
    }
    give_up("it is not needed any more");
    return true;
}

void Link::State::turn() {
    publisher.turn(monotonic_now());
    const bool has_deliveries = consumer.turn(monotonic_now());
    if (change_state() || has_deliveries) {
        tell([this] { wake(); });
    }
}

/// Whether the link is up now and was not before, or the opposite.
bool Link::State::change_state() {
    const bool is_up = publisher.is_ready() && consumer.is_ready();
    shared.is_up.store(is_up, std::memory_order_release);
    if (std::exchange(was_up, is_up) == is_up) {
        return false;
    }
    if (is_up && !std::exchange(was_reached, true)) {
        shared.say(false, "the broker " + publisher.line().host() + " (" +
                              publisher.line().connection().product() +
                              ") is reached: what waits for Edge is kept there.");
    }
    return true;
}

void Link::State::give_up(const char* why) noexcept {
    try {
        publisher.give_up(monotonic_now(), why);
        consumer.give_up(monotonic_now(), why);
    } catch (const std::exception&) {
        // They are closed by then; what is missing is a line for the log.
    }
    shared.is_up.store(false, std::memory_order_release);
}

/// For anything to happen.
void Link::State::wait() {
    const std::int64_t now = monotonic_now();
    const std::int64_t next = std::min({now + kLongestWait, publisher.next(now), consumer.next(now)});
    std::array<pollfd, 3> descriptors{{{shared.bell.read_end(), POLLIN, 0},
                                       {publisher.line().descriptor(), POLLIN, 0},
                                       {consumer.line().descriptor(), POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(next - now));
    shared.bell.hear();
}

void Link::State::command(Command&& command) {
    bool was_empty = false;
    {
        const std::lock_guard lock(shared.mutex);
        was_empty = shared.commands.empty();
        shared.commands.push_back(std::move(command));
    }
    if (was_empty) {
        shared.bell.ring();
    }
}

Link::Link(Settings settings, Topology topology, std::function<void()> wake)
    : state_(std::make_shared<State>(std::move(settings), std::move(topology), std::move(wake))) {}

Link::~Link() {
    stop(kPatienceOfDestructor);
}

bool Link::start(std::string& error) noexcept {
    return state_->start(error);
}

bool Link::stop(milliseconds patience) noexcept {
    State& state = *state_;
    state.shared.is_stopping.store(true, std::memory_order_release);
    state.publisher.line().interrupt();
    state.consumer.line().interrupt();
    state.shared.bell.ring();
    return state.stop(patience);
}

bool Link::is_up() const noexcept {
    return state_->shared.is_up.load(std::memory_order_acquire);
}

std::uint64_t Link::connection() const noexcept {
    return state_->shared.connection.load(std::memory_order_acquire);
}

std::vector<Fate> Link::publish(std::span<const Message> messages, milliseconds patience) {
    Shared& shared = state_->shared;
    std::vector<Fate> fates(messages.size(), Fate::refused);
    if (messages.empty() || !is_up()) {
        return fates;
    }
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto batch = std::make_shared<Batch>();
    batch->messages = messages;
    batch->fates = std::move(fates);
    batch->undecided = messages.size();
    std::unique_lock lock(shared.mutex);
    shared.batch = batch;
    shared.bell.ring();
    const bool is_over = shared.batch_changed.wait_until(lock, deadline, [&batch] { return batch->is_over; });
    if (shared.batch == batch) {
        shared.batch = nullptr;
    }
    batch->is_abandoned = true;
    if (!is_over) {
        shared.bell.ring();
    }
    shared.health.unknown +=
        static_cast<std::uint64_t>(std::count(batch->fates.begin(), batch->fates.end(), Fate::unknown));
    return batch->fates;
}

std::vector<std::string> Link::take_late_confirms() {
    std::vector<std::string> taken;
    const std::lock_guard lock(state_->shared.mutex);
    taken.swap(state_->shared.late_confirms);
    return taken;
}

void Link::consume(std::string_view queue, std::uint16_t prefetch) {
    state_->command(Consume{std::string(queue), prefetch});
}

void Link::cancel(std::string_view queue) {
    state_->command(Cancel{std::string(queue)});
}

std::vector<Delivery> Link::take() {
    std::vector<Delivery> taken;
    const std::lock_guard lock(state_->shared.mutex);
    taken.swap(state_->shared.inbox);
    return taken;
}

void Link::acknowledge(Tag tag) {
    state_->command(Settle{Settle::How::acknowledge, tag});
}

void Link::give_back(Tag tag) {
    state_->command(Settle{Settle::How::give_back, tag});
}

void Link::reject(Tag tag) {
    state_->command(Settle{Settle::How::reject, tag});
}

Broker::Depth Link::depth(std::string_view queue) const {
    Shared& shared = state_->shared;
    const std::lock_guard lock(shared.mutex);
    const auto found = shared.depths.find(queue);
    if (found == shared.depths.end()) {
        return {};
    }
    return {.messages = found->second.messages,
            .consumers = found->second.consumers,
            .is_known = monotonic_now() < found->second.until};
}

std::vector<LogLine> Link::messages() {
    std::vector<LogLine> taken;
    const std::lock_guard lock(state_->shared.mutex);
    taken.swap(state_->shared.messages);
    return taken;
}

Health Link::health() const {
    Shared& shared = state_->shared;
    const std::lock_guard lock(shared.mutex);
    Health health = shared.health;
    health.is_up = is_up();
    return health;
}

}  // namespace aep::queue::amqp
