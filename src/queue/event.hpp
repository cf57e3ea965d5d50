#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "consent_store.hpp"
#include "dead_letters.hpp"
#include "entry.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// What the engine tells; on its thread, or from within a call that is refused at once.
struct Appended {
    std::uint64_t ticket = 0;  ///< of append(), append_consent() or append_order()
    /// Nothing: it is not in the queue. It names nothing where a newer consent has come meanwhile: nobody needs this
    /// one any more.
    std::optional<EntryId> id;
};

struct Work {
    std::string edge;
    std::vector<Claim> claims;  ///< to be settled, each of them
};

/// The first back office events of a lane, in their order, all of one datastream: they go to Edge together. The next ones
/// come when all of these are settled or released.
struct Batch {
    std::string edge;
    std::vector<Claim> claims;
};

struct ConsentTurn {
    std::uint64_t ticket = 0;  ///< of withdraw_consent()
    ConsentStore::Withdrawal result = ConsentStore::Withdrawal::failed;
};

struct NewEdge {
    std::string edge;  ///< something waits for it, and nobody has asked for that: see want()
};

struct Died {
    std::string website;  ///< of an entry that became a dead letter for its age
    std::uint64_t count = 0;
};

struct Discarded {
    std::uint64_t dead_letters = 0;  ///< beyond their limit
};

/// Dead letters, in the order of their identifiers.
struct DeadLetters {
    std::uint64_t ticket = 0;  ///< of list_dead_letters()
    std::vector<DeadLetterSummary> letters;
    bool more = false;    ///< there are more behind the last one
    bool failed = false;  ///< some may be missing: a file could not be read
};

struct FoundDeadLetter {
    std::uint64_t ticket = 0;          ///< of read_dead_letter()
    std::optional<DeadLetter> letter;  ///< nothing: there is none, unless that has failed
    bool failed = false;               ///< its file could not be read
};

struct ChangedDeadLetters {
    std::uint64_t ticket = 0;  ///< of requeue_dead_letters() or discard_dead_letters()
    std::uint64_t count = 0;   ///< how many were
    bool failed = false;       ///< some may have stayed: a file could not be read or written
};

/// One handler for each alternative of a variant, for std::visit.
template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>  // clang 14 does not deduce it (P1816)
Overloaded(Handlers...)->Overloaded<Handlers...>;

using Event = std::variant<Appended, Work, Batch, ConsentTurn, NewEdge, Died, Discarded, LogLine, DeadLetters,
                           FoundDeadLetter, ChangedDeadLetters>;

}  // namespace aep::queue
