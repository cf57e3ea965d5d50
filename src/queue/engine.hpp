#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend.hpp"
#include "consent_order.hpp"
#include "dead_letters.hpp"
#include "entry.hpp"
#include "event.hpp"
#include "ledger.hpp"
#include "space.hpp"

namespace aep::queue {

/// Runs a backend's stores on one thread of its own. Knows nothing of nginx.
///
/// Every call returns at once; what comes of it is told by events, several in one go. Entries that come together are
/// appended as one group with one sync; each is told as Appended after that sync only.
class Engine {
  public:
    /// May throw std::bad_alloc, and leaves the events unchanged then: they come again.
    using Sink = std::function<void(std::vector<Event>&&)>;

    /// Calls that will be answered and that the thread has not looked at yet; more are refused.
    static constexpr std::size_t kMaxBacklog = 4096;
    /// Bytes of the entries among them; a disk that is stuck shall not cost a worker more.
    static constexpr std::size_t kMaxBacklogBytes = std::size_t{64} << 20U;

    /// From the begin of a group to that of the next, at least. A group of 8 costs twice as much for each of its
    /// entries as one of 30: most of it is for the sync, and for pages of which only a part is new. Who wants entries
    /// does not wait for it: deliveries would be as slow.
    static constexpr std::chrono::milliseconds kGroupInterval{2};

    Engine(std::unique_ptr<Backend> backend, const Limits& limits, Ledger& ledger, Sink sink);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// As edge::Engine::start: all signals blocked, affinity reset. Once only, after the last fork.
    bool start(std::string& error) noexcept;

    /// The queue's clock: the time of day as it was at the start, and the time that has passed since. From any thread;
    /// for Entry::received and Settlement::due.
    [[nodiscard]] Time now() const noexcept;

    /// Appends an entry, which is taken over: nobody else may look at it any more. Appended tells the end of it. `claimed`:
    /// a transfer that is under way will settle it. An entry without a time of receipt gets one.
    void append(std::uint64_t ticket, std::shared_ptr<Entry> entry, bool claimed);
    /// The same for a set-consent, in the store of consents. One that was overtaken is as good as appended.
    void append_consent(std::uint64_t ticket, std::string identity, ConsentOrder::Turn turn,
                        std::shared_ptr<Entry> entry, bool claimed);
    /// The same for a back office event, in the store of those: it comes behind all that were appended before, in
    /// whichever process. Its lane is lane_name() of the Edge and its datastream.
    void append_order(std::uint64_t ticket, std::shared_ptr<Entry> entry);
    void withdraw_consent(std::uint64_t ticket, std::string identity);

    /// Asks for up to `count` entries for an Edge (its base URL), besides what was asked for and not given yet. They come
    /// as soon as they are there, of its lanes in turn; entries older than the limit become dead letters instead. A batch of back office events counts for one.
    /// `is_probe`: what comes is to find out whether the Edge is well, so it had better not be what has failed before.
    void want(std::string edge, std::size_t count, bool is_probe = false);
    /// Nothing more is wanted for an Edge for now.
    void want_nothing(std::string edge);
    /// Nothing of a lane is handed out for a while.
    void rest(std::string lane, std::chrono::milliseconds pause);
    void settle(Settlement settlement);
    void release(EntryId id);

    // The dead letters of all files, whichever process has them locked. A bounded piece of the work is done at a time,
    // so that nothing else has to wait for it.

    /// Answered by DeadLetters: up to `most`, behind one. See DeadLetterFilter.
    void list_dead_letters(std::uint64_t ticket, DeadLetterFilter filter, EntryId after, std::size_t most);
    /// Answered by FoundDeadLetter.
    void read_dead_letter(std::uint64_t ticket, EntryId id);
    /// Answered by ChangedDeadLetters, when all of it is done. What was requeued is delivered by whoever has its file;
    /// that, and what the ledger says, takes about a second more. A consent that is not the visitor's last decision any
    /// more stays a dead letter.
    void requeue_dead_letters(std::uint64_t ticket, DeadLetterFilter filter);
    void discard_dead_letters(std::uint64_t ticket, DeadLetterFilter filter);

    /// As edge::Engine: the calls above no longer wake the thread but call `ask`, and wake() is to follow soon.
    void wake_when_asked(std::function<void()> ask);
    void wake() noexcept;

    /// How the thread does, for operators; from any thread.
    struct Health {
        bool is_alive = false;              ///< it runs, and looks at what it is given
        std::size_t backlog = 0;            ///< calls that will be answered
        std::chrono::microseconds sync{0};  ///< what making the last group durable took
    };
    [[nodiscard]] Health health() const noexcept;

    /// As Backend::drain_factor; from any thread.
    [[nodiscard]] std::uint32_t drain_factor() const noexcept;

    /// As Backend::broker; from any thread.
    [[nodiscard]] std::optional<BrokerState> broker() const;

    /// The worker is exiting: claims are forgotten, locks given up, nothing is handed out any more. append() goes on.
    void leave();

    /// Ends the thread after what was asked for so far. As edge::Engine::stop: false when it is stuck.
    bool stop(std::chrono::milliseconds patience) noexcept;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aep::queue
