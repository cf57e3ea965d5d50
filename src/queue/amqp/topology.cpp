#include "topology.hpp"

#include <algorithm>
#include <utility>

#include "text/digest.hpp"

namespace aep::queue::amqp {
namespace {

constexpr std::size_t kLongestName = 255;  // AMQP 0-9-1, 4.2.5.3: shortstr

// RabbitMQ 4.0 gave quorum queues a limit of 20: an entry that was given back more often would be a dead letter. None
// (-1) is not what its makers advise, so it is a number that nobody reaches.
constexpr std::int64_t kDeliveryLimit = 1'000'000;

constexpr Time kHoldMargin = 5'000;
constexpr Time kHoldExpires = 30 * 60 * 1000;
constexpr Time kDeadLettersLive = Time{7} * 24 * 60 * 60 * 1000;
constexpr std::uint64_t kDeadLettersSize = std::uint64_t{256} << 20U;

Argument text(std::string key, std::string value) {
    return {
        .key = std::move(key), .text = std::move(value), .number = 0, .is_number = false, .is_flag = false};
}
Argument number(std::string key, std::int64_t value) {
    return {.key = std::move(key), .text = {}, .number = value, .is_number = true, .is_flag = false};
}
Argument flag(std::string key) {
    return {.key = std::move(key), .text = {}, .number = 0, .is_number = false, .is_flag = true};
}

constexpr bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

std::string digest_of(std::string_view name) {
    constexpr std::size_t kBytes = 6;
    const text::Sha256 digest = text::sha256(name);
    return text::hexadecimal(std::span(digest).first(kBytes));
}

/// A name as a part of a queue's, of at most `room` bytes.
std::string plain(std::string_view name, std::size_t room) {
    std::string made(name);
    std::replace_if(
        made.begin(), made.end(), [](char c) { return !is_plain(c); }, '_');
    if (made != name || made.size() > room) {
        const std::string end = "-" + digest_of(name);
        made.resize(std::min(made.size(), room - std::min(room, end.size())));
        made += end;
    }
    return made;
}

/// Of a queue whose entries wait for Edge: what does not fit is refused, what is rejected goes to the dead letters, and
/// is gone from the queue only when it is there (which drop-head would rule out).
std::vector<Argument> waiting_queue(const std::string& dead) {
    return {text("x-queue-type", "quorum"), text("x-overflow", "reject-publish"),
            number("x-delivery-limit", kDeliveryLimit), text("x-dead-letter-exchange", dead),
            text("x-dead-letter-strategy", "at-least-once")};
}

}  // namespace

Topology::Topology(std::string name, std::uint32_t shards, std::vector<std::string> lanes, std::string worker,
                   const Limits& limits)
    : name_(std::move(name)),
      shards_(std::max<std::uint32_t>(1, shards)),
      lanes_(std::move(lanes)),
      worker_(std::move(worker)),
      limits_(limits) {}

bool Topology::has_lane(std::string_view lane) const noexcept {
    return std::find(lanes_.begin(), lanes_.end(), lane) != lanes_.end();
}

std::string Topology::lane_queue(std::string_view lane, std::size_t shard) const {
    const std::string begin = name_ + ".lane.";
    const std::string end = "." + std::to_string(shard);
    return begin + plain(lane, kLongestName - begin.size() - end.size()) + end;
}

std::vector<std::string> Topology::lane_queues(std::string_view lane) const {
    std::vector<std::string> queues;
    for (std::size_t shard = 0; shard < shards_; ++shard) {
        queues.push_back(lane_queue(lane, shard));
    }
    return queues;
}

std::string Topology::order_queue(std::string_view lane) const {
    const std::string begin = name_ + ".order.";
    return begin + plain(lane, kLongestName - begin.size());
}

std::vector<std::string> Topology::consent_queues() const {
    std::vector<std::string> names;
    for (std::size_t number = 0; number < kConsentQueues; ++number) {
        names.push_back(name_ + ".consent." + std::to_string(number));
    }
    return names;
}

std::string Topology::consent_queue(std::string_view identity) const {
    // The same on every machine and in every version, or a visitor's decisions would not stay in order.
    const std::size_t number = text::sha256(identity).front() % kConsentQueues;
    return name_ + ".consent." + std::to_string(number);
}

std::string Topology::hold() const {
    const std::string begin = name_ + ".hold.";
    return begin + plain(worker_, kLongestName - begin.size());
}

std::string Topology::dead() const {
    return name_ + ".dead";
}

std::vector<ExchangeDeclaration> Topology::exchanges() const {
    return {{.name = dead(), .type = "fanout", .auto_delete = false},
            {.name = hold(), .type = "fanout", .auto_delete = true}};
}

QueueDeclaration Topology::dead_queue() const {
    const std::uint64_t size = limits_.max_size != 0 ? limits_.max_size / 4 : kDeadLettersSize;
    const Time age = limits_.max_age != 0 ? limits_.max_age : kDeadLettersLive;
    return {.name = dead(),
            .arguments = {text("x-queue-type", "quorum"), text("x-overflow", "drop-head"),
                          number("x-delivery-limit", kDeliveryLimit),
                          number("x-max-length-bytes", static_cast<std::int64_t>(size)),
                          number("x-message-ttl", age)},
            .bound_to = dead()};
}

QueueDeclaration Topology::hold_queue() const {
    // What its worker has not settled goes through the default exchange to the queue that its own key names.
    std::vector<Argument> arguments = waiting_queue("");
    const Time live = limits_.claim_time + kHoldMargin;
    arguments.push_back(number("x-message-ttl", live));
    arguments.push_back(number("x-expires", std::max(kHoldExpires, 2 * live)));
    return {.name = hold(), .arguments = std::move(arguments), .bound_to = hold()};
}

std::vector<QueueDeclaration> Topology::queues() const {
    std::vector<QueueDeclaration> queues;
    queues.push_back(dead_queue());
    const std::vector<Argument> waiting = waiting_queue(dead());
    std::vector<Argument> limited = waiting;
    if (const std::size_t sharing = lanes_.size() * (shards_ + 1); limits_.max_size != 0 && sharing != 0) {
        const std::uint64_t share = std::max<std::uint64_t>(1, limits_.max_size / sharing);
        limited.push_back(number("x-max-length-bytes", static_cast<std::int64_t>(share)));
    }
    std::vector<Argument> ordered = limited;
    ordered.push_back(flag("x-single-active-consumer"));
    for (const std::string& lane : lanes_) {
        for (std::string& queue : lane_queues(lane)) {
            queues.push_back({.name = std::move(queue), .arguments = limited, .bound_to = {}});
        }
        queues.push_back({.name = order_queue(lane), .arguments = ordered, .bound_to = {}});
    }
    std::vector<Argument> consent = waiting;
    consent.push_back(flag("x-single-active-consumer"));
    for (std::size_t number = 0; number < kConsentQueues; ++number) {
        queues.push_back(
            {.name = name_ + ".consent." + std::to_string(number), .arguments = consent, .bound_to = {}});
    }
    queues.push_back(hold_queue());
    return queues;
}

}  // namespace aep::queue::amqp
