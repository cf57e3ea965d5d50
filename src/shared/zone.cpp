#include "ngx/ngx.hpp"

#include "shared/zone.hpp"

#include <new>

#include "ngx/pool.hpp"
#include "ngx/string.hpp"
#include "shared/kept_memory.hpp"
#include "shared/tally.hpp"

extern "C" ngx_module_t ngx_http_aep_module;

namespace aep::shared {

Zone* Zone::add(ngx_conf_t* cf) noexcept {
    // The slab allocator keeps its own pages in front and rounds up to whole pages.
    constexpr std::size_t kSlack = 32;
    const std::size_t size = (sizeof(SharedState) / ngx_pagesize + kSlack) * ngx_pagesize;
    ngx_str_t name = ngx::unowned("ngx_http_aep");
    ngx_shm_zone_t* shared = ngx_shared_memory_add(cf, &name, size, &ngx_http_aep_module);
    auto* zone = ngx::make<Zone>(cf->pool);
    if (shared == nullptr || zone == nullptr) {
        return nullptr;
    }
    shared->init = initialize;
    shared->data = zone;
    return zone;
}

/// `before`: the Zone of the configuration before; null: this is the first one.
bool Zone::find_statistics(const Zone* before) noexcept {
    if (before != nullptr) {
        statistics_ = before->statistics_;
        return true;
    }
    void* memory = kept_memory("ngx_http_aep_counters_2", sizeof(Statistics));
    if (memory == nullptr) {
        return false;
    }
    // All zero it is what it is to be, and where another master has used it before it has to stay as it is.
    statistics_ = static_cast<Statistics*>(memory);
    std::uint64_t never = 0;
    statistics_->since.compare_exchange_strong(never, time_of_day());
    return true;
}

/// Runs for each configuration; `old` is the Zone of the one before when nginx kept the memory (a reload).
ngx_int_t Zone::initialize(ngx_shm_zone_t* shared, void* old) noexcept {
    auto& zone = *static_cast<Zone*>(shared->data);
    zone.pool_ = reinterpret_cast<ngx_slab_pool_t*>(shared->shm.addr);
    void* kept =
        old != nullptr ? static_cast<Zone*>(old)->state_ : (shared->shm.exists ? zone.pool_->data : nullptr);
    if (!zone.find_statistics(static_cast<const Zone*>(old))) {
        ngx_log_error(NGX_LOG_EMERG, shared->shm.log, ngx_errno, "aep: there is no memory for counters");
        return NGX_ERROR;
    }
    if (kept != nullptr && static_cast<SharedState*>(kept)->layout == SharedState::kLayout) {
        zone.state_ = static_cast<SharedState*>(kept);
        return NGX_OK;
    }
    void* memory = ngx_slab_alloc(zone.pool_, sizeof(SharedState));
    if (memory == nullptr) {
        ngx_log_error(NGX_LOG_EMERG, shared->shm.log, 0, "aep: shared memory zone \"%V\" is too small",
                      &shared->shm.name);
        return NGX_ERROR;
    }
    zone.state_ = new (memory) SharedState();
    zone.pool_->data = zone.state_;
    return NGX_OK;
}

}  // namespace aep::shared
