#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker.hpp"
#include "settings.hpp"
#include "shared.hpp"
#include "topology.hpp"

namespace aep::queue::amqp {

/// The RabbitMQ cluster that aep_queue names, by two connections on a thread of their own: a broker that is blocked by
/// an alarm reads nothing more from who publishes, but what was delivered can still be settled.
class Link final : public Broker {
  public:
    /// `wake` is called on the link's thread when something was delivered, and when is_up() changed. It must not throw.
    Link(Settings settings, Topology topology, std::function<void()> wake);
    ~Link() override;

    /// As Engine::start: all signals blocked, affinity reset. Once only, after the last fork.
    bool start(std::string& error) noexcept;
    /// As Engine::stop: false when the thread is stuck. The broker gives what is unsettled to others.
    bool stop(std::chrono::milliseconds patience) noexcept;

    [[nodiscard]] bool is_up() const noexcept override;
    [[nodiscard]] std::uint64_t connection() const noexcept override;
    std::vector<Fate> publish(std::span<const Message> messages, std::chrono::milliseconds patience) override;
    std::vector<std::string> take_late_confirms() override;
    void consume(std::string_view queue, std::uint16_t prefetch) override;
    void cancel(std::string_view queue) override;
    std::vector<Delivery> take() override;
    void acknowledge(Tag tag) override;
    void give_back(Tag tag) override;
    void reject(Tag tag) override;
    [[nodiscard]] Depth depth(std::string_view queue) const override;
    std::vector<LogLine> messages() override;

    /// From any thread.
    [[nodiscard]] Health health() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aep::queue::amqp
