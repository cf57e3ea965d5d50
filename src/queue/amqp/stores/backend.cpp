#include "backend.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "access.hpp"
#include "broker_consent_store.hpp"
#include "broker_order_store.hpp"
#include "broker_store.hpp"
#include "queue/amqp/link.hpp"
#include "queue/amqp/topology.hpp"
#include "text/uuid.hpp"

namespace aep::queue::amqp::stores {
namespace {

constexpr std::chrono::milliseconds kPatienceOfClose{800};
constexpr std::int64_t kFleetInterval = 1000;  // ms: the link asks the broker no more often

/// Where there is no spool: the broker's own tools look after its dead letters.
class NoDeadLetters final : public DeadLetterStore {
  public:
    Step list(const DeadLetterFilter& /*filter*/, EntryId after, std::size_t /*most*/,
              std::vector<DeadLetterSummary>& /*letters*/) override {
        return nothing(after);
    }
    Step read(EntryId id, std::optional<DeadLetter>& /*letter*/) override { return nothing(id); }
    Step requeue(const DeadLetterFilter& /*filter*/, EntryId after, Time /*received*/) override {
        return nothing(after);
    }
    Step discard(const DeadLetterFilter& /*filter*/, EntryId after) override { return nothing(after); }

  private:
    static Step nothing(EntryId after) noexcept {
        Step step;
        step.last = after;
        step.is_done = true;
        return step;
    }
};

/// Without what an operator may change: the broker refuses a queue that is declared with other arguments than it has.
Topology topology_of(const Parts& parts, const std::string& worker) {
    return {parts.settings.name,
            parts.settings.shards,
            parts.lanes,
            worker,
            {.max_size = 0, .max_age = 0, .claim_time = parts.claim_time}};
}

class AmqpBackend final : public Backend {
  public:
    explicit AmqpBackend(Parts&& parts)
        : spool_(std::move(parts.spool)),
          workers_(std::max<std::uint32_t>(parts.workers, 1)),
          worker_(text::random_uuid()),
          topology_(topology_of(parts, worker_)),
          link_(std::move(parts.settings), topology_,
                [this] {
                    if (wake_) {
                        wake_();
                    }
                }),
          inbox_(link_),
          publisher_(link_),
          access_{inbox_, publisher_, topology_, worker_, std::move(parts.spool_directory)} {}

    std::unique_ptr<Store> open_store(std::string& error) override {
        if (!is_started_ && !link_.start(error)) {
            return nullptr;
        }
        if (!std::exchange(is_started_, true)) {
            await_link();
        }
        return std::make_unique<BrokerStore>(access_, spool_ ? spool_->open_store(error) : nullptr);
    }

    std::unique_ptr<ConsentStore> open_consent_store(std::string& error) override {
        return std::make_unique<BrokerConsentStore>(access_,
                                                    spool_ ? spool_->open_consent_spool(error) : nullptr);
    }

    std::unique_ptr<OrderStore> open_order_store(std::string& error) override {
        return std::make_unique<BrokerOrderStore>(access_,
                                                  spool_ ? spool_->open_order_store(error) : nullptr);
    }

    std::unique_ptr<DeadLetterStore> open_dead_letter_store() override {
        return spool_ ? spool_->open_dead_letter_store() : std::make_unique<NoDeadLetters>();
    }

    void wake_by(const std::function<void()>& wake) override { wake_ = wake; }

    bool take_news() override {
        const bool is_up = link_.is_up();
        const bool has_changed = std::exchange(was_up_, is_up) != is_up;
        if (const std::int64_t now = monotonic_now(); now >= fleet_at_) {
            fleet_at_ = now + kFleetInterval;
            look_at_fleet();
        }
        return inbox_.refresh() || has_changed;
    }

    void close() noexcept override {
        if (is_started_) {
            link_.stop(kPatienceOfClose);
        }
    }

    [[nodiscard]] std::uint32_t drain_factor() const noexcept override {
        return drain_factor_.load(std::memory_order_relaxed);
    }

    [[nodiscard]] std::optional<BrokerState> broker() const override {
        const Health health = link_.health();
        BrokerState state{.is_up = health.is_up,
                          .confirms = health.confirms,
                          .confirm_time_us = health.confirm_time_us,
                          .refused = health.refused,
                          .unconfirmed = health.unknown,
                          .reconnects = health.reconnects,
                          .queues = {}};
        for (const std::string& lane : topology_.lanes()) {
            std::vector<std::string> queues = topology_.lane_queues(lane);
            queues.push_back(topology_.order_queue(lane));
            add_depth(lane, queues, state);
        }
        add_depth("consents", topology_.consent_queues(), state);
        add_depth("dead letters", {topology_.dead()}, state);
        return state;
    }

  private:
    /// What several queues hold together. Nothing where the broker has not told of all of them.
    void add_depth(std::string name, const std::vector<std::string>& queues, BrokerState& state) const {
        BrokerState::Queue sum{.name = std::move(name)};
        for (const std::string& queue : queues) {
            const Broker::Depth depth = link_.depth(queue);
            if (!depth.is_known) {
                return;
            }
            sum.entries += depth.messages;
            sum.consumers = std::max(sum.consumers, depth.consumers);
        }
        state.queues.push_back(std::move(sum));
    }

    /// What comes in the first moments of a worker waits for the broker, lest each reload refuse some of it.
    void await_link() const {
        constexpr std::chrono::milliseconds kLongest{1000};
        constexpr std::chrono::milliseconds kStep{5};
        for (auto waited = kStep; !link_.is_up() && waited < kLongest; waited += kStep) {
            std::this_thread::sleep_for(kStep);
        }
    }

    /// A node alone drains as fast as it ever does; several together twice as fast.
    void look_at_fleet() {
        std::uint32_t consumers = 0;
        for (const std::string& lane : topology_.lanes()) {
            consumers = std::max(consumers, link_.depth(topology_.lane_queue(lane, 0)).consumers);
        }
        drain_factor_.store(std::max<std::uint32_t>(consumers / (2 * workers_), 1),
                            std::memory_order_relaxed);
    }

    const std::unique_ptr<Backend> spool_;
    const std::uint32_t workers_;
    const std::string worker_;
    const Topology topology_;
    std::function<void()> wake_;
    Link link_;
    Inbox inbox_;
    GroupPublisher publisher_;
    const Access access_;
    bool is_started_ = false;
    bool was_up_ = false;
    std::int64_t fleet_at_ = 0;  ///< ms: when it is looked at again
    std::atomic<std::uint32_t> drain_factor_{1};
};

}  // namespace

std::unique_ptr<Backend> make_backend(Parts&& parts) {
    return std::make_unique<AmqpBackend>(std::move(parts));
}

}  // namespace aep::queue::amqp::stores
