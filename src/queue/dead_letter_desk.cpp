#include "dead_letter_desk.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace aep::queue {
namespace {

/// When what is requeued was received at the latest: it must not be too old again at once. All of it as if it came now
/// would not be paced as a backlog, and would make the queue look young.
Time latest_receipt(Time now, std::chrono::seconds max_age) noexcept {
    const std::chrono::seconds half = max_age / 2;
    const auto all = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(now));
    return half >= all ? 0 : now - std::chrono::milliseconds(half).count();
}

}  // namespace

template <typename Question>
void DeadLetterDesk::add(Question&& question, std::vector<Event>& events) {
    if (jobs_.size() >= kMostJobs || !open()) {
        events.push_back(failed(question));
    } else {
        jobs_.push_back(Job{.question = std::forward<Question>(question)});
    }
}

bool DeadLetterDesk::open() {
    if (!store_) {
        store_ = backend_.open_dead_letter_store();
    }
    return store_ != nullptr;
}

void DeadLetterDesk::ask(ListDeadLetters&& question, std::vector<Event>& events) {
    question.most = std::min(question.most, kMostListed);
    const EntryId after = question.after;
    const std::size_t before = jobs_.size();
    add(std::move(question), events);
    if (jobs_.size() > before) {
        jobs_.back().after = after;
    }
}

void DeadLetterDesk::ask(ReadDeadLetter question, std::vector<Event>& events) {
    add(question, events);
}

void DeadLetterDesk::ask(ChangeDeadLetters&& question, std::vector<Event>& events) {
    add(std::move(question), events);
}

void DeadLetterDesk::work(Time now, std::int64_t monotonic, std::vector<Event>& events) noexcept {
    for (int piece = 0; piece < kPieces; ++piece) {
        Job* const job = next(monotonic);
        if (job == nullptr) {
            return;
        }
        const bool is_change = std::holds_alternative<ChangeDeadLetters>(job->question);
        bool is_done = true;
        try {
            events.reserve(events.size() + 1);
            is_done = work_on(*job, now, monotonic);
        } catch (const std::exception&) {
            job->has_failed = true;  // no memory
        }
        if (is_done && events.size() == events.capacity()) {
            return;  // nor for the answer: in the next turn
        }
        if (is_done) {
            events.push_back(answer_of(*job));
            jobs_.pop_front();
        } else {
            std::rotate(jobs_.begin(), std::next(jobs_.begin()), jobs_.end());
        }
        if (is_change) {
            return;
        }
    }
}

/// The first who need not wait, brought to the front; those before come last.
DeadLetterDesk::Job* DeadLetterDesk::next(std::int64_t monotonic) noexcept {
    const auto found =
        std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.not_before <= monotonic; });
    if (found == jobs_.end()) {
        return nullptr;
    }
    std::rotate(jobs_.begin(), found, jobs_.end());
    return &jobs_.front();
}

/// Whether it is done.
bool DeadLetterDesk::work_on(Job& job, Time now, std::int64_t monotonic) {
    const DeadLetterStore::Step step = do_piece(job, now);
    if (step.is_busy && wait_for_others(job, monotonic)) {
        return false;
    }
    job.busy_until.reset();
    job.has_failed = job.has_failed || step.has_failed || step.is_busy;
    job.after = step.last;
    job.count += step.count;
    const auto* const list = std::get_if<ListDeadLetters>(&job.question);
    if (list == nullptr) {
        job.not_before = monotonic + kPause;
    }
    return step.is_done || (list != nullptr && job.letters.size() > list->most);
}

/// False when it has waited enough: what is busy is left out then.
bool DeadLetterDesk::wait_for_others(Job& job, std::int64_t monotonic) {
    job.busy_until = job.busy_until.value_or(monotonic + kPatience);
    job.not_before = monotonic + kPauseWhenBusy;
    return monotonic < *job.busy_until;
}

DeadLetterStore::Step DeadLetterDesk::do_piece(Job& job, Time now) {
    using Step = DeadLetterStore::Step;
    return std::visit(
        Overloaded{
            [&](const ListDeadLetters& question) -> Step {
                // One more tells whether there are more.
                return store_->list(question.filter, job.after, question.most + 1 - job.letters.size(),
                                    job.letters);
            },
            [&](const ReadDeadLetter& question) -> Step { return store_->read(question.id, job.letter); },
            [&](const ChangeDeadLetters& question) -> Step {
                return question.change == ChangeDeadLetters::Change::requeue
                           ? store_->requeue(question.filter, job.after, latest_receipt(now, max_age_))
                           : store_->discard(question.filter, job.after);
            },
        },
        job.question);
}

Event DeadLetterDesk::answer_of(Job& job) {
    return std::visit(
        Overloaded{
            [&](const ListDeadLetters& question) -> Event {
                const bool more = job.letters.size() > question.most;
                if (more) {
                    job.letters.pop_back();
                }
                return DeadLetters{question.ticket, std::move(job.letters), more, job.has_failed};
            },
            [&](const ReadDeadLetter& question) -> Event {
                return FoundDeadLetter{question.ticket, std::move(job.letter), job.has_failed};
            },
            [&](const ChangeDeadLetters& question) -> Event {
                return ChangedDeadLetters{question.ticket, job.count, job.has_failed};
            },
        },
        job.question);
}

std::optional<std::int64_t> DeadLetterDesk::patience(std::int64_t monotonic) const noexcept {
    const auto first = std::ranges::min_element(
        jobs_, [](const Job& one, const Job& other) { return one.not_before < other.not_before; });
    return first == jobs_.end() ? std::nullopt
                                : std::optional(std::max<std::int64_t>(first->not_before - monotonic, 0));
}

void DeadLetterDesk::give_up(std::vector<Event>& events) noexcept {
    for (Job& job : jobs_) {
        job.has_failed = true;
        try {
            events.push_back(answer_of(job));
        } catch (const std::exception&) {
            break;  // no memory. Whoever waits for the answer has a deadline.
        }
    }
    jobs_.clear();
}

Event DeadLetterDesk::failed(const ListDeadLetters& question) {
    return DeadLetters{.ticket = question.ticket, .letters = {}, .more = false, .failed = true};
}

Event DeadLetterDesk::failed(const ReadDeadLetter& question) {
    return FoundDeadLetter{.ticket = question.ticket, .letter = {}, .failed = true};
}

Event DeadLetterDesk::failed(const ChangeDeadLetters& question) {
    return ChangedDeadLetters{.ticket = question.ticket, .count = 0, .failed = true};
}

}  // namespace aep::queue
