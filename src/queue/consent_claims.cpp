#include "consent_claims.hpp"

#include <utility>

namespace aep::queue {

std::optional<EntryId> ConsentClaims::append(std::string_view identity, const ConsentOrder::Turn& turn,
                                             const Entry& entry, bool claimed, Time now) {
    if (!store_) {
        return std::nullopt;
    }
    const std::optional<EntryId> id = store_->append(identity, turn, entry, claimed ? now : 0);
    if (claimed && id && *id != EntryId{}) {
        attempts_.insert_or_assign(*id, entry.attempts);
    }
    return id;
}

ConsentStore::Withdrawal ConsentClaims::withdraw(std::string_view identity, Time now) {
    return store_ ? store_->withdraw(identity, now) : ConsentStore::Withdrawal::failed;
}

std::vector<Claim> ConsentClaims::claim(std::string_view lane, Time now, std::size_t most,
                                        std::uint32_t most_attempts) {
    // While the file cannot be written, what was delivered would be given out again.
    if (!store_ || !failed_.empty()) {
        return {};
    }
    std::vector<Claim> claims = store_->claim(lane, now, most, most_attempts);
    for (const Claim& claim : claims) {
        attempts_.insert_or_assign(claim.id, claim.entry.attempts);
    }
    return claims;
}

void ConsentClaims::settle(Settlement settlement) {
    if (attempts_.erase(settlement.id) != 0 && !store_->settle(settlement)) {
        failed_.push_back(std::move(settlement));
    }
}

void ConsentClaims::release(EntryId id) {
    const auto claimed = attempts_.find(id);
    if (claimed != attempts_.end()) {
        Settlement settlement;
        settlement.id = id;
        settlement.result = Settlement::Result::retry;
        settlement.attempts = claimed->second;
        settle(std::move(settlement));
    }
}

void ConsentClaims::settle_again() {
    std::erase_if(failed_, [this](const Settlement& settlement) { return store_->settle(settlement); });
}

std::vector<std::string> ConsentClaims::lanes() {
    return store_ ? store_->lanes() : std::vector<std::string>{};
}

std::vector<LogLine> ConsentClaims::messages() {
    return store_ ? store_->messages() : std::vector<LogLine>{};
}

void ConsentClaims::leave() {
    if (store_) {
        settle_again();
        store_->leave();
    }
    failed_.clear();
}

void ConsentClaims::release_all() {
    while (!attempts_.empty() && failed_.empty()) {
        release(attempts_.begin()->first);
    }
}

void ConsentClaims::close() noexcept {
    store_.reset();
    attempts_.clear();
    failed_.clear();
}

}  // namespace aep::queue
