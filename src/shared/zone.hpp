#pragma once

#include "ngx/ngx.hpp"

#include "queue/consent_order.hpp"
#include "queue/ledger.hpp"
#include "queue/pace.hpp"
#include "settings/runtime.hpp"
#include "shared/breaker.hpp"
#include "shared/counters.hpp"
#include "shared/first_time.hpp"
#include "shared/per_datastream.hpp"
#include "shared/per_host.hpp"
#include "shared/request_window.hpp"
#include "shared/statistics.hpp"
#include "shared/token.hpp"
#include "text/digest.hpp"

namespace aep::shared {

/// What all workers share. Kept over reloads, so its layout carries a version.
struct SharedState {
    static constexpr std::uint64_t kLayout = 0x6165700000000006;  // "aep", version 6

    std::uint64_t layout = kLayout;
    Counters counters;
    PerHost<Breaker> hosts{};
    PerDatastream<Breaker> datastreams{};
    PerHost<queue::Pace> paces{};  ///< of what waited
    queue::Ledger ledger{};
    RequestWindow window{};
    queue::ConsentOrder consents{};
    FirstTime notices{};   ///< of what is said once: see Zone::is_news()
    FirstTime refusals{};  ///< by Edge, of a datastream, with a status
    Token token{};         ///< for Edge's authenticated host
};

/// The module's shared memory zone, as one configuration sees it.
class Zone {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::shared_memory;

    /// Asks nginx for the zone while the configuration is read. Null on failure.
    static Zone* add(ngx_conf_t* cf) noexcept;

    Counters& counters() noexcept { return state_->counters; }
    queue::Ledger& ledger() noexcept { return state_->ledger; }
    Statistics& statistics() noexcept { return *statistics_; }
    /// When the counters began: ms since 1970.
    [[nodiscard]] std::uint64_t since() const noexcept {
        return statistics_->since.load(std::memory_order_relaxed);
    }

    /// This process's line among those of all workers; WorkerLines::kMost: it has none. Copies made later know it.
    [[nodiscard]] std::size_t worker() const noexcept { return worker_; }
    void set_worker(std::size_t line) noexcept { worker_ = line; }

    /// Runs `use(SharedState&)` with the zone's lock held, which nginx frees if the worker dies meanwhile.
    template <typename Use>
    auto locked(Use&& use) noexcept {
        struct Lock {
            explicit Lock(ngx_slab_pool_t* slab) noexcept : pool(slab) { ngx_shmtx_lock(&pool->mutex); }
            ~Lock() { ngx_shmtx_unlock(&pool->mutex); }
            Lock(const Lock&) = delete;
            Lock& operator=(const Lock&) = delete;
            ngx_slab_pool_t* pool;
        };
        const Lock lock(pool_);
        return use(*state_);
    }

    /// Whether this is the first time, in any worker, that something is said of somebody. What is said must not be for
    /// visitors to make up: see FirstTime.
    bool is_news(std::string_view whom, std::string_view what) noexcept {
        const std::uint64_t key = text::fingerprint(whom, what);
        return locked([key](SharedState& shared) { return shared.notices.note(key); });
    }

  private:
    bool find_statistics(const Zone* before) noexcept;
    static ngx_int_t initialize(ngx_shm_zone_t* shared, void* old) noexcept;

    SharedState* state_ = nullptr;
    Statistics* statistics_ = nullptr;  ///< beside the zone, so that it outlives a change of the binary
    ngx_slab_pool_t* pool_ = nullptr;
    std::size_t worker_ = WorkerLines::kMost;
};

}  // namespace aep::shared
