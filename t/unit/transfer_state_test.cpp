#include "gateway/transfer_state.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "cmocka.hpp"

using namespace aep::gateway;

namespace {

using State = TransferState;
using Answer = Step::Answer;
using Repeat = Step::Repeat;

struct Row {
    State state;
    Happening happening;
    Step step;
};

/// All that changes something. Every other pair leaves the state as it is, and nothing follows.
constexpr std::array kRows{
    // A set-consent whose turn has not come: it is sent, or the queue gets it instead.
    Row{State::awaiting_turn, Happening::turn_free, {.next = State::in_flight, .sends = true}},
    Row{State::awaiting_turn,
        Happening::turn_taken,
        {.next = State::appending, .appends = true, .gives_back = true}},
    Row{State::awaiting_turn,
        Happening::deadline,
        {.next = State::appending, .appends = true, .gives_back = true}},
    Row{State::awaiting_turn,
        Happening::worker_ends,
        {.next = State::appending, .appends = true, .gives_back = true}},

    // Edge alone has it, and the page waits.
    Row{State::in_flight,
        Happening::delivered,
        {.next = State::over, .answer = Answer::edge, .repeat = Repeat::answered}},
    Row{State::in_flight,
        Happening::refused,
        {.next = State::over, .answer = Answer::edge, .repeat = Repeat::counts}},
    Row{State::in_flight,
        Happening::repairable,
        {.next = State::appending_refused,
         .answer = Answer::edge,
         .repeat = Repeat::counts,
         .appends = true,
         .notes_settlement = true}},
    Row{State::in_flight,
        Happening::unread,
        {.next = State::appending_answered, .appends = true, .notes_settlement = true}},
    Row{State::in_flight,
        Happening::failed,
        {.next = State::appending, .appends = true, .notes_settlement = true}},
    Row{State::in_flight, Happening::deadline, {.next = State::in_flight_appending, .appends = true}},
    Row{State::in_flight, Happening::worker_ends, {.next = State::appending, .appends = true}},

    // Both have been asked.
    Row{State::in_flight_appending,
        Happening::delivered,
        {.next = State::appending_delivered,
         .answer = Answer::edge,
         .repeat = Repeat::answered,
         .notes_settlement = true}},
    Row{State::in_flight_appending,
        Happening::refused,
        {.next = State::appending_answered, .notes_settlement = true}},
    Row{State::in_flight_appending,
        Happening::repairable,
        {.next = State::appending_answered, .notes_settlement = true}},
    Row{State::in_flight_appending,
        Happening::unread,
        {.next = State::appending_answered, .notes_settlement = true}},
    Row{State::in_flight_appending,
        Happening::failed,
        {.next = State::appending_answered, .notes_settlement = true}},
    Row{State::in_flight_appending,
        Happening::queued,
        {.next = State::in_flight_queued, .answer = Answer::local, .repeat = Repeat::answered}},
    Row{State::in_flight_appending,
        Happening::not_queued,
        {.next = State::in_flight, .answer = Answer::unavailable}},
    Row{State::in_flight_appending,
        Happening::nothing_to_queue,
        {.next = State::in_flight, .answer = Answer::local}},

    // The queue has it; Edge's answer settles the entry.
    Row{State::in_flight_queued,
        Happening::delivered,
        {.next = State::over, .repeat = Repeat::answered, .settles = true}},
    Row{State::in_flight_queued, Happening::refused, {.next = State::over, .settles = true}},
    Row{State::in_flight_queued, Happening::repairable, {.next = State::over, .settles = true}},
    Row{State::in_flight_queued, Happening::unread, {.next = State::over, .settles = true}},
    Row{State::in_flight_queued, Happening::failed, {.next = State::over, .settles = true}},

    // Only the queue has been asked.
    Row{State::appending,
        Happening::queued,
        {.next = State::over, .answer = Answer::local, .repeat = Repeat::answered}},
    Row{State::appending,
        Happening::not_queued,
        {.next = State::over, .answer = Answer::unavailable, .repeat = Repeat::counts}},
    Row{State::appending, Happening::nothing_to_queue, {.next = State::over, .answer = Answer::local}},

    // Edge has it, and the queue will say that it has it too.
    Row{State::appending_delivered, Happening::queued, {.next = State::over, .settles = true}},
    Row{State::appending_delivered, Happening::not_queued, {.next = State::over}},
    Row{State::appending_delivered, Happening::nothing_to_queue, {.next = State::over}},

    // Edge does not have it, so the queue's word counts.
    Row{State::appending_answered,
        Happening::queued,
        {.next = State::over, .answer = Answer::local, .repeat = Repeat::answered, .settles = true}},
    Row{State::appending_answered,
        Happening::not_queued,
        {.next = State::over, .answer = Answer::unavailable, .repeat = Repeat::counts}},
    Row{State::appending_answered,
        Happening::nothing_to_queue,
        {.next = State::over, .answer = Answer::local}},

    // The page has its answer; what is left is the dead letter.
    Row{State::appending_refused, Happening::queued, {.next = State::over, .settles = true}},
    Row{State::appending_refused, Happening::not_queued, {.next = State::over}},
    Row{State::appending_refused, Happening::nothing_to_queue, {.next = State::over}},
};

Step expected_step(State state, Happening happening) {
    const auto* row = std::ranges::find_if(
        kRows, [&](const Row& each) { return each.state == state && each.happening == happening; });
    return row == kRows.end() ? Step{.next = state} : row->step;
}

template <typename Visit>
void for_each_pair(Visit&& visit) {
    for (unsigned state = 0; state < kTransferStates; ++state) {
        for (unsigned happening = 0; happening < kHappenings; ++happening) {
            visit(static_cast<State>(state), static_cast<Happening>(happening));
        }
    }
}

void each_happening_does_in_each_state_what_the_table_says(void**) {
    unsigned pairs = 0;
    for_each_pair([&](State state, Happening happening) {
        ++pairs;
        if (next_step(state, happening) != expected_step(state, happening)) {
            fail_msg("\"%s\" in the state \"%s\"", std::string(to_string(happening)).c_str(),
                     std::string(to_string(state)).c_str());
        }
    });
    assert_int_equal(pairs, 9 * 14);
}

/// Whatever is not at Edge and not in the queue: nobody would ever deliver it.
void nothing_ends_without_edge_the_queue_or_a_word_to_the_page(void**) {
    for_each_pair([](State state, Happening happening) {
        const Step step = next_step(state, happening);
        if (state == State::over || step.next != State::over) {
            return;
        }
        const bool page_knows = step.answer != Answer::none;
        const bool page_has_answer = state == State::appending_refused || state == State::appending_delivered;
        assert_true(page_knows || step.settles || page_has_answer);
    });
}

void the_page_is_told_only_once(void**) {
    // A page that waited for the queue has its answer in each state that follows a local one.
    for_each_pair([](State state, Happening happening) {
        const Step step = next_step(state, happening);
        const bool has_answer = state == State::in_flight_queued || state == State::appending_delivered ||
                                state == State::appending_refused;
        assert_false(has_answer && step.answer != Answer::none);
    });
}

void a_permit_goes_back_only_where_nothing_was_sent(void**) {
    for_each_pair([](State state, Happening happening) {
        const Step step = next_step(state, happening);
        assert_true(!step.gives_back || state == State::awaiting_turn);
        assert_true(!step.sends || state == State::awaiting_turn);
        assert_false(step.sends && step.gives_back);
    });
}

void each_state_and_happening_has_a_name(void**) {
    for_each_pair([](State state, Happening happening) {
        assert_false(to_string(state).empty());
        assert_false(to_string(happening).empty());
    });
}

}  // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(each_happening_does_in_each_state_what_the_table_says),
        cmocka_unit_test(nothing_ends_without_edge_the_queue_or_a_word_to_the_page),
        cmocka_unit_test(the_page_is_told_only_once),
        cmocka_unit_test(a_permit_goes_back_only_where_nothing_was_sent),
        cmocka_unit_test(each_state_and_happening_has_a_name),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
