#pragma once

#include "ngx/ngx.hpp"

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "delivery/queue_client.hpp"
#include "delivery/worker.hpp"
#include "settings/runtime.hpp"
#include "shared/zone.hpp"
#include "status/connection_checks.hpp"

namespace aep::status {

/// What a worker does for operators, and who waits for each of it. One object per worker process.
class Operations final : private delivery::QueueClient::Inspector, private delivery::Worker::Sender {
  public:
    static constexpr auto kSlot = settings::Runtime::Slot::operations;

    /// Who waits for the queue's answer. Lives in a request's pool. One of these comes, once.
    struct Waiter {
        virtual void on_dead_letters(queue::DeadLetters&& found) noexcept = 0;
        virtual void on_dead_letter(queue::FoundDeadLetter&& found) noexcept = 0;
        virtual void on_dead_letters_changed(const queue::ChangedDeadLetters& changed) noexcept = 0;
        virtual void on_quit() noexcept = 0;  ///< besides: the worker is exiting

      protected:
        ~Waiter() = default;
    };

    /// `worker` must outlive this.
    Operations(delivery::Worker& worker, const shared::Zone& zone)
        : worker_(worker), checks_(worker, zone, worker.add(*this)) {}
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;

    [[nodiscard]] bool has_queue() const noexcept { return worker_.queue() != nullptr; }
    ConnectionChecks& checks() noexcept { return checks_; }

    // Only with a queue. Each returns a number for cancel(), and may throw std::bad_alloc.
    std::uint64_t list(Waiter& waiter, const queue::DeadLetterFilter& filter, queue::EntryId after,
                       std::size_t most);
    std::uint64_t read(Waiter& waiter, queue::EntryId id);
    std::uint64_t requeue(Waiter& waiter, const queue::DeadLetterFilter& filter);
    std::uint64_t discard(Waiter& waiter, const queue::DeadLetterFilter& filter);
    /// The waiter waits no more; what it asked for is done all the same.
    void cancel(std::uint64_t number) noexcept { waiters_.erase(number); }

  private:
    void on_dead_letters(std::uint64_t id, queue::DeadLetters&& found) noexcept override;
    void on_dead_letter(std::uint64_t id, queue::FoundDeadLetter&& found) noexcept override;
    void on_dead_letters_changed(std::uint64_t id, queue::ChangedDeadLetters changed) noexcept override;

    void on_response(edge::Response&& response) noexcept override {
        checks_.on_response(std::move(response));
    }
    void on_quit() noexcept override;
    void let_waiters_go() noexcept override;
    void hand_over_to_queue() noexcept override {}
    [[nodiscard]] bool is_idle() const noexcept override { return true; }

    std::uint64_t add(Waiter& waiter);
    Waiter* take(std::uint64_t number) noexcept;

    delivery::Worker& worker_;
    ConnectionChecks checks_;
    std::unordered_map<std::uint64_t, Waiter*> waiters_;
    std::uint64_t last_number_ = 0;
};

}  // namespace aep::status
