#pragma once

#include "ngx/ngx.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "ngx/log.hpp"
#include "ngx/mailbox.hpp"
#include "ngx/posted.hpp"
#include "queue/backend.hpp"
#include "queue/dead_letters.hpp"
#include "queue/engine.hpp"
#include "shared/zone.hpp"

namespace aep::delivery {

/// The queue, as this worker's loop sees it: who asked for what, and the way back from its thread.
class QueueClient final : private ngx::Doorbell::Listener {
  public:
    struct Settings {
        std::unique_ptr<queue::Backend> backend;
        queue::Limits limits;
    };

    /// Who asks for something, and is told what came of it, by the number that it gave. Lives as long as the worker.
    struct Asker {
        /// `entry`: as in queue::Appended.
        virtual void on_appended(std::uint64_t id, std::optional<queue::EntryId> entry) noexcept = 0;
        virtual void on_consent_turn(std::uint64_t id, queue::ConsentStore::Withdrawal result) noexcept = 0;

      protected:
        ~Asker() = default;
    };

    /// Who asks for dead letters, as an Asker.
    struct Inspector {
        virtual void on_dead_letters(std::uint64_t id, queue::DeadLetters&& found) noexcept = 0;
        virtual void on_dead_letter(std::uint64_t id, queue::FoundDeadLetter&& found) noexcept = 0;
        virtual void on_dead_letters_changed(std::uint64_t id,
                                             queue::ChangedDeadLetters changed) noexcept = 0;

      protected:
        ~Inspector() = default;
    };

    /// Who delivers what is in the queue.
    struct Deliverer {
        virtual void on_work(queue::Work&& work) noexcept = 0;
        virtual void on_batch(queue::Batch&& batch) noexcept = 0;
        /// Something waits for an Edge (its base URL).
        virtual void on_edge(const std::string& edge) noexcept = 0;

      protected:
        ~Deliverer() = default;
    };

    /// Starts the queue's thread. Null after a message in the log.
    static std::unique_ptr<QueueClient> start(ngx_log_t* log, const shared::Zone& zone, Settings&& settings,
                                              Deliverer& deliverer) noexcept;

    /// Ends the thread after what was asked for; false when it had to be left behind: this must not be destroyed then.
    bool stop(std::chrono::milliseconds patience) noexcept;

    /// Each is answered to whoever asks, later and once, unless it throws std::bad_alloc. `claimed`: a transfer that is
    /// under way settles the entry, which is taken over.
    void append(Asker& asker, std::uint64_t id, std::shared_ptr<queue::Entry> entry, bool claimed);
    void append_consent(Asker& asker, std::uint64_t id, std::string identity, queue::ConsentOrder::Turn turn,
                        std::shared_ptr<queue::Entry> entry, bool claimed);
    /// A back office event: it goes to Edge behind all that any worker has appended before.
    void append_order(Asker& asker, std::uint64_t id, std::shared_ptr<queue::Entry> entry);
    void withdraw_consent(Asker& asker, std::uint64_t id, std::string identity);

    /// As the calls of queue::Engine.
    void list_dead_letters(Inspector& inspector, std::uint64_t id, queue::DeadLetterFilter filter,
                           queue::EntryId after, std::size_t most);
    void read_dead_letter(Inspector& inspector, std::uint64_t id, queue::EntryId dead_letter);
    void requeue_dead_letters(Inspector& inspector, std::uint64_t id, queue::DeadLetterFilter filter);
    void discard_dead_letters(Inspector& inspector, std::uint64_t id, queue::DeadLetterFilter filter);

    queue::Engine& engine() noexcept { return engine_; }

  private:
    struct Question {
        std::variant<std::monostate, Asker*, Inspector*> asker;
        std::uint64_t id = 0;
    };

    QueueClient(const shared::Zone& zone, Settings&& settings, Deliverer& deliverer);

    template <typename Who, typename Ask>
    void ask(Who& asker, std::uint64_t id, Ask&& ask);
    Question take(std::uint64_t ticket) noexcept;
    template <typename Who, typename Answer>
    void answer(std::uint64_t ticket, Answer&& answer) noexcept;

    void on_ring() noexcept override;
    void on_quit() noexcept override {}
    void handle(queue::Event& event);
    void wake_engine() noexcept { engine_.wake(); }

    shared::Zone zone_;
    Deliverer& deliverer_;
    ngx::Mailbox<std::vector<queue::Event>> mailbox_;
    queue::Engine engine_;
    /// So that all that one turn of the loop asks for costs one wake-up, and is one group.
    ngx::Posted<QueueClient, &QueueClient::wake_engine> wake_{*this};
    std::unordered_map<std::uint64_t, Question> questions_;  ///< by ticket
    std::uint64_t last_ticket_ = 0;
};

}  // namespace aep::delivery
