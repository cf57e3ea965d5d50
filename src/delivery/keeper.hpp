#pragma once

#include "ngx/ngx.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ngx/log.hpp"
#include "ngx/mailbox.hpp"
#include "ngx/posted.hpp"
#include "queue/engine.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// The queue, as this worker's loop sees it: who asked for what, and the way back from its thread.
class Keeper final : private ngx::Doorbell::Listener {
  public:
    struct Settings {
        std::string directory;
        queue::Limits limits;
        std::chrono::milliseconds longest_transfer{0};  ///< waiting for a connection included
    };

    /// Who asked to keep something, or for the turn of a consent.
    struct Client {
        /// `id`: as in queue::Appended.
        virtual void on_kept(std::uint64_t ticket, std::optional<queue::EntryId> id) noexcept = 0;
        virtual void on_consent_turn(std::uint64_t ticket,
                                     queue::ConsentStore::Withdrawal result) noexcept = 0;
        virtual void on_work(queue::Work&& work) noexcept = 0;
        virtual void on_lane(const std::string& lane) noexcept = 0;

      protected:
        ~Client() = default;
    };

    /// Starts the queue's thread. Null after a message in the log.
    static std::unique_ptr<Keeper> start(ngx_log_t* log, const shared::Zone& zone, const Settings& settings,
                                         Client& client) noexcept;

    /// Ends the thread after what was asked for; false when it had to be left behind: this must not be destroyed then.
    bool stop(std::chrono::milliseconds patience) noexcept;

    /// Each returns the ticket that the answer comes with, and takes the entry over. May throw std::bad_alloc.
    std::uint64_t keep(std::shared_ptr<queue::Entry> entry, bool claimed);
    std::uint64_t keep_consent(std::string identity, queue::ConsentOrder::Turn turn,
                               std::shared_ptr<queue::Entry> entry, bool claimed);
    std::uint64_t withdraw_consent(std::string identity);

    queue::Engine& engine() noexcept { return engine_; }

  private:
    Keeper(const shared::Zone& zone, const Settings& settings, Client& client);

    void on_ring() noexcept override;
    void on_quit() noexcept override {}
    void handle(queue::Event& event);
    void wake_engine() noexcept { engine_.wake(); }

    shared::Zone zone_;
    Client& client_;
    ngx::Mailbox<std::vector<queue::Event>> mailbox_;
    queue::Engine engine_;
    /// So that all that one turn of the loop asks for costs one wake-up, and is one group.
    ngx::Posted<Keeper, &Keeper::wake_engine> wake_{*this};
    std::uint64_t last_ticket_ = 0;
};

}  // namespace aep::delivery
