#pragma once

#include "ngx/ngx.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "delivery/queue_client.hpp"
#include "delivery/worker.hpp"
#include "settings/runtime.hpp"
#include "shared/zone.hpp"

namespace aep::backoffice {

/// What one worker does with back office events until they are safe in the queue. Knows the submissions that wait for
/// that. One object per worker process.
class Intake final : private delivery::Worker::Sender, private delivery::QueueClient::Asker {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::intake;

    /// Submissions at a time; each may hold a document of a megabyte, and more.
    static constexpr std::size_t kMostSubmissions = 64;

    /// Who waits for events to be safe. Lives in a request's pool.
    struct Submitter {
        /// `event` names it as append() has; it is safe, or has to be sent again.
        virtual void on_kept(std::uint64_t event, bool is_safe) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< the worker is exiting: a second from now must be enough

      protected:
        ~Submitter() = default;
    };

    /// One event, ready for Edge.
    struct Event {
        std::string_view id;  ///< as Edge gets it
        std::string_view datastream_id;
        std::string_view edge;  ///< base URL
        std::string xdm;        ///< one element of Edge's list of events
    };

    enum class Answer : std::uint8_t {
        asked,      ///< on_kept() follows
        duplicate,  ///< the same event was taken a moment ago
    };

    /// `worker` must outlive this.
    Intake(delivery::Worker& worker, const shared::Zone& zone);
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    [[nodiscard]] bool has_queue() const noexcept { return worker_.queue() != nullptr; }

    /// False where there are too many already.
    bool enter(Submitter& submitter);
    /// The submitter waits no more. What it has appended goes on.
    void leave(Submitter& submitter) noexcept;

    /// Gives an event to the queue. Only with a queue. Throws std::bad_alloc. `number`: the submitter's own.
    Answer append(Submitter& submitter, std::uint64_t number, Event&& event);

  private:
    struct Question {
        Submitter* submitter = nullptr;
        std::uint64_t number = 0;
        std::uint64_t window_key = 0;
    };

    void on_response(edge::Response&& /*response*/) noexcept override {}
    void on_quit() noexcept override;
    void let_waiters_go() noexcept override {}
    void hand_over_to_queue() noexcept override {}
    [[nodiscard]] bool is_idle() const noexcept override { return questions_.empty() && submitters_.empty(); }

    void on_appended(std::uint64_t id, std::optional<queue::EntryId> entry) noexcept override;
    void on_consent_turn(std::uint64_t /*id*/, queue::ConsentStore::Withdrawal /*result*/) noexcept override {
    }

    delivery::Worker& worker_;
    shared::Zone zone_;
    std::vector<Submitter*> submitters_;
    std::unordered_map<std::uint64_t, Question> questions_;
    std::uint64_t last_question_ = 0;
};

}  // namespace aep::backoffice
