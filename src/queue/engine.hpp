#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "consent_store.hpp"
#include "entry.hpp"
#include "ledger.hpp"
#include "store.hpp"

namespace aep::queue {

struct Limits {
    std::uint64_t max_size = std::uint64_t{1} << 30U;  ///< bytes, of all workers
    std::chrono::seconds max_age = std::chrono::hours(24 * 7);
};

/// What the engine tells; on its thread.
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
struct Message {
    bool alert = false;
    std::string text;
};
using Event = std::variant<Kept, Work, ConsentTurn, NewLane, Died, Discarded, Message>;

/// Runs a store on one thread of its own. Knows nothing of nginx.
///
/// Every call returns at once; what comes of it is told by events, several in one go. Entries that come together are
/// appended as one group with one sync; each is told as Kept after that sync only.
class Engine {
  public:
    using Sink = std::function<void(std::vector<Event>&&)>;
    /// Opens the stores, on the engine's thread. May return null after a message in the second argument.
    using Open = std::function<std::unique_ptr<Store>(std::string& error)>;
    using OpenConsents = std::function<std::unique_ptr<ConsentStore>(std::string& error)>;

    static constexpr std::size_t kMaxBacklog = 4096;  ///< keep() calls that wait; more are refused

    Engine(Open open, OpenConsents open_consents, const Limits& limits, Ledger& ledger, Sink sink);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// As edge::Engine::start: all signals blocked, affinity reset. Once only, after the last fork.
    bool start(std::string& error) noexcept;

    /// Appends an entry; Kept tells the end of it. `claimed`: a transfer that is under way will settle it.
    void keep(std::uint64_t ticket, std::shared_ptr<const Entry> entry, bool claimed);
    /// The same for a set-consent, in the store of consents. Kept's id is 1 when it is safe.
    void keep_consent(std::uint64_t ticket, std::string identity, std::shared_ptr<const Entry> entry);
    void withdraw_consent(std::uint64_t ticket, std::string identity);

    /// Asks for up to `count` entries of a lane, besides what was asked for and not given yet. They come as soon
    /// as they are there; entries older than the limit become dead letters instead.
    void want(std::string lane, std::size_t count);
    /// Nothing more is wanted of a lane for now.
    void want_nothing(std::string lane);
    void settle(Settlement settlement);
    void release(EntryId id);

    /// The worker is exiting: claims are forgotten, locks given up, nothing is handed out any more. keep() goes on.
    void leave();

    /// Ends the thread after what was asked for so far. As edge::Engine::stop: false when it is stuck.
    bool stop(std::chrono::milliseconds patience) noexcept;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aep::queue
