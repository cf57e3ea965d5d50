#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "backend.hpp"
#include "command.hpp"
#include "dead_letters.hpp"
#include "event.hpp"

namespace aep::queue {

/// Does what operators ask for about dead letters, a bounded piece in each turn of the thread, and tells when it is done.
/// Those who ask take turns. On one thread; monotonic times are in ms.
class DeadLetterDesk {
  public:
    static constexpr std::size_t kMostJobs = 16;     ///< more at a time are refused
    static constexpr std::size_t kMostListed = 200;  ///< letters of one answer
    static constexpr int kPieces = 4;                ///< of reading, in one turn; changes: one
    /// ms between changes: whoever has the file writes to it as well.
    static constexpr std::int64_t kPause = 2;
    static constexpr std::int64_t kPauseWhenBusy = 10;  ///< ms
    static constexpr std::int64_t kPatience = 10'000;   ///< ms to wait for a file that others write to

    /// `max_age`: what is requeued gets half of it for the deliveries, at least. The backend must outlive this.
    DeadLetterDesk(Backend& backend, std::chrono::seconds max_age) noexcept
        : backend_(backend), max_age_(max_age) {}

    // Each is answered by an event, once: at once, or in a later turn.
    void ask(ListDeadLetters&& question, std::vector<Event>& events);
    void ask(ReadDeadLetter question, std::vector<Event>& events);
    void ask(ChangeDeadLetters&& question, std::vector<Event>& events);

    /// Call it between units: in a file that this process has a unit in, nothing could be changed.
    void work(Time now, std::int64_t monotonic, std::vector<Event>& events) noexcept;

    /// For how many ms there is nothing to do; nothing: until somebody asks.
    [[nodiscard]] std::optional<std::int64_t> patience(std::int64_t monotonic) const noexcept;

    /// Answers whoever still waits: it was not done to the end.
    void give_up(std::vector<Event>& events) noexcept;

    /// The answer to what cannot be done.
    static Event failed(const ListDeadLetters& question);
    static Event failed(const ReadDeadLetter& question);
    static Event failed(const ChangeDeadLetters& question);

  private:
    struct Job {
        std::variant<ListDeadLetters, ReadDeadLetter, ChangeDeadLetters> question;
        EntryId after{};  ///< all up to it is done
        std::vector<DeadLetterSummary> letters{};
        std::optional<DeadLetter> letter{};
        std::uint64_t count = 0;
        bool has_failed = false;
        std::int64_t not_before = 0;
        std::optional<std::int64_t> busy_until{};  ///< then the file is left out
    };

    template <typename Question>
    void add(Question&& question, std::vector<Event>& events);
    bool open();
    Job* next(std::int64_t monotonic) noexcept;
    bool work_on(Job& job, Time now, std::int64_t monotonic);
    DeadLetterStore::Step do_piece(Job& job, Time now);
    static Event answer_of(Job& job);
    static bool wait_for_others(Job& job, std::int64_t monotonic);

    Backend& backend_;
    std::chrono::seconds max_age_;
    std::unique_ptr<DeadLetterStore> store_;
    std::deque<Job> jobs_;
};

}  // namespace aep::queue
