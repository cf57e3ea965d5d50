#pragma once

#include "ngx/ngx.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "delivery/courier.hpp"
#include "delivery/routes.hpp"
#include "edge/message.hpp"
#include "settings/endpoint.hpp"
#include "shared/breaker.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// The Edge hosts and their datastreams, as all workers know them: which are away, and how fast a backlog may go to each
/// host. In the worker's loop.
///
/// What keeps every answer from coming is the host's failure, unless something else has just succeeded; then it is the
/// datastream's. A status that says "later" is the datastream's alone.
class Hosts {
  public:
    /// The leave to start one transfer to a datastream of a host. What came of the transfer is told to it; a leave that
    /// is not used gives itself back, so that another transfer can find out whether both are well again.
    class Permit {
      public:
        Permit() = default;  ///< refuses
        Permit(Permit&& other) noexcept { swap(other); }
        Permit& operator=(Permit&& other) noexcept {
            Permit taken(std::move(other));
            swap(taken);
            return *this;
        }
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;
        ~Permit() { give_back(); }

        /// Whether the transfer may start.
        explicit operator bool() const noexcept { return hosts_ != nullptr; }

        /// The transfer has ended with this. Whether others of the same datastream have succeeded lately.
        bool conclude(const edge::Response& response) noexcept;

      private:
        friend Hosts;

        void give_back() noexcept;
        void end() noexcept;
        void swap(Permit& other) noexcept {
            std::swap(hosts_, other.hosts_);
            std::swap(endpoint_, other.endpoint_);
            std::swap(datastream_, other.datastream_);
            std::swap(counted_at_, other.counted_at_);
            std::swap(is_configured_, other.is_configured_);
            std::swap(probes_host_, other.probes_host_);
            std::swap(probes_datastream_, other.probes_datastream_);
        }

        Hosts* hosts_ = nullptr;
        std::shared_ptr<const settings::Endpoint> endpoint_;
        std::uint64_t datastream_ = 0;
        std::size_t counted_at_ = 0;  ///< the host's place in shared::Statistics
        bool is_configured_ = false;
        bool probes_host_ = false;
        bool probes_datastream_ = false;
    };

    /// `routes` must outlive this, and this its permits.
    Hosts(const shared::Zone& zone, const Routes& routes) noexcept : zone_(zone), routes_(routes) {}
    Hosts(const Hosts&) = delete;
    Hosts& operator=(const Hosts&) = delete;

    /// Asks the circuit breakers of an endpoint's host and of a datastream.
    Permit ask(const std::shared_ptr<const settings::Endpoint>& endpoint,
               std::string_view datastream_id) noexcept;

    /// Whether a transfer for which no page waits may use a connection to an endpoint's host: half of this worker's stay
    /// free for the others.
    [[nodiscard]] bool has_room(const settings::Endpoint& endpoint) noexcept;

    /// For how many ms a datastream gets nothing; 0: it may get something.
    std::uint64_t rest_of(std::string_view base_url, std::string_view datastream_id) noexcept;

    /// What a courier has to know of a host.
    Courier::Host look(const std::string& base_url) noexcept;

    /// A part of a backlog goes to a host: so many bytes of a body, counted so many times.
    void charge(const std::string& base_url, std::size_t bytes, std::uint32_t times) noexcept;

  private:
    [[nodiscard]] std::size_t counted_at(const settings::Endpoint& endpoint) noexcept;

    /// How many transfers of this worker are under way to a host.
    std::atomic<std::uint32_t>& under_way(std::size_t host) noexcept {
        return zone_.statistics().workers.at(zone_.worker()).requests[host];
    }

    shared::Zone zone_;
    const Routes& routes_;
};

/// What Edge asked for in Retry-After; 0: nothing.
std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept;

}  // namespace aep::delivery
