#pragma once

#include "ngx/ngx.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "delivery/courier.hpp"
#include "edge/message.hpp"
#include "settings/endpoint.hpp"
#include "shared/breaker.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// The Edge hosts, as all workers know them: which are away, and how fast a backlog may go to each. In the worker's
/// loop.
class Hosts {
  public:
    /// The leave to start one transfer to a host. What came of the transfer is told to it; a leave that is not used
    /// gives itself back, so that another transfer can find out whether the host is well again.
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

        /// The transfer has ended with this.
        void conclude(const edge::Response& response) noexcept;

      private:
        friend Hosts;
        Permit(Hosts& hosts, std::shared_ptr<const settings::Endpoint> endpoint, bool is_probe) noexcept
            : hosts_(&hosts), endpoint_(std::move(endpoint)), is_probe_(is_probe) {}

        void give_back() noexcept;
        void swap(Permit& other) noexcept {
            std::swap(hosts_, other.hosts_);
            std::swap(endpoint_, other.endpoint_);
            std::swap(is_probe_, other.is_probe_);
        }

        Hosts* hosts_ = nullptr;
        std::shared_ptr<const settings::Endpoint> endpoint_;
        bool is_probe_ = false;
    };

    /// Must outlive its permits.
    explicit Hosts(const shared::Zone& zone) noexcept : zone_(zone) {}
    Hosts(const Hosts&) = delete;
    Hosts& operator=(const Hosts&) = delete;

    /// Asks the circuit breaker of an endpoint's host.
    Permit ask(const std::shared_ptr<const settings::Endpoint>& endpoint) noexcept;

    /// What a courier has to know of a host.
    Courier::Host look(const std::string& base_url) noexcept;

    /// A part of a backlog goes to a host: so many bytes of a body.
    void charge(const std::string& base_url, std::size_t bytes) noexcept;

  private:
    void inform_breaker(const std::string& base_url, const edge::Response& response) noexcept;

    shared::Zone zone_;
};

/// What Edge asked for in Retry-After; 0: nothing.
std::chrono::milliseconds wait_asked_for(const edge::Response& response) noexcept;

}  // namespace aep::delivery
