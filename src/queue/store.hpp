#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// What holds the entries. Used by one thread. Nothing throws but std::bad_alloc.
///
/// What append() and settle() do is one unit until sync(): then it is durable, all of it, or undone, all of it.
/// Claims are this process's own and are not stored: who crashes leaves its entries to the next who opens the store.
class Store {
  public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    /// Adds an entry. `claimed`: it is the caller's at once, who has what it says, and claim() does not give it.
    /// Nothing when it cannot: the unit is then spoiled, and sync() will say so.
    virtual std::optional<EntryId> append(Entry&& entry, bool claimed) = 0;

    /// Whether it takes entries just now. Where it does not, it says so itself.
    virtual bool takes_entries() { return true; }

    /// Removes, keeps for later or sets aside what was claimed. An identifier that is not claimed is ignored.
    virtual void settle(const Settlement& settlement) = 0;

    /// Makes the unit durable. False when it was undone: the entries appended in it do not exist, the settlements
    /// have to be given again.
    virtual bool sync() = 0;

    enum class Order : std::uint8_t {
        oldest_first,
        newest_first,  ///< as far as it is easily known
    };

    /// Whether what is appended may be handed out from memory, once it is durable, to who wants it. False where it comes
    /// back by claim() alone, perhaps in another process.
    [[nodiscard]] virtual bool hands_out_appended() const noexcept { return true; }

    /// Takes up to `most` entries of a lane that are due, of at most about `most_bytes` in sum: what has not been tried
    /// first, in the order that is asked for, then what has failed. Call it between units.
    virtual std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                                     std::size_t most_bytes, Order order = Order::oldest_first) = 0;

    /// Puts a claim back, unchanged: as if it had never been taken.
    virtual void release(EntryId id) = 0;

    /// The lanes that have entries, claimed or not.
    virtual std::vector<std::string> lanes() = 0;

    /// When the next entry of a lane becomes due that is not now; 0: none is known of.
    virtual Time next_due(std::string_view lane) = 0;

    /// Removes dead letters of at least that size in sum, each time the oldest of the lane that has the most; returns
    /// how many.
    virtual std::size_t discard_dead_letters(std::size_t bytes) = 0;

    virtual Counts counts() = 0;

    struct Disk {
        std::uint64_t free = std::numeric_limits<std::uint64_t>::max();  ///< bytes
        std::uint64_t size = 0;                                          ///< 0: not known
    };
    /// What it grows into, where it can tell.
    [[nodiscard]] virtual Disk disk() const { return {}; }

    /// Once a second: looks for what others have left, removes what is empty.
    virtual void tend() = 0;

    /// The process is about to end: forgets all claims and leaves the entries to others. append() may still be
    /// called; it then leaves its entries to others too.
    virtual void leave() = 0;

    /// What has happened since the last call.
    virtual std::vector<LogLine> messages() = 0;
};

}  // namespace aep::queue
