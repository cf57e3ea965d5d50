#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "delivery/deliveries.hpp"
#include "delivery/hosts.hpp"
#include "delivery/queue_client.hpp"
#include "delivery/tokens.hpp"
#include "edge/engine.hpp"
#include "ngx/mailbox.hpp"
#include "ngx/posted.hpp"
#include "ngx/timer.hpp"
#include "settings/configuration.hpp"
#include "settings/runtime.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// What one worker process sends with: the engine to Edge, the queue, the deliveries of what waits in it, and the end
/// of all of them. One object per worker process.
class Worker final : private ngx::Doorbell::Listener {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::worker;

    /// Who sends requests of its own, besides the deliveries: it lives as long as the worker.
    struct Sender {
        virtual void on_response(edge::Response&& response) noexcept = 0;  ///< to a request that it sent
        /// The worker is exiting: what needs longer than a second from now is lost to whoever waits for it.
        virtual void on_quit() noexcept = 0;
        /// Nobody who waits can be answered any more.
        virtual void let_waiters_go() noexcept = 0;
        /// Edge says nothing any more: what nobody has is to be given to the queue now.
        virtual void hand_over_to_queue() noexcept = 0;
        [[nodiscard]] virtual bool is_idle() const noexcept = 0;  ///< nothing is under way

      protected:
        ~Sender() = default;
    };

    struct Settings {
        std::optional<QueueClient::Settings> queue;  ///< nothing: aep_queue off
        std::vector<Route> routes;                   ///< at least one
        std::optional<Tokens::Settings> tokens;      ///< nothing: Edge wants none
    };

    /// What a configuration says. Throws std::bad_alloc.
    static Settings settings_of(const settings::MainConf& main);

    /// Starts the engines. Null after a message in the log: the gateway then refuses everything.
    static std::unique_ptr<Worker> start(ngx_log_t* log, const shared::Zone& zone,
                                         Settings&& settings) noexcept;

    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Ends all of it, in at most two seconds. False when an engine's thread is stuck then, in a resolver or on a disk:
    /// this and the senders must not be destroyed, as that would take away what the thread works with.
    bool stop() noexcept;

    /// Returns what the sender's requests carry in edge::Request::sender.
    std::uint32_t add(Sender& sender);

    /// A sender has nothing under way any more: an exiting worker need not wait for it.
    void end_grace_when_idle() noexcept;

    edge::Engine& edge() noexcept { return engine_; }
    Hosts& hosts() noexcept { return hosts_; }
    /// For timers.
    [[nodiscard]] ngx_connection_t* connection() const noexcept { return mailbox_.connection(); }
    [[nodiscard]] const Routes& routes() const noexcept { return routes_; }
    QueueClient* queue() noexcept { return queue_.get(); }  ///< null: there is none
    /// For Edge's authenticated host. Null: requests go to the other one.
    Authorization* authorization() noexcept { return tokens_ ? &*tokens_ : nullptr; }
    /// By the queue's clock; 0 without a queue.
    [[nodiscard]] queue::Time now() const noexcept { return deliveries_.now(); }

  private:
    using Message = std::variant<edge::Response, std::string>;  ///< a result, or a line for the log

    Worker(const shared::Zone& zone, std::vector<Route>&& routes, std::optional<Tokens::Settings>&& tokens);

    void post(edge::Response&& response);
    void dispatch(edge::Response&& response) noexcept;
    void on_ring() noexcept override;
    void on_quit() noexcept override;
    [[nodiscard]] bool is_idle() const noexcept;
    void wake_engine() noexcept { engine_.wake(); }
    void end_grace() noexcept { deliveries_.leave(); }

    shared::Zone zone_;  ///< by value: nothing here points into a configuration that a reload may free
    ngx::Mailbox<Message> mailbox_;
    edge::Engine engine_;
    Routes routes_;
    Hosts hosts_;
    std::optional<Tokens> tokens_;
    Deliveries deliveries_;
    std::unique_ptr<QueueClient> queue_;
    std::vector<Sender*> senders_;
    /// So that all that one turn of the loop submits costs one wake-up.
    ngx::Posted<Worker, &Worker::wake_engine> wake_{*this};
    /// Keeps an exiting worker while something is under way without a waiter.
    ngx::Timer<Worker, &Worker::end_grace> grace_{*this};
};

}  // namespace aep::delivery
