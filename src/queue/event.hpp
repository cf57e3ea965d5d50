#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "consent_store.hpp"
#include "entry.hpp"
#include "message.hpp"

namespace aep::queue {

/// Tells the claims of consents from those of the other store.
inline constexpr EntryId kConsentBit = EntryId{1} << 63U;
constexpr bool is_consent(EntryId id) noexcept {
    return (id & kConsentBit) != 0;
}

/// What the engine tells; on its thread, or from within a call that is refused at once.
struct Kept {
    std::uint64_t ticket = 0;  ///< of keep()
    EntryId id = 0;            ///< 0: it could not be kept
};

struct Work {
    std::string lane;
    std::vector<Claim> claims;  ///< to be settled, each of them
};

struct ConsentTurn {
    std::uint64_t ticket = 0;  ///< of withdraw_consent()
    ConsentStore::Withdrawal result = ConsentStore::Withdrawal::failed;
};

struct NewLane {
    std::string lane;  ///< has entries, and nobody has asked for them: see want()
};

struct Died {
    std::string website;  ///< of an entry that became a dead letter for its age
    std::uint64_t count = 0;
};

struct Discarded {
    std::uint64_t dead_letters = 0;  ///< beyond their limit
};

using Event = std::variant<Kept, Work, ConsentTurn, NewLane, Died, Discarded, Message>;

}  // namespace aep::queue
