#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "expect.hpp"
#include "fake_store.hpp"
#include "queue/store_loop.hpp"

namespace aep::test {

constexpr queue::Time kStart = 1'700'000'000'000;
constexpr const char* kNorth = "https://north.example";
constexpr const char* kSouth = "https://south.example";

/// A loop on fake stores, with a clock that the test moves.
struct LoopHarness {
    explicit LoopHarness(queue::Limits limits = {}) {
        auto fake = std::make_unique<FakeBackend>(
            [this](std::string& error) -> std::unique_ptr<queue::Store> {
                ++opens;
                if (!can_open) {
                    error = "\"/var/queue\" cannot be written";
                    return nullptr;
                }
                return std::make_unique<FakeStore>(disk, *ledger);
            },
            [this](std::string& error) -> std::unique_ptr<queue::ConsentStore> {
                if (!can_open_consents) {
                    error = "\"/var/queue/consents.db\" cannot be written";
                    return nullptr;
                }
                return std::make_unique<FakeConsentStore>(consents);
            },
            [this](std::string& error) -> std::unique_ptr<queue::OrderStore> {
                if (!can_open_orders) {
                    error = "\"/var/queue/orders.db\" cannot be written";
                    return nullptr;
                }
                return std::make_unique<FakeOrderStore>(orders, *ledger);
            },
            [this]() -> std::unique_ptr<queue::DeadLetterStore> {
                return can_open_letters ? std::make_unique<FakeLetterStore>(letters) : nullptr;
            });
        backend = fake.get();
        loop = std::make_unique<queue::StoreLoop>(
            std::move(fake), limits, *ledger,
            [this](std::vector<queue::Event>&& told) {
                if (cannot_be_told) {
                    throw std::bad_alloc();
                }
                ++tellings;
                for (queue::Event& event : told) {
                    events.push_back(std::move(event));
                }
            },
            instant());
        loop->wake_by([this] { ++wakes; });
    }

    [[nodiscard]] queue::StoreLoop::Instant instant() const { return {kStart + monotonic + jump, monotonic}; }
    [[nodiscard]] queue::Time now() const { return kStart + monotonic; }

    /// One turn with these commands; returns the patience.
    template <typename... Commands>
    std::int64_t turn(Commands&&... what) {
        (commands.emplace_back(std::forward<Commands>(what)), ...);
        return loop->turn(commands, instant());
    }

    std::int64_t turn_after(std::int64_t milliseconds) {
        monotonic += milliseconds;
        return turn();
    }

    /// Turns for as long as there is something to do at once.
    void turn_until_idle() {
        for (int i = 0; turn() == 0; ++i) {
            assert_true(i < 10'000);
        }
    }

    queue::Append append(std::uint64_t ticket, const std::string& lane = kNorth, bool claimed = false) const {
        return {ticket, entry_for(lane, now()), claimed};
    }

    queue::AppendOrder append_order(std::uint64_t ticket, std::string body = "{}",
                                    const std::string& lane = kNorth) const {
        auto entry = entry_for(lane, now(), std::move(body));
        entry->source = queue::Source::back_office;
        return {ticket, std::move(entry)};
    }

    /// Puts entries into the store, as if another process had left them.
    void stock(const std::string& lane, std::size_t count, queue::Time received) {
        for (std::size_t i = 0; i < count; ++i) {
            disk.add(++disk.last_id, {*entry_for(lane, received), false});
        }
    }

    /// All events of a kind that were told; they are forgotten.
    template <typename Kind>
    std::vector<Kind> take() {
        std::vector<Kind> found;
        std::erase_if(events, [&](queue::Event& event) {
            if (auto* kind = std::get_if<Kind>(&event)) {
                found.push_back(std::move(*kind));
                return true;
            }
            return false;
        });
        return found;
    }

    /// The one event of a kind.
    template <typename Kind>
    Kind take_one(Where where = Where::here()) {
        std::vector<Kind> found = take<Kind>();
        if (found.size() != 1) {
            print_error("%zu events instead of one\n", found.size());
            _fail(where.file, where.line);
        }
        return std::move(found.front());
    }

    /// All claims that were handed out of a lane.
    std::vector<queue::Claim> take_work(const std::string& lane) {
        std::vector<queue::Claim> claims;
        std::erase_if(events, [&](queue::Event& event) {
            auto* work = std::get_if<queue::Work>(&event);
            if (work == nullptr || work->edge != lane) {
                return false;
            }
            std::move(work->claims.begin(), work->claims.end(), std::back_inserter(claims));
            return true;
        });
        return claims;
    }

    std::unique_ptr<queue::Ledger> ledger = std::make_unique<queue::Ledger>();
    FakeDisk disk;
    FakeConsents consents;
    FakeOrders orders;
    FakeLetters letters;
    bool can_open = true;
    bool can_open_letters = true;
    bool can_open_consents = true;
    bool can_open_orders = true;
    int opens = 0;
    std::int64_t monotonic = 1000;
    queue::Time jump = 0;  ///< of the time of day
    std::vector<queue::Command> commands;
    std::vector<queue::Event> events;
    int tellings = 0;
    bool cannot_be_told = false;  ///< there is no memory for it
    int wakes = 0;
    FakeBackend* backend = nullptr;  ///< the loop's
    std::unique_ptr<queue::StoreLoop> loop;
};

inline queue::Settlement settlement(queue::EntryId id,
                                    queue::Settlement::Result result = queue::Settlement::Result::delivered,
                                    queue::Time due = 0) {
    queue::Settlement settlement;
    settlement.id = id;
    settlement.result = result;
    settlement.attempts = 1;
    settlement.due = due;
    return settlement;
}

/// Of an entry of the fake store.
inline queue::Settlement settlement(std::uint64_t number,
                                    queue::Settlement::Result result = queue::Settlement::Result::delivered,
                                    queue::Time due = 0) {
    return settlement(event_id(number), result, due);
}

}  // namespace aep::test
