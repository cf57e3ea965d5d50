#pragma once

#include "ngx/ngx.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "delivery/courier.hpp"
#include "edge/engine.hpp"
#include "ngx/log.hpp"
#include "ngx/timer.hpp"
#include "queue/engine.hpp"
#include "settings/endpoint.hpp"
#include "shared/breaker.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// Where the requests of a website go.
struct Route {
    std::string datastream_id;  ///< empty: it holds variables
    std::shared_ptr<const settings::Endpoint> endpoint;
};

/// Delivers what the queue has kept, as fast as the courier says. In the worker's loop.
class Deliveries {
  public:
    /// `edge` must outlive this.
    Deliveries(const shared::Zone& zone, edge::Engine& edge, std::vector<Route>&& routes);

    /// From now on there is a queue, which must outlive this. `connection`: for a timer.
    void start(queue::Engine& queue, ngx_connection_t* connection);

    /// Whether the circuit breaker of that host lets a transfer start.
    shared::Breaker::Permit ask(const settings::Endpoint& endpoint) noexcept;
    /// `permit`: what ask() said.
    void inform_breaker(const settings::Endpoint& endpoint, shared::Breaker::Permit permit,
                        const edge::Response& response) noexcept;
    /// What ask() gave is not used.
    void give_back(const settings::Endpoint& endpoint, shared::Breaker::Permit permit) noexcept;

    void on_work(queue::Work&& work) noexcept;
    void on_lane(const std::string& lane) noexcept;
    void on_response(edge::Response&& response) noexcept;

    /// Whether an answer of Edge is for a delivery.
    [[nodiscard]] static bool owns(std::uint64_t id) noexcept { return (id & kDelivery) != 0; }

    /// The worker is told to quit: nothing more is taken from the queue.
    void quit() noexcept;
    /// What is under way is put back: others deliver it.
    void leave() noexcept;
    void stop() noexcept { timer_.cancel(); }

    [[nodiscard]] bool is_idle() const noexcept { return under_way_.empty(); }

    /// By the queue's clock; 0 without a queue.
    [[nodiscard]] queue::Time now() const noexcept;

  private:
    static constexpr std::uint64_t kDelivery = std::uint64_t{1} << 63U;

    struct UnderWay {
        queue::EntryId entry;
        std::uint32_t attempts = 0;
        std::string lane;
        std::string action;
        std::string website;
        std::shared_ptr<const settings::Endpoint> endpoint;
        shared::Breaker::Permit permit = shared::Breaker::Permit::pass;
    };

    void on_timer() noexcept;
    void pump(const std::string& lane) noexcept;
    bool send(const std::string& lane, queue::Claim&& claim);
    void settle(const UnderWay& delivery, const edge::Response& response);
    void report_trouble(const UnderWay& delivery, const edge::Response& response);
    [[nodiscard]] const std::shared_ptr<const settings::Endpoint>& endpoint_of(
        std::string_view lane, std::string_view website) const noexcept;
    Courier::Host host_of(std::string_view lane) noexcept;
    void wake_in_time() noexcept;

    shared::Zone zone_;
    edge::Engine& edge_;
    std::vector<Route> routes_;  ///< at least one
    queue::Engine* queue_ = nullptr;
    Courier courier_;
    std::vector<std::string> lanes_;
    std::unordered_map<std::uint64_t, UnderWay> under_way_;
    std::uint64_t last_id_ = 0;
    ngx::LogLimit trouble_limit_;
    bool quitting_ = false;
    bool left_ = false;
    ngx::Timer<Deliveries, &Deliveries::on_timer> timer_{*this};
};

/// What Edge asked for in Retry-After; 0: nothing.
std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept;

}  // namespace aep::delivery
