#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "queue/amqp/broker.hpp"
#include "queue/amqp/topology.hpp"

namespace aep::test {

class FakeBroker;

/// The broker's nodes: its queues, and who consumes them. Outlives those who are connected.
struct FakeCluster {
    struct Kept {
        queue::amqp::Message message;
        bool redelivered = false;
    };

    std::map<std::string, std::deque<Kept>> queues;
    std::map<std::string, std::vector<FakeBroker*>> consumers;
    std::string dead;  ///< name of the queue of dead letters
    queue::amqp::Fate fate = queue::amqp::Fate::confirmed;
    bool keeps_unconfirmed = false;  ///< what it says nothing about is there all the same
    bool is_down = false;
    std::size_t published = 0;

    void put(const queue::amqp::Message& message) {
        queues[message.exchange.empty() ? message.key : message.exchange].push_back({message, false});
    }
    [[nodiscard]] std::string bodies(const std::string& queue) {
        std::string text;
        for (const Kept& kept : queues[queue]) {
            text += (text.empty() ? "" : " ") + kept.message.body;
        }
        return text;
    }
};

/// A process's connections to them.
class FakeBroker final : public queue::amqp::Broker {
  public:
    explicit FakeBroker(FakeCluster& cluster) : cluster_(cluster) {}
    ~FakeBroker() override { disconnect(); }

    [[nodiscard]] bool is_up() const noexcept override { return !cluster_.is_down; }
    [[nodiscard]] std::uint64_t connection() const noexcept override { return connection_; }

    std::vector<queue::amqp::Fate> publish(std::span<const queue::amqp::Message> messages,
                                           std::chrono::milliseconds /*patience*/) override {
        using queue::amqp::Fate;
        for (const queue::amqp::Message& message : messages) {
            ++cluster_.published;
            if (cluster_.fate == Fate::confirmed || cluster_.keeps_unconfirmed) {
                cluster_.put(message);
            }
            if (cluster_.fate == Fate::unknown && cluster_.keeps_unconfirmed) {
                unconfirmed_.push_back(message.id);
            }
        }
        std::vector<Fate> fates(messages.size(), cluster_.fate);
        return fates;
    }

    std::vector<std::string> take_late_confirms() override { return std::exchange(late_confirms_, {}); }
    /// It says that it has what it had said nothing about.
    void confirm_late() {
        std::ranges::move(unconfirmed_, std::back_inserter(late_confirms_));
        unconfirmed_.clear();
    }

    void consume(std::string_view queue, std::uint16_t prefetch) override {
        prefetches_[std::string(queue)] = prefetch;
        std::vector<FakeBroker*>& all = cluster_.consumers[std::string(queue)];
        if (std::ranges::find(all, this) == all.end()) {
            all.push_back(this);
        }
    }

    void cancel(std::string_view queue) override {
        prefetches_.erase(std::string(queue));
        std::erase(cluster_.consumers[std::string(queue)], this);
    }

    std::vector<queue::amqp::Delivery> take() override {
        std::vector<queue::amqp::Delivery> deliveries;
        for (const auto& [queue, prefetch] : prefetches_) {
            const bool is_ordered =
                queue.find(".consent.") != std::string::npos || queue.find(".order.") != std::string::npos;
            const bool is_active = !is_ordered || cluster_.consumers[queue].front() == this;
            std::deque<FakeCluster::Kept>& kept = cluster_.queues[queue];
            while (!cluster_.is_down && is_active && !kept.empty() && held(queue) < prefetch) {
                const queue::amqp::Tag tag{connection_, ++last_tag_};
                deliveries.push_back({queue, tag, kept.front().redelivered, kept.front().message});
                unacknowledged_.emplace(tag.number, std::pair(queue, std::move(kept.front())));
                kept.pop_front();
            }
        }
        return deliveries;
    }

    void acknowledge(queue::amqp::Tag tag) override { remove(tag); }
    void give_back(queue::amqp::Tag tag) override {
        if (tag.connection == connection_ && unacknowledged_.contains(tag.number)) {
            auto [queue, kept] = remove(tag);
            kept.redelivered = true;
            cluster_.queues[queue].push_front(std::move(kept));
        }
    }
    void reject(queue::amqp::Tag tag) override {
        auto [queue, kept] = remove(tag);
        if (!queue.empty()) {
            const bool is_held = queue.find(".hold.") != std::string::npos;
            cluster_.queues[is_held ? kept.message.key : cluster_.dead].push_back(std::move(kept));
        }
    }
    [[nodiscard]] Depth depth(std::string_view) const override { return {}; }
    std::vector<queue::LogLine> messages() override { return {}; }

    /// The connection ends, and there is another one at once.
    void reconnect() {
        give_all_back();
        ++connection_;
        unconfirmed_.clear();
    }
    /// The process has gone.
    void disconnect() {
        for (const auto& [queue, prefetch] : std::exchange(prefetches_, {})) {
            std::erase(cluster_.consumers[queue], this);
        }
        give_all_back();
    }
    [[nodiscard]] std::size_t held() const { return unacknowledged_.size(); }

  private:
    std::size_t held(const std::string& queue) const {
        return static_cast<std::size_t>(
            std::ranges::count(unacknowledged_, queue, [](const auto& one) { return one.second.first; }));
    }
    std::pair<std::string, FakeCluster::Kept> remove(queue::amqp::Tag tag) {
        auto node = unacknowledged_.extract(tag.connection == connection_ ? tag.number : 0);
        return node ? std::move(node.mapped()) : std::pair<std::string, FakeCluster::Kept>{};
    }
    void give_all_back() {
        while (!unacknowledged_.empty()) {
            give_back({connection_, unacknowledged_.rbegin()->first});
        }
    }

    FakeCluster& cluster_;
    std::uint64_t connection_ = 1;
    std::uint64_t last_tag_ = 0;
    std::vector<std::string> unconfirmed_;
    std::vector<std::string> late_confirms_;
    std::map<std::string, std::uint16_t> prefetches_;
    std::map<std::uint64_t, std::pair<std::string, FakeCluster::Kept>> unacknowledged_;
};

}  // namespace aep::test
