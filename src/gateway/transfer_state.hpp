#pragma once

#include <cstdint>
#include <string_view>

namespace aep::gateway {

/// Where a live request is, from the moment it is complete until Edge or the queue has it.
enum class TransferState : std::uint8_t {
    awaiting_turn,        ///< a set-consent: the queue looks for an older one of the visitor
    in_flight,            ///< Edge has been asked
    in_flight_appending,  ///< and the queue as well, as the page waits for Edge no longer
    in_flight_queued,     ///< the queue has it; Edge's answer settles the entry
    appending,            ///< Edge is not asked, or not any more; the queue has been asked
    appending_delivered,  ///< Edge has taken it before the queue has said anything
    appending_answered,   ///< Edge has said no, or not now, before the queue has said anything
    appending_refused,  ///< the page has Edge's refusal, and an operator can repair it: it becomes a dead letter
    over,
};
inline constexpr unsigned kTransferStates = static_cast<unsigned>(TransferState::over) + 1;

enum class Happening : std::uint8_t {
    delivered,   ///< Edge has taken it
    refused,     ///< Edge does not want it
    repairable,  ///< Edge does not want it before an operator has done something, and the queue may keep it
    unread,      ///< Edge does not want it, and nobody reads its answer: the queue keeps it for an operator
    failed,      ///< Edge has not answered, or has said "not now"
    deadline,    ///< the page waits for Edge no longer
    queued,      ///< the queue has it
    not_queued,  ///< the queue does not take it, or there is none
    nothing_to_queue,  ///< an identity request, or a decision on consent that a newer one has overtaken
    client_gone,
    worker_quits,  ///< it ends in a second
    worker_ends,   ///< Edge says nothing any more
    turn_free,     ///< of a set-consent: it may be sent
    turn_taken,    ///< an older one is being sent
};
inline constexpr unsigned kHappenings = static_cast<unsigned>(Happening::turn_taken) + 1;

/// What follows from a happening. All false: nothing.
struct Step {
    enum class Answer : std::uint8_t {
        none,
        edge,         ///< Edge's own
        local,        ///< it is safe, or there was nothing to keep
        unavailable,  ///< it is not safe: the page is to come again
    };
    /// What a repeat of the request is from now on (shared::RequestWindow).
    enum class Repeat : std::uint8_t { unchanged, answered, counts };

    TransferState next = TransferState::over;
    Answer answer = Answer::none;  ///< to the page, where one still waits
    Repeat repeat = Repeat::unchanged;
    bool sends = false;             ///< the transfer starts
    bool appends = false;           ///< the queue is asked to keep it
    bool gives_back = false;        ///< the permit of a transfer that does not start
    bool notes_settlement = false;  ///< what Edge's answer means for the entry that is to be
    bool settles = false;           ///< the queue is told what Edge has said

    friend bool operator==(const Step&, const Step&) = default;
};

/// The table of the live path: what each happening does in each state. What cannot happen in a state, or says nothing
/// new there, leaves it as it is.
Step next_step(TransferState state, Happening happening) noexcept;

/// For the debug log.
std::string_view to_string(TransferState state) noexcept;
std::string_view to_string(Happening happening) noexcept;

}  // namespace aep::gateway
