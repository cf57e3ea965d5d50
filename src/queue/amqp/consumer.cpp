#include "consumer.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <mutex>
#include <utility>

#include "text/printable.hpp"

namespace aep::queue::amqp {
namespace {

constexpr std::size_t kLongestReason = 200;

}  // namespace

Consumer::Consumer(Shared& shared, const Settings& settings, std::vector<std::string> queues,
                   std::size_t first_host)
    : shared_(shared), settings_(settings), queues_(std::move(queues)), line_(shared, settings, first_host) {}

std::int64_t Consumer::next(std::int64_t now) const noexcept {
    return std::max(now, line_.is_open() ? looked_at_ + kInterval : line_.next());
}

bool Consumer::turn(std::int64_t now) {
    if (!line_.is_open() && line_.next() <= now) {
        open(now);
    }
    obey();
    if (line_.is_open() && now - looked_at_ >= kInterval) {
        looked_at_ = now;
        renew_when_idle(now);
        consume_what_is_wanted();
        ask_depths();
    }
    if (line_.is_open()) {
        line_.connection().read(*this);
    }
    if (number_ != 0 && !line_.is_open()) {
        lost(now);
    }
    return hand_over();
}

void Consumer::open(std::int64_t now) {
    if (!line_.open()) {
        line_.lost(now);
        return;
    }
    line_.ready(now);
    number_ = ++last_number_;
    looked_at_ = now - kInterval;
    unanswered_ = 0;
    shared_.connection.store(number_, std::memory_order_release);
}

void Consumer::lost(std::int64_t now) {
    line_.lost(now);
    forget_connection();
}

void Consumer::forget_connection() {
    number_ = 0;
    shared_.connection.store(0, std::memory_order_release);
    consumed_.clear();
    unsettled_.clear();
    acknowledged_.clear();
    arrived_.clear();
    const std::lock_guard lock(shared_.mutex);
    // The broker gives it to somebody else, or to us again.
    shared_.inbox.clear();
}

/// When the leader of a quorum queue changes, RabbitMQ can count messages as delivered which no channel has got (seen with
/// 3.10.8). It gives them to somebody when the connection ends, so one without anything to do ends now and then.
void Consumer::renew_when_idle(std::int64_t now) {
    if (!unsettled_.empty() || busy_at_ == 0) {
        busy_at_ = now;
    }
    if (consumed_.empty() || now - busy_at_ < settings_.renewal.count()) {
        return;
    }
    busy_at_ = now;
    line_.renew();
    forget_connection();
    open(now);
}

void Consumer::give_up(std::int64_t now, const char* why) {
    if (line_.is_open()) {
        line_.connection().close(why);
        lost(now);
    }
}

void Consumer::obey() {
    commands_.clear();
    {
        const std::lock_guard lock(shared_.mutex);
        commands_.swap(shared_.commands);
    }
    for (const Command& command : commands_) {
        std::visit([this](const auto& one) { obey(one); }, command);
    }
    acknowledge();
}

void Consumer::obey(Settle settle) {
    // The broker closes a channel over a tag that it does not know.
    if (settle.tag.connection != number_ || unsettled_.count(settle.tag.number) == 0 || !line_.is_open()) {
        return;
    }
    if (settle.how == Settle::How::acknowledge) {
        acknowledged_.push_back(settle.tag.number);
        return;
    }
    unsettled_.erase(settle.tag.number);
    if (settle.how == Settle::How::give_back) {
        line_.connection().give_back(settle.tag.number);
    } else {
        line_.connection().reject(settle.tag.number);
    }
}

/// Those that are the oldest of all by one frame, the others each by its own.
void Consumer::acknowledge() {
    std::vector<std::uint64_t> numbers;
    numbers.swap(acknowledged_);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    const auto oldest = static_cast<std::size_t>(
        std::mismatch(numbers.begin(), numbers.end(), unsettled_.begin(), unsettled_.end()).first -
        numbers.begin());
    if (oldest > 0 && line_.is_open()) {
        line_.connection().acknowledge(numbers[oldest - 1], oldest > 1);
    }
    for (std::size_t index = oldest; index < numbers.size() && line_.is_open(); ++index) {
        line_.connection().acknowledge(numbers[index], false);
    }
    for (const std::uint64_t number : numbers) {
        unsettled_.erase(number);
    }
}

void Consumer::obey(const Consume& consume) {
    if (wanted_.try_emplace(consume.queue, consume.prefetch).second) {
        looked_at_ = 0;
    }
}

void Consumer::obey(const Cancel& cancel) {
    const auto wanted = wanted_.find(cancel.queue);
    if (wanted == wanted_.end()) {
        return;
    }
    wanted_.erase(wanted);
    if (consumed_.erase(cancel.queue) != 0 && line_.is_open()) {
        line_.connection().cancel(cancel.queue);
    }
}

void Consumer::consume_what_is_wanted() {
    for (const auto& [queue, prefetch] : wanted_) {
        if (consumed_.find(queue) == consumed_.end() && !consume(queue, prefetch)) {
            return;
        }
    }
}

/// False when the connection is closed.
bool Consumer::consume(const std::string& queue, std::uint16_t prefetch) {
    // To consume what is not there would end the channel, with all that was delivered over it.
    switch (line_.connection().exists(queue)) {
        case Connection::Answer::yes:
            break;
        case Connection::Answer::no:
            report_absence(queue, line_.connection().refusal());
            return true;
        case Connection::Answer::lost:
            return false;
    }
    if (!line_.connection().consume(queue, prefetch)) {
        return false;
    }
    consumed_.insert(queue);
    return true;
}

void Consumer::report_absence(std::string_view queue, std::string_view why) {
    shared_.has_to_declare.store(true, std::memory_order_relaxed);
    if (absent_.happened(monotonic_now())) {
        shared_.say(true, "in the broker " + line_.host() + ", the queue " + std::string(queue) +
                              " cannot be used: " + text::printable(why, kLongestReason) + ". " +
                              (settings_.declare ? "It is declared again."
                                                 : "Declare it, or set declare=on for aep_queue."));
    }
}

void Consumer::ask_depths() {
    if (unanswered_ != 0 || queues_.empty() || !line_.is_open()) {
        return;
    }
    const std::size_t count = std::min(queues_.size(), kQuestionsAtOnce);
    for (std::size_t asked = 0; asked < count; ++asked) {
        next_question_ %= queues_.size();
        if (!line_.connection().ask_depth(queues_[next_question_])) {
            return;
        }
        ++unanswered_;
        ++next_question_;
    }
}

void Consumer::on_delivery(Delivery&& delivery) {
    delivery.tag.connection = number_;
    unsettled_.insert(delivery.tag.number);
    arrived_.push_back(std::move(delivery));
}

void Consumer::on_cancel(std::string_view queue) {
    if (const auto found = consumed_.find(queue); found != consumed_.end()) {
        consumed_.erase(found);
    }
}

void Consumer::on_depth(std::string_view queue, std::uint64_t messages, std::uint32_t consumers) {
    unanswered_ -= std::min<std::size_t>(unanswered_, 1);
    const auto rounds = static_cast<std::int64_t>(queues_.size() / kQuestionsAtOnce + 1);
    const std::lock_guard lock(shared_.mutex);
    shared_.depths[std::string(queue)] = {.messages = messages,
                                          .consumers = consumers,
                                          .until = monotonic_now() + kDepthLasts + rounds * kInterval};
}

void Consumer::on_absence(std::string_view queue, std::string_view why) {
    // The questions behind it are gone, too.
    unanswered_ = 0;
    next_question_ =
        static_cast<std::size_t>(std::find(queues_.begin(), queues_.end(), queue) - queues_.begin()) + 1;
    report_absence(queue, why);
    const std::lock_guard lock(shared_.mutex);
    shared_.depths.erase(std::string(queue));
}

bool Consumer::hand_over() {
    if (arrived_.empty()) {
        return false;
    }
    const std::lock_guard lock(shared_.mutex);
    const bool was_empty = shared_.inbox.empty();
    shared_.inbox.insert(shared_.inbox.end(), std::make_move_iterator(arrived_.begin()),
                         std::make_move_iterator(arrived_.end()));
    arrived_.clear();
    return was_empty;
}

}  // namespace aep::queue::amqp
