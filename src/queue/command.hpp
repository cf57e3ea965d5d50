#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "consent_order.hpp"
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
struct WithdrawConsent {
    std::uint64_t ticket = 0;
    std::string identity;
};
struct Want {
    std::string lane;
    std::size_t count = 0;
};
struct WantNothing {
    std::string lane;
};
struct Release {
    EntryId id;
};
struct Leave {};
using Command =
    std::variant<Append, AppendConsent, WithdrawConsent, Want, WantNothing, Settlement, Release, Leave>;

}  // namespace aep::queue
