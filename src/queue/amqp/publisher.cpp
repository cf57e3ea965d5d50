#include "publisher.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "text/printable.hpp"

namespace aep::queue::amqp {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kDeclaresAgain = 5'000;  // ms
constexpr milliseconds kPatienceForRoom{500};   // of a socket that is full
constexpr std::size_t kLongestReason = 200;

std::int64_t microseconds_now() noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Publisher::Publisher(Shared& shared, const Settings& settings, const Topology& topology,
                     std::size_t first_host)
    : shared_(shared), settings_(settings), topology_(topology), line_(shared, settings, first_host) {}

bool Publisher::is_ready() const noexcept {
    return line_.is_open() && !is_blocked_ && silent_since_ == 0;
}

std::int64_t Publisher::next(std::int64_t now) const noexcept {
    if (!line_.is_open()) {
        return std::max(now, line_.next());
    }
    return stuck_since_ != 0 && batch_ == nullptr ? std::max(now, stuck_since_ + patience_with_refusals_)
                                                  : std::numeric_limits<std::int64_t>::max();
}

void Publisher::turn(std::int64_t now) {
    if (!line_.is_open() && line_.next() <= now) {
        open(now);
    }
    if (line_.is_open() && shared_.has_to_declare.load(std::memory_order_relaxed) &&
        now - declared_at_ >= kDeclaresAgain && !declare(now)) {
        lost(now);
    }
    if (line_.is_open()) {
        listen(now);
    }
    leave_batch(now);
    reopen_when_stuck(now);
    if (line_.is_open() && batch_ == nullptr) {
        take_batch();
        if (batch_ != nullptr) {
            send(now);
        }
    }
}

void Publisher::open(std::int64_t now) {
    sent_ = 0;
    is_blocked_ = false;
    silent_since_ = 0;
    if (!line_.open() || !declare(now) || !line_.connection().expect_confirms()) {
        lost(now);
        return;
    }
    line_.ready(now);
    const std::lock_guard lock(shared_.mutex);
    shared_.health.host = line_.host();
}

void Publisher::lost(std::int64_t now) {
    line_.lost(now);
    patience_with_refusals_ = kShortestRefusal;
    leave_connection();
}

void Publisher::leave_connection() {
    silent_since_ = 0;
    stuck_since_ = 0;
    taking_.clear();
    unconfirmed_.clear();
    shared_.is_up.store(false, std::memory_order_release);
    const std::lock_guard lock(shared_.mutex);
    for (const auto& batch : {std::exchange(batch_, nullptr), std::exchange(shared_.batch, nullptr)}) {
        if (batch != nullptr) {
            batch->is_over = true;
            shared_.batch_changed.notify_all();
        }
    }
}

void Publisher::reopen_when_stuck(std::int64_t now) {
    if (stuck_since_ == 0 || batch_ != nullptr || now - stuck_since_ < patience_with_refusals_) {
        return;
    }
    patience_with_refusals_ = std::min(2 * patience_with_refusals_, kLongestRefusal);
    line_.leave();
    leave_connection();
}

/// The broker's word on a message.
void Publisher::note(const Message& message, bool is_taken) {
    const std::string queue = message.exchange + " " + message.key;
    if (is_taken) {
        taking_.insert(queue);
    } else if (taking_.count(queue) == 0 && stuck_since_ == 0) {
        stuck_since_ = monotonic_now();
    }
}

void Publisher::give_up(std::int64_t now, const char* why) {
    if (line_.is_open()) {
        line_.connection().close(why);
        lost(now);
    }
}

bool Publisher::declare(std::int64_t now) {
    declared_at_ = now;
    shared_.has_to_declare.store(false, std::memory_order_relaxed);
    return declare_all(now);
}

/// Goes on after what the broker refuses: a queue that is there, but otherwise, is better than none.
bool Publisher::declare_all(std::int64_t now) {
    std::size_t refusals = 0;
    std::string first;
    const auto is_answered = [&](Connection::Answer answer, const std::string& name) {
        if (answer == Connection::Answer::no && refusals++ == 0) {
            first = name + " (" + line_.connection().refusal() + ")";
        }
        return answer != Connection::Answer::lost;
    };
    // The worker's own ones are nobody else's to declare.
    const std::string own = topology_.hold();
    for (const ExchangeDeclaration& exchange : topology_.exchanges()) {
        if ((settings_.declare || exchange.name == own) &&
            !is_answered(line_.connection().declare(exchange), "the exchange " + exchange.name)) {
            return false;
        }
    }
    for (const QueueDeclaration& queue : topology_.queues()) {
        if ((settings_.declare || queue.name == own) &&
            !is_answered(line_.connection().declare(queue), "the queue " + queue.name)) {
            return false;
        }
    }
    report_refusals(now, refusals, first);
    return true;
}

void Publisher::report_refusals(std::int64_t now, std::size_t count, const std::string& first) {
    if (count == 0 || !refused_.happened(now)) {
        return;
    }
    const std::string others = count > 1 ? ", and neither can " + std::to_string(count - 1) + " others" : "";
    const bool is_other = first.find("PRECONDITION_FAILED") != std::string::npos;
    shared_.say(true,
                std::string("in the broker ") + line_.host() + ", " + first + " cannot be declared" + others +
                    ". " +
                    (is_other ? "It exists with other arguments and is used as it is. Delete it when it is "
                                "empty, so that it is declared again, or set declare=off for aep_queue."
                              : "Let the user of aep_queue declare it, or declare it yourself and set "
                                "declare=off."));
}

void Publisher::take_batch() {
    const std::lock_guard lock(shared_.mutex);
    batch_ = std::exchange(shared_.batch, nullptr);
}

/// Copies a message of the batch, whose owner waits no longer than it likes.
Publisher::Step Publisher::begin_message(std::size_t index) {
    const std::lock_guard lock(shared_.mutex);
    if (batch_->is_abandoned) {
        return Step::end;
    }
    if (!line_.connection().fits(batch_->messages[index])) {
        decide(index, Fate::refused);
        return Step::next;
    }
    message_ = batch_->messages[index];
    batch_->fates[index] = Fate::unknown;
    return Step::send;
}

void Publisher::send(std::int64_t now) {
    constexpr std::size_t kBetweenReading = 64;
    first_ = sent_ + 1;
    indices_.clear();
    ids_.clear();
    heard_ = false;
    batch_at_us_ = microseconds_now();
    const std::size_t count = batch_->fates.size();
    for (std::size_t index = 0; batch_ != nullptr && index < count; ++index) {
        const Step step = begin_message(index);
        if (step == Step::end) {
            break;  // what was not sent stays refused
        }
        if (step == Step::next) {
            continue;
        }
        indices_.push_back(index);
        ids_.push_back(message_.id);
        if (!line_.connection().publish(message_, ++sent_, kPatienceForRoom)) {
            break;
        }
        // A broker that cannot get rid of what it returns might read no more.
        if (index % kBetweenReading == kBetweenReading - 1) {
            listen(now);
        }
    }
    listen(now);
}

void Publisher::listen(std::int64_t now) {
    if (!line_.is_open() || !line_.connection().read(*this)) {
        lost(now);
    }
}

/// The mutex is held.
void Publisher::decide(std::size_t index, Fate fate) {
    batch_->fates[index] = fate;
    if (fate == Fate::confirmed) {
        shared_.health.confirms += 1;
        shared_.health.confirm_time_us += static_cast<std::uint64_t>(microseconds_now() - batch_at_us_);
    } else {
        shared_.health.refused += 1;
    }
    if (--batch_->undecided == 0) {
        batch_->is_over = true;
        shared_.batch_changed.notify_all();
    }
}

void Publisher::on_confirm(std::uint64_t number, bool multiple, bool is_positive) {
    heard_ = true;
    silent_since_ = 0;
    const std::lock_guard lock(shared_.mutex);
    if (batch_ != nullptr && batch_->is_abandoned) {
        remember_unconfirmed();
    }
    confirm_late(number, multiple, is_positive);
    if (batch_ == nullptr || batch_->is_abandoned || number < first_) {
        return;
    }
    const std::uint64_t end = std::min<std::uint64_t>(number - first_ + 1, indices_.size());
    for (std::uint64_t place = multiple ? 0 : number - first_; place < end; ++place) {
        const std::size_t index = indices_[place];
        if (batch_->fates[index] == Fate::unknown) {
            note(batch_->messages[index], is_positive);
            decide(index, is_positive ? Fate::confirmed : Fate::refused);
        }
    }
}

/// Of a batch that nobody waits for any more. The mutex is held.
void Publisher::remember_unconfirmed() {
    constexpr std::size_t kMost = 10'000;
    for (std::size_t place = 0; place < indices_.size() && unconfirmed_.size() < kMost; ++place) {
        Fate& fate = batch_->fates[indices_[place]];
        if (fate == Fate::unknown && !ids_[place].empty()) {
            unconfirmed_.emplace(first_ + place, std::move(ids_[place]));
        }
    }
    indices_.clear();
    ids_.clear();
}

/// The mutex is held.
void Publisher::confirm_late(std::uint64_t number, bool multiple, bool is_positive) {
    const auto end = unconfirmed_.upper_bound(number);
    const auto begin = multiple ? unconfirmed_.begin() : unconfirmed_.find(number);
    if (begin == unconfirmed_.end()) {
        return;
    }
    for (auto late = begin; is_positive && late != end; ++late) {
        shared_.late_confirms.push_back(std::move(late->second));
    }
    unconfirmed_.erase(begin, end);
}

void Publisher::on_return(std::uint64_t number) {
    // The queue was deleted, or its binding.
    shared_.has_to_declare.store(true, std::memory_order_relaxed);
    unconfirmed_.erase(number);
    if (batch_ == nullptr || number < first_ || number - first_ >= indices_.size()) {
        return;
    }
    const std::lock_guard lock(shared_.mutex);
    const std::size_t index = indices_[number - first_];
    if (batch_->fates[index] == Fate::unknown) {
        decide(index, Fate::refused);
    }
}

void Publisher::on_blocked(std::string_view why) {
    is_blocked_ = true;
    if (blocked_.happened(monotonic_now())) {
        shared_.say(true, "the broker " + line_.host() +
                              " takes no messages for now: " + text::printable(why, kLongestReason) +
                              ". It goes on when it has enough disk or memory again.");
    }
}

void Publisher::on_unblocked() {
    is_blocked_ = false;
    silent_since_ = 0;
    if (blocked_.ended()) {
        shared_.say(false, "the broker " + line_.host() + " takes messages again.");
    }
}

/// Looks whether the batch is done with, and whether the broker is silent.
void Publisher::leave_batch(std::int64_t now) {
    if (batch_ != nullptr) {
        const std::lock_guard lock(shared_.mutex);
        if (batch_->is_over || batch_->is_abandoned) {
            const bool is_silent = !batch_->is_over && !heard_;
            silent_since_ = is_silent && silent_since_ == 0 ? now : silent_since_;
            if (!batch_->is_over) {
                remember_unconfirmed();
            }
            batch_ = nullptr;
        }
    }
    if (silent_since_ != 0 && !is_blocked_ && now - silent_since_ > kLongestSilence) {
        give_up(now, "it confirms nothing");
    }
}

}  // namespace aep::queue::amqp
