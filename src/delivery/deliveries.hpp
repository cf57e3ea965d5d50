#pragma once

#include "ngx/ngx.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "delivery/authorization.hpp"
#include "delivery/batch_deliveries.hpp"
#include "delivery/courier.hpp"
#include "delivery/hosts.hpp"
#include "delivery/log_limits.hpp"
#include "delivery/queue_client.hpp"
#include "delivery/routes.hpp"
#include "edge/engine.hpp"
#include "ngx/timer.hpp"
#include "queue/engine.hpp"
#include "settings/endpoint.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// Delivers what the queue has kept, as fast as the courier says. In the worker's loop.
class Deliveries final : public QueueClient::Deliverer {
  public:
    /// What its requests carry as their sender.
    static constexpr std::uint32_t kSender = 0;

    /// All of them must outlive this. `authorization`: of back office events; null where Edge takes them without.
    Deliveries(const shared::Zone& zone, edge::Engine& edge, Hosts& hosts, const Routes& routes,
               Authorization* authorization) noexcept;

    /// From now on there is a queue, which must outlive this. `connection`: for a timer.
    void start(queue::Engine& queue, ngx_connection_t* connection);

    void on_work(queue::Work&& work) noexcept override;
    void on_batch(queue::Batch&& batch) noexcept override;
    void on_edge(const std::string& edge) noexcept override;
    void on_response(edge::Response&& response) noexcept;

    /// The worker is told to quit: nothing more is taken from the queue.
    void quit() noexcept;
    /// What is under way is put back: others deliver it.
    void leave() noexcept;
    void stop() noexcept { timer_.cancel(); }

    /// What kept something back is gone: all Edges are looked at again.
    void go_on() noexcept { on_timer(); }

    [[nodiscard]] bool is_idle() const noexcept { return under_way_.empty() && batches_.is_idle(); }

    /// By the queue's clock; 0 without a queue.
    [[nodiscard]] queue::Time now() const noexcept;

  private:
    struct UnderWay {
        queue::EntryId entry;
        queue::Time received = 0;
        std::uint32_t attempts = 0;
        std::string edge;
        std::string action;
        std::string website;
        Hosts::Permit permit;
    };

    void on_timer() noexcept;
    void pump(const std::string& edge) noexcept;
    void deliver(const std::string& edge, queue::Claim& claim);
    bool send(const std::string& edge, const std::shared_ptr<const settings::Endpoint>& endpoint,
              queue::Claim& claim);
    void put_back(const std::string& edge, const std::shared_ptr<const settings::Endpoint>& endpoint,
                  const queue::Claim& claim);
    void wait_for_website(const std::string& edge, const queue::Claim& claim);
    void postpone(const queue::Claim& claim, std::chrono::milliseconds pause);
    void settle(const UnderWay& delivery, const edge::Response& response, bool others_succeed);
    void on_end_of_batch(const std::optional<BatchDeliveries::Ended>& ended) noexcept;
    void wake_in_time() noexcept;

    shared::Zone zone_;
    edge::Engine& edge_;
    Hosts& hosts_;
    const Routes& routes_;
    queue::Engine* queue_ = nullptr;
    Courier courier_;
    std::vector<std::string> edges_;
    std::unordered_map<std::uint64_t, UnderWay> under_way_;
    std::uint64_t last_id_ = 0;
    LogLimits trouble_limits_;
    BatchDeliveries batches_;
    bool quitting_ = false;
    bool left_ = false;
    ngx::Timer<Deliveries, &Deliveries::on_timer> timer_{*this};
};

}  // namespace aep::delivery
