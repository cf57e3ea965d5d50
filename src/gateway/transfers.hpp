#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "edge/breaker.hpp"
#include "edge/engine.hpp"
#include "gateway/action.hpp"
#include "ngx/log.hpp"
#include "ngx/mailbox.hpp"
#include "status/zone.hpp"

namespace aep::gateway {

/// All transfers of one worker: the engine, the way back from it, and who waits for what.
///
/// A transfer outlives its request when the client goes away or gets a local answer before Edge has spoken;
/// what became of it is then settled here. One object per worker process.
class Transfers final : private ngx::Doorbell::Listener {
  public:
    /// Who waits for an answer. Lives in a request's pool.
    struct Waiter {
        virtual void on_response(edge::Response&& response) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting: a second from now must be enough

      protected:
        ~Waiter() = default;
    };

    /// What is known of a request besides what is sent.
    struct Subject {
        Action action = Action::interact;
        std::string datastream_id;
        std::uint64_t window_key = 0;  ///< in status::RequestWindow; 0: it is not in there
    };

    /// Starts the engine. Null after a message in the log: the gateway then makes local answers only.
    static Transfers* start(ngx_log_t* log, const status::Zone& zone) noexcept;

    /// Ends all of it, in at most a second, and destroys it; but not when the engine's thread is stuck then, in a
    /// resolver: that would take away what the thread works with.
    static void stop(Transfers* transfers) noexcept;

    /// Whether the circuit breaker of that host lets a transfer start.
    edge::Breaker::Permit ask(const settings::Endpoint& endpoint) noexcept;

    /// Starts a transfer; returns what names it here. `request.id` is set by this.
    std::uint64_t submit(edge::Request&& request, Subject&& subject, Waiter& waiter);

    /// The waiter waits no more. The transfer goes on.
    void detach(std::uint64_t id) noexcept;

    /// Counts a request that is answered locally and kept nowhere.
    void lose(const Subject& subject, std::string_view why) noexcept;

  private:
    using Message = std::variant<edge::Response, std::string>;  ///< a result, or a line for the log

    struct Transfer {
        Subject subject;
        std::shared_ptr<const settings::Endpoint> endpoint;
        Waiter* waiter = nullptr;
    };

    explicit Transfers(const status::Zone& zone);

    bool end() noexcept;
    void on_ring() noexcept override;
    void on_quit() noexcept override;
    void finish(edge::Response&& response);
    void settle(const Transfer& transfer, const edge::Response& response);
    void inform_breaker(const Transfer& transfer, const edge::Response& response) noexcept;
    void report_refusal(const Transfer& transfer, const edge::Response& response);
    void forget(const Subject& subject) noexcept;
    void end_grace_when_idle() noexcept;

    status::Zone zone_;  ///< by value: nothing here points into a configuration that a reload may free
    ngx::Mailbox<Message> mailbox_;
    edge::Engine engine_;
    std::unordered_map<std::uint64_t, Transfer> transfers_;
    std::uint64_t last_id_ = 0;
    ngx::LogLimit loss_limit_;
    ngx_event_t grace_{};  ///< keeps an exiting worker while transfers without a waiter are under way
};

}  // namespace aep::gateway
