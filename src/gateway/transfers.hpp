#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "delivery/hosts.hpp"
#include "delivery/log_limits.hpp"
#include "delivery/queue_client.hpp"
#include "delivery/worker.hpp"
#include "edge/message.hpp"
#include "gateway/queued_request.hpp"
#include "gateway/transfer_state.hpp"
#include "protocol/site.hpp"
#include "settings/runtime.hpp"
#include "shared/zone.hpp"

namespace aep::gateway {

/// The live requests of one worker, from the moment they are complete until Edge or the queue has them, and who waits
/// for each.
///
/// What goes on does so without its request when the client goes away or has its answer; it is then settled here.
/// One object per worker process.
class Transfers final : private delivery::Worker::Sender, private delivery::QueueClient::Asker {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::transfers;

    /// Who waits for an answer. Lives in a request's pool. One of the first two comes, unless it is detached.
    struct Waiter {
        /// Edge has spoken, for or against.
        virtual void on_edge_answer(edge::Response&& response) noexcept = 0;
        /// Edge does not take the request now. `safe`: but it will be delivered, or there is nothing to deliver.
        virtual void on_local_answer(bool safe) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting: a second from now must be enough

      protected:
        ~Waiter() = default;
    };

    /// `worker` must outlive this.
    Transfers(delivery::Worker& worker, const shared::Zone& zone);
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    delivery::Hosts& hosts() noexcept { return worker_.hosts(); }
    [[nodiscard]] bool has_queue() const noexcept { return worker_.queue() != nullptr; }

    /// Of the pages that this worker's requests come from.
    protocol::SiteCache& sites() noexcept { return sites_; }

    /// Starts a transfer; returns what names it here. Throws std::bad_alloc.
    std::uint64_t submit(edge::Request&& request, Subject&& subject, delivery::Hosts::Permit&& permit,
                         Waiter& waiter);

    /// Gives a request to the queue without trying Edge first. Only with a queue. Throws std::bad_alloc.
    std::uint64_t append(edge::Request&& request, Subject&& subject, Waiter& waiter);

    /// The waiter will not wait for Edge any longer: the queue is to keep the request, and the transfer that goes on
    /// settles the entry. on_local_answer() follows, maybe at once.
    void end_patience(std::uint64_t id) noexcept;

    /// The waiter waits no more. The rest goes on.
    void detach(std::uint64_t id) noexcept;

  private:
    struct Transfer {
        Subject subject;
        std::shared_ptr<const edge::Request> request;  ///< null: the queue has all of it
        Waiter* waiter = nullptr;
        delivery::Hosts::Permit permit;
        queue::ConsentOrder::Turn turn;  ///< of a set-consent
        TransferState state = TransferState::in_flight;
        queue::EntryId entry;  ///< that the transfer in flight owns, once the queue has it
        std::optional<queue::Settlement> settlement;  ///< of it, or what a failed attempt makes of it
    };
    using Map = std::unordered_map<std::uint64_t, Transfer>;

    void on_response(edge::Response&& response) noexcept override;
    void on_quit() noexcept override;
    void let_waiters_go() noexcept override;
    void hand_over_to_queue() noexcept override;
    [[nodiscard]] bool is_idle() const noexcept override { return transfers_.empty(); }
    void on_appended(std::uint64_t id, std::optional<queue::EntryId> entry) noexcept override;
    void on_consent_turn(std::uint64_t id, queue::ConsentStore::Withdrawal result) noexcept override;

    Map::iterator add(Subject&& subject, Waiter& waiter, TransferState state);
    void happen(Map::iterator at, Happening happening, edge::Response* response = nullptr) noexcept;
    void perform(Map::iterator at, const Step& step, edge::Response* response) noexcept;
    static void count(const Transfer& transfer, Happening happening, const Step& step,
                      const edge::Response* response) noexcept;
    [[nodiscard]] Happening happening_of(const Transfer& transfer,
                                         const edge::Response& response) const noexcept;
    void report(const Transfer& transfer, Happening happening, const edge::Response& response);
    bool start(Transfer& transfer) noexcept;
    std::optional<Happening> ask_queue(std::uint64_t id, Transfer& transfer) noexcept;
    void give_to_queue(std::uint64_t id, const Transfer& transfer, std::shared_ptr<queue::Entry> entry);
    void note_settlement(Transfer& transfer, const edge::Response& response) noexcept;
    void settle(Transfer& transfer) noexcept;
    void change_window(const Subject& subject, Step::Repeat repeat) noexcept;
    void report_trouble(const Subject& subject, std::string_view why);

    delivery::Worker& worker_;
    shared::Zone zone_;  ///< by value: nothing here points into a configuration that a reload may free
    protocol::SiteCache sites_;
    Map transfers_;
    std::uint32_t sender_;
    std::uint64_t last_id_ = 0;
    delivery::LogLimits trouble_limits_;
};

}  // namespace aep::gateway
