#pragma once

#include "ngx/ngx.hpp"

#include "delivery/worker.hpp"
#include "ngx/timer.hpp"
#include "settings/runtime.hpp"
#include "shared/broker_figures.hpp"
#include "shared/zone.hpp"

namespace aep::status {

/// Takes this process's line among those of all workers, before anything is counted in it.
void enter(shared::Zone& zone) noexcept;

/// Gives the lines of processes that are not there any more up.
void reap(shared::Zone& zone) noexcept;

/// Tells each second how this worker does, and remembers how everything is when a minute begins. One object per worker
/// process, which ends before the worker's connection does.
class Sampler {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::sampler;

    /// `worker` must outlive this.
    Sampler(delivery::Worker& worker, const shared::Zone& zone) noexcept;
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;
    ~Sampler() { timer_.cancel(); }

    /// The process ends: nothing is under way in it any more.
    static void leave(shared::Zone& zone) noexcept;

  private:
    void sample() noexcept;
    void sample_broker(shared::WorkerLines::Line& line, std::uint64_t now);

    delivery::Worker& worker_;
    shared::Zone zone_;
    shared::BrokerFigures::Totals counted_;  ///< of this process
    ngx::Timer<Sampler, &Sampler::sample> timer_{*this};
};

}  // namespace aep::status
