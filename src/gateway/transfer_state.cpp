#include "gateway/transfer_state.hpp"

#include <array>
#include <utility>

namespace aep::gateway {
namespace {

using State = TransferState;
using Answer = Step::Answer;
using Repeat = Step::Repeat;

Step awaiting_turn(Happening happening) noexcept {
    switch (happening) {
        case Happening::turn_free:
            return {.next = State::in_flight, .sends = true};
        case Happening::turn_taken:  // it is sent when the older one has ended
        case Happening::deadline:    // the queue has the newest of this visitor, whatever it finds
        case Happening::worker_ends:
            return {.next = State::appending, .appends = true, .gives_back = true};
        default:
            return {.next = State::awaiting_turn};
    }
}

Step in_flight(Happening happening) noexcept {
    switch (happening) {
        case Happening::delivered:
            return {.next = State::over, .answer = Answer::edge, .repeat = Repeat::answered};
        case Happening::refused:
            return {.next = State::over, .answer = Answer::edge, .repeat = Repeat::counts};
        case Happening::repairable:
            return {.next = State::appending_refused,
                    .answer = Answer::edge,
                    .repeat = Repeat::counts,
                    .appends = true,
                    .notes_settlement = true};
        case Happening::unread:
            return {.next = State::appending_answered, .appends = true, .notes_settlement = true};
        case Happening::failed:
            return {.next = State::appending, .appends = true, .notes_settlement = true};
        case Happening::worker_ends:
            return {.next = State::appending, .appends = true};
        case Happening::deadline:
            return {.next = State::in_flight_appending, .appends = true};
        default:
            return {.next = State::in_flight};
    }
}

Step in_flight_appending(Happening happening) noexcept {
    switch (happening) {
        case Happening::delivered:  // the page need not wait for the disk
            return {.next = State::appending_delivered,
                    .answer = Answer::edge,
                    .repeat = Repeat::answered,
                    .notes_settlement = true};
        case Happening::refused:
        case Happening::repairable:
        case Happening::unread:
        case Happening::failed:
            return {.next = State::appending_answered, .notes_settlement = true};
        case Happening::queued:
            return {.next = State::in_flight_queued, .answer = Answer::local, .repeat = Repeat::answered};
        case Happening::not_queued:  // a repeat waits for what Edge says
            return {.next = State::in_flight, .answer = Answer::unavailable};
        case Happening::nothing_to_queue:
            return {.next = State::in_flight, .answer = Answer::local};
        default:
            return {.next = State::in_flight_appending};
    }
}

Step in_flight_queued(Happening happening) noexcept {
    switch (happening) {
        case Happening::delivered:
            return {.next = State::over, .repeat = Repeat::answered, .settles = true};
        case Happening::refused:
        case Happening::repairable:
        case Happening::unread:
        case Happening::failed:
            return {.next = State::over, .settles = true};
        default:
            return {.next = State::in_flight_queued};
    }
}

Step appending(Happening happening) noexcept {
    switch (happening) {
        case Happening::queued:
            return {.next = State::over, .answer = Answer::local, .repeat = Repeat::answered};
        case Happening::not_queued:
            return {.next = State::over, .answer = Answer::unavailable, .repeat = Repeat::counts};
        case Happening::nothing_to_queue:
            return {.next = State::over, .answer = Answer::local};
        default:
            return {.next = State::appending};
    }
}

/// The page has Edge's own answer: all that is left is to tell the queue what Edge has said.
template <State Own>
Step appending_for_the_queue(Happening happening) noexcept {
    switch (happening) {
        case Happening::queued:
            return {.next = State::over, .settles = true};
        case Happening::not_queued:
        case Happening::nothing_to_queue:
            return {.next = State::over};
        default:
            return {.next = Own};
    }
}

Step appending_answered(Happening happening) noexcept {
    switch (happening) {
        case Happening::queued:
            return {
                .next = State::over, .answer = Answer::local, .repeat = Repeat::answered, .settles = true};
        case Happening::not_queued:
            return {.next = State::over, .answer = Answer::unavailable, .repeat = Repeat::counts};
        case Happening::nothing_to_queue:
            return {.next = State::over, .answer = Answer::local};
        default:
            return {.next = State::appending_answered};
    }
}

Step over(Happening) noexcept {
    return {.next = State::over};
}

constexpr std::array<Step (*)(Happening) noexcept, kTransferStates> kTable{
    awaiting_turn,
    in_flight,
    in_flight_appending,
    in_flight_queued,
    appending,
    appending_for_the_queue<State::appending_delivered>,
    appending_answered,
    appending_for_the_queue<State::appending_refused>,
    over,
};

constexpr std::array<std::string_view, kTransferStates> kStateNames{
    "awaiting turn",       "in flight",          "in flight, appending",
    "in flight, queued",   "appending",          "appending, delivered",
    "appending, answered", "appending, refused", "over",
};

constexpr std::array<std::string_view, kHappenings> kHappeningNames{
    "delivered",  "refused",          "repairable",  "unread",       "failed",      "deadline",  "queued",
    "not queued", "nothing to queue", "client gone", "worker quits", "worker ends", "turn free", "turn taken",
};

}  // namespace

Step next_step(TransferState state, Happening happening) noexcept {
    return kTable.at(static_cast<std::size_t>(state))(happening);
}

std::string_view to_string(TransferState state) noexcept {
    return kStateNames.at(static_cast<std::size_t>(state));
}

std::string_view to_string(Happening happening) noexcept {
    return kHappeningNames.at(static_cast<std::size_t>(happening));
}

}  // namespace aep::gateway
