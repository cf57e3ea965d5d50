#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "delivery/deliveries.hpp"
#include "delivery/keeper.hpp"
#include "edge/engine.hpp"
#include "gateway/kept_request.hpp"
#include "ngx/log.hpp"
#include "ngx/mailbox.hpp"
#include "ngx/posted.hpp"
#include "ngx/timer.hpp"
#include "protocol/site.hpp"
#include "shared/breaker.hpp"
#include "shared/zone.hpp"

namespace aep::gateway {

/// The live requests of one worker, from the moment they are complete until Edge or the queue has them: the engine,
/// the way back from it, and who waits for what.
///
/// What goes on does so without its request when the client goes away or has its answer; it is then settled here.
/// One object per worker process.
class Transfers final : private ngx::Doorbell::Listener, private delivery::Keeper::Client {
  public:
    /// Who waits for an answer. Lives in a request's pool. One of the first two comes, unless it is detached.
    struct Waiter {
        /// Edge has spoken, for or against.
        virtual void on_response(edge::Response&& response) noexcept = 0;
        /// Edge does not take the request now. `kept`: but it is safe, and will be delivered.
        virtual void on_kept(bool kept) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting: a second from now must be enough

      protected:
        ~Waiter() = default;
    };

    struct Settings {
        std::optional<delivery::Keeper::Settings> queue;  ///< nothing: aep_queue off
        std::vector<delivery::Route> routes;
    };

    /// Starts the engines. Null after a message in the log: the gateway then refuses everything.
    static Transfers* start(ngx_log_t* log, const shared::Zone& zone, Settings&& settings) noexcept;

    /// Ends all of it, in at most two seconds, and destroys it; but not when an engine's thread is stuck then, in a
    /// resolver or on a disk: that would take away what the thread works with.
    static void stop(Transfers* transfers) noexcept;

    /// Whether the circuit breaker of that host lets a transfer start.
    shared::Breaker::Permit ask(const settings::Endpoint& endpoint) noexcept {
        return deliveries_.ask(endpoint);
    }

    /// Of the pages that this worker's requests come from.
    protocol::SiteCache& sites() noexcept { return sites_; }

    [[nodiscard]] bool has_queue() const noexcept { return keeper_ != nullptr; }

    /// Starts a transfer, with the permit that ask() gave for it; returns what names it here.
    std::uint64_t submit(edge::Request&& request, Subject&& subject, shared::Breaker::Permit permit,
                         Waiter& waiter);

    /// Keeps a request for later without trying Edge first. Only with a queue.
    std::uint64_t keep(edge::Request&& request, Subject&& subject, Waiter& waiter);

    /// The waiter will not wait for Edge any longer: the request is kept, and the transfer that goes on settles it.
    /// on_kept() follows, maybe at once.
    void keep_running(std::uint64_t id) noexcept;

    /// The waiter waits no more. The rest goes on.
    void detach(std::uint64_t id) noexcept;

  private:
    using Message = std::variant<edge::Response, std::string>;  ///< a result, or a line for the log

    enum class Keeping : std::uint8_t {
        none,
        asked,  ///< the queue has been told
        kept,
    };

    struct Transfer {
        Subject subject;
        std::shared_ptr<const edge::Request> request;  ///< null: the queue has all of it
        Waiter* waiter = nullptr;
        shared::Breaker::Permit permit = shared::Breaker::Permit::pass;
        queue::ConsentOrder::Turn turn;  ///< of a set-consent
        bool waits_for_turn = false;     ///< a set-consent, until the queue has looked for an older one
        bool is_running = false;
        Keeping keeping = Keeping::none;
        queue::EntryId entry;                         ///< that the running transfer owns, once it is kept
        std::optional<queue::Settlement> settlement;  ///< of it, before its identifier is known
    };
    using Map = std::unordered_map<std::uint64_t, Transfer>;

    explicit Transfers(const shared::Zone& zone, std::vector<delivery::Route>&& routes);

    void post(edge::Response&& response);
    bool end() noexcept;
    void keep_the_rest() noexcept;
    void on_ring() noexcept override;
    void on_quit() noexcept override;
    void on_kept(std::uint64_t ticket, std::optional<queue::EntryId> entry) noexcept override;
    void on_consent_turn(std::uint64_t ticket, queue::ConsentStore::Withdrawal result) noexcept override;
    void on_work(queue::Work&& work) noexcept override { deliveries_.on_work(std::move(work)); }
    void on_lane(const std::string& lane) noexcept override { deliveries_.on_lane(lane); }

    Map::iterator add(Subject&& subject, Waiter& waiter);
    void run(Transfer& transfer);
    void keep_unsent(Map::iterator at) noexcept;
    bool ask_to_keep(std::uint64_t id, Transfer& transfer, std::uint32_t attempts, queue::Time due);
    void give_to_queue(std::uint64_t id, Transfer& transfer, std::shared_ptr<queue::Entry> entry);
    void keep_or_refuse(std::uint64_t id, std::uint32_t attempts, queue::Time due) noexcept;
    void finish(edge::Response&& response);
    void conclude(Map::iterator at, edge::Response&& response);
    void conclude_kept(Map::iterator at, edge::Response&& response);
    [[nodiscard]] queue::Settlement settlement_of_first(const edge::Response& response) const;
    void note_safe(const Subject& subject) noexcept;
    void forget(const Subject& subject) noexcept;
    void report_trouble(const Subject& subject, std::string_view why) noexcept;
    void wake_engine() noexcept { engine_.wake(); }
    void end_grace() noexcept;
    void end_grace_when_idle() noexcept;

    shared::Zone zone_;  ///< by value: nothing here points into a configuration that a reload may free
    ngx::Mailbox<Message> mailbox_;
    edge::Engine engine_;
    std::unique_ptr<delivery::Keeper> keeper_;  ///< null: there is no queue
    delivery::Deliveries deliveries_;
    protocol::SiteCache sites_;
    Map transfers_;
    std::unordered_map<std::uint64_t, std::uint64_t> tickets_;  ///< of the queue, to what they are for
    std::uint64_t last_id_ = 0;
    ngx::LogLimit trouble_limit_;
    /// So that all that one turn of the loop submits costs one wake-up.
    ngx::Posted<Transfers, &Transfers::wake_engine> wake_{*this};
    /// Keeps an exiting worker while something is under way without a waiter.
    ngx::Timer<Transfers, &Transfers::end_grace> grace_{*this};
};

}  // namespace aep::gateway
