#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "consent_order.hpp"
#include "dead_letters.hpp"
#include "entry.hpp"

namespace aep::queue {

/// What an engine's thread is told: its public calls, as values.
struct Append {
    std::uint64_t ticket = 0;
    std::shared_ptr<Entry> entry;  ///< the thread's alone from here on
    bool claimed = false;
};
struct AppendConsent {
    std::uint64_t ticket = 0;
    std::string identity;
    ConsentOrder::Turn turn;
    std::shared_ptr<Entry> entry;  ///< as above
    bool claimed = false;
};
struct AppendOrder {
    std::uint64_t ticket = 0;
    std::shared_ptr<Entry> entry;  ///< as above
};
struct WithdrawConsent {
    std::uint64_t ticket = 0;
    std::string identity;
};
struct Want {
    std::string edge;
    std::size_t count = 0;
    bool is_probe = false;
};
struct WantNothing {
    std::string edge;
};
struct Rest {
    std::string lane;
    std::chrono::milliseconds pause{0};
};
struct Release {
    EntryId id;
};
struct Leave {};
struct ListDeadLetters {
    std::uint64_t ticket = 0;
    DeadLetterFilter filter;
    EntryId after;
    std::size_t most = 0;
};
struct ReadDeadLetter {
    std::uint64_t ticket = 0;
    EntryId id;
};
struct ChangeDeadLetters {
    enum class Change : std::uint8_t { requeue, discard };

    std::uint64_t ticket = 0;
    Change change = Change::requeue;
    DeadLetterFilter filter;
};
using Command = std::variant<Append, AppendConsent, AppendOrder, WithdrawConsent, Want, WantNothing, Rest,
                             Settlement, Release, Leave, ListDeadLetters, ReadDeadLetter, ChangeDeadLetters>;

}  // namespace aep::queue
