#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consent_order.hpp"
#include "entry.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// The set-consent requests that wait for Edge: one file for all workers, one entry for each identity, the newest.
/// Used by one thread of each process. What it says is durable.
class ConsentStore {
  public:
    enum class Withdrawal : std::uint8_t {
        absent,     ///< none waits
        withdrawn,  ///< one waited; it will not be sent
        in_flight,  ///< one is being sent just now: what is newer has to wait for it
        failed,     ///< the file cannot be used just now
    };

    virtual ~ConsentStore() = default;

    /// Appends a request, in place of an older one of the same identity. What was overtaken is not appended: whether it
    /// was is asked when no other process can withdraw or append anything of the identity. `sent` (0: it is not): it is
    /// being sent since then, and this process settles it, as a claim. Nothing when it cannot be appended; an identifier
    /// that names nothing when it was overtaken.
    virtual std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                          const Entry& entry, Time sent) = 0;

    /// Takes back what waits for an identity, before a live request of the same identity is sent.
    virtual Withdrawal withdraw(std::string_view identity, Time now) = 0;

    /// Takes up to `most` requests of a lane that are due and have failed at most so often, as this process's to send. Only one process at a time
    /// delivers (it holds the lock of the file); in others it gives nothing. A claim ends by itself when no transfer
    /// can be under way any more, should the process die.
    virtual std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                                     std::uint32_t most_attempts) = 0;

    /// As Store::settle; a request that was replaced by a newer one meanwhile leaves the newer one where it is.
    virtual bool settle(const Settlement& settlement) = 0;

    virtual std::vector<std::string> lanes() = 0;
    virtual void leave() = 0;
    virtual std::vector<LogLine> messages() = 0;

    static constexpr Time kClaimTime = 60'000;  ///< ms: more where transfers may take longer
    /// ms: a claim that ends later is of a clock that was wrong.
    static constexpr Time kLongestClaim = 3 * 3'600'000;
};

/// A decision that a node has kept while its broker was away, and of which the broker has not heard.
struct UnpublishedConsent {
    EntryId id;
    std::string identity;
    Entry entry;
};

/// The same where a broker has the order of a fleet's decisions: those that a node keeps while the broker is away. They are
/// delivered from here, and are to be published all the same, also when they were delivered before: an older decision
/// may wait in the broker. What was appended is known as unpublished until settle_unpublished(), whichever process
/// appended it, and whatever becomes of that.
class ConsentSpool : public ConsentStore {
  public:
    /// Whether something of an identity waits here or is unpublished: what is newer takes its place behind that. False
    /// where that cannot be said.
    virtual bool has(std::string_view identity) = 0;

    /// Up to `most` of a lane's, the oldest first, but for those whose identity has something under way to Edge. In the
    /// process that delivers; in others none.
    virtual std::vector<UnpublishedConsent> unpublished(std::string_view lane, Time now,
                                                        std::size_t most) = 0;

    /// The broker has these: they are not sent from here any more. False when that is not durable: they are given again.
    virtual bool settle_unpublished(std::span<const EntryId> ids) = 0;
};

}  // namespace aep::queue
