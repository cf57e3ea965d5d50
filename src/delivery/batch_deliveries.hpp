#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "delivery/authorization.hpp"
#include "delivery/batch.hpp"
#include "delivery/courier.hpp"
#include "delivery/hosts.hpp"
#include "delivery/log_limits.hpp"
#include "delivery/routes.hpp"
#include "edge/engine.hpp"
#include "queue/engine.hpp"
#include "queue/event.hpp"
#include "settings/endpoint.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// Sends back office events in batches, and tells the queue what became of each. In the worker's loop.
class BatchDeliveries {
  public:
    /// `sender`: what its requests carry. All the others must outlive this. `authorization`: null where Edge takes them without.
    BatchDeliveries(std::uint32_t sender, const shared::Zone& zone, edge::Engine& edge, Hosts& hosts,
                    const Routes& routes, LogLimits& trouble_limits, Authorization* authorization) noexcept;

    /// From now on there is a queue, which must outlive this.
    void start(queue::Engine& queue) noexcept { queue_ = &queue; }

    /// A batch that came to its end.
    struct Ended {
        std::string edge;
        Courier::Ending ending = Courier::Ending::answered;
    };

    /// Sends a batch, or puts it back. Nothing as long as it is under way.
    std::optional<Ended> send(queue::Batch&& batch) noexcept;

    /// Whether a response is to one of its requests.
    [[nodiscard]] static bool is_own(std::uint64_t id) noexcept { return (id & kMark) != 0; }
    std::optional<Ended> on_response(const edge::Response& response) noexcept;

    /// The worker is told to quit: what is under way comes to its end, nothing more is sent.
    void quit() noexcept { quitting_ = true; }
    [[nodiscard]] bool is_idle() const noexcept { return under_way_.empty(); }

  private:
    /// In the numbers of its requests, which tells them from those of others.
    static constexpr std::uint64_t kMark = std::uint64_t{1} << 63U;

    struct UnderWay {
        std::uint64_t id = 0;  ///< of each of its requests, as there is one at a time
        std::string edge;
        std::string website;
        Batch batch;
        bool is_elsewhere = false;  ///< at another host than that of its Edge
        Hosts::Permit permit;
        Authorization::Header shown;
    };

    template <typename Step>
    std::optional<Ended> take(UnderWay& delivery, Step step) noexcept;
    std::optional<Courier::Ending> send_next(UnderWay& delivery);
    std::optional<Courier::Ending> conclude(UnderWay& delivery, const edge::Response& response);
    void submit(UnderWay& delivery, const std::shared_ptr<const settings::Endpoint>& endpoint);
    void settle_taken(const UnderWay& delivery, const edge::Response& response);
    void bury(const UnderWay& delivery, const edge::Response& response);
    void put_back(const UnderWay& delivery) noexcept;
    void postpone(const UnderWay& delivery, const Ruling& ruling);

    std::uint32_t sender_;
    shared::Zone zone_;
    edge::Engine& edge_;
    Hosts& hosts_;
    const Routes& routes_;
    LogLimits& trouble_limits_;
    Authorization* authorization_;
    queue::Engine* queue_ = nullptr;
    std::unordered_map<std::uint64_t, UnderWay> under_way_;
    std::uint64_t last_id_ = 0;
    bool quitting_ = false;
};

}  // namespace aep::delivery
