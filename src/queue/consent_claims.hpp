#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent_order.hpp"
#include "consent_store.hpp"
#include "entry.hpp"
#include "event.hpp"

namespace aep::queue {

/// A store of consents, for an engine: knows what is claimed, and gives settlements again that failed. On one thread.
class ConsentClaims {
  public:
    void use(std::unique_ptr<ConsentStore> store) noexcept { store_ = std::move(store); }
    [[nodiscard]] bool is_open() const noexcept { return store_ != nullptr; }

    /// As ConsentStore::append. `claimed`: a transfer that is under way will settle it, by the identifier that this gives.
    std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                  const Entry& entry, bool claimed, Time now);
    ConsentStore::Withdrawal withdraw(std::string_view identity, Time now);

    /// Claims of a lane that are due.
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most, std::uint32_t most_attempts);
    void settle(Settlement settlement);
    void release(EntryId id);
    /// Gives the settlements again that failed.
    void settle_again();

    std::vector<std::string> lanes();
    std::vector<LogLine> messages();
    void leave();
    /// Puts back what is claimed: nobody sends it any more.
    void release_all();
    /// Closes the store. What was claimed is nobody's then.
    void close() noexcept;

  private:
    std::unique_ptr<ConsentStore> store_;
    std::map<EntryId, std::uint32_t> attempts_;  ///< of what is claimed
    std::vector<Settlement> failed_;
};

}  // namespace aep::queue
