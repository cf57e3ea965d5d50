#include "ngx/ngx.hpp"

#include "status/sampler.hpp"

#include <cerrno>
#include <csignal>

#include "ngx/guard.hpp"
#include "shared/tally.hpp"

namespace aep::status {
namespace {

constexpr ngx_msec_t kInterval = 1000;

bool is_running(std::uint32_t pid) noexcept {
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

}  // namespace

void reap(shared::Zone& zone) noexcept {
    shared::WorkerLines& workers = zone.statistics().workers;
    for (std::size_t at = 0; at < shared::WorkerLines::kMost; ++at) {
        const std::uint32_t pid = workers.at(at).pid.load(std::memory_order_acquire);
        if (pid != 0 && !is_running(pid)) {
            zone.statistics().count_interrupted(workers.give_up(at, pid));
        }
    }
}

void enter(shared::Zone& zone) noexcept {
    reap(zone);
    zone.set_worker(
        zone.statistics().workers.take(static_cast<std::uint32_t>(ngx_pid), shared::time_of_day()));
}

Sampler::Sampler(delivery::Worker& worker, const shared::Zone& zone) noexcept : worker_(worker), zone_(zone) {
    timer_.prepare(worker.connection(), false);
    sample();
}

void Sampler::leave(shared::Zone& zone) noexcept {
    shared::Statistics& statistics = zone.statistics();
    statistics.count_interrupted(
        statistics.workers.give_up(zone.worker(), static_cast<std::uint32_t>(ngx_pid)));
    zone.set_worker(shared::WorkerLines::kMost);
}

void Sampler::sample() noexcept {
    shared::WorkerLines::Line& line = zone_.statistics().workers.at(zone_.worker());
    const std::uint64_t now = shared::time_of_day();
    line.last_seen.store(now, std::memory_order_relaxed);
    line.is_exiting.store(ngx_exiting != 0, std::memory_order_relaxed);
    const auto edge = worker_.edge().health();
    line.edge_is_alive.store(edge.is_alive, std::memory_order_relaxed);
    line.edge_in_flight.store(static_cast<std::uint32_t>(edge.in_flight), std::memory_order_relaxed);
    if (worker_.queue() != nullptr) {
        const auto queue = worker_.queue()->engine().health();
        line.queue_is_alive.store(queue.is_alive, std::memory_order_relaxed);
        line.queue_backlog.store(static_cast<std::uint32_t>(queue.backlog), std::memory_order_relaxed);
        line.queue_sync.store(static_cast<std::uint64_t>(queue.sync.count()), std::memory_order_relaxed);
        ngx::guarded(
            ngx_cycle->log, "the numbers of the broker", [] {}, [&] { sample_broker(line, now); });
    }
    reap(zone_);
    constexpr std::uint64_t kMillisecondsPerSecond = 1000;
    zone_.statistics().keep_minute(now / kMillisecondsPerSecond, zone_.ledger().total().entries);
    timer_.set(kInterval);
}

/// Of a fleet's queue.
void Sampler::sample_broker(shared::WorkerLines::Line& line, std::uint64_t now) {
    const auto state = worker_.queue()->engine().broker();
    if (!state) {
        return;
    }
    line.broker_is_up.store(state->is_up, std::memory_order_relaxed);
    shared::BrokerFigures& figures = zone_.statistics().broker;
    figures.count({.confirms = state->confirms - counted_.confirms,
                   .confirm_time = state->confirm_time_us - counted_.confirm_time,
                   .refused = state->refused - counted_.refused,
                   .unconfirmed = state->unconfirmed - counted_.unconfirmed,
                   .reconnects = state->reconnects - counted_.reconnects});
    counted_ = {.confirms = state->confirms,
                .confirm_time = state->confirm_time_us,
                .refused = state->refused,
                .unconfirmed = state->unconfirmed,
                .reconnects = state->reconnects};
    for (const queue::BrokerState::Queue& queue : state->queues) {
        figures.note_queue(queue.name, queue.entries, queue.consumers, now);
    }
}

}  // namespace aep::status
