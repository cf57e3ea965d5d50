#include "order_claims.hpp"

namespace aep::queue {

std::vector<EntryId> OrderClaims::append(std::span<const Entry* const> entries) {
    return store_ ? store_->append(entries) : std::vector<EntryId>{};
}

std::vector<Claim> OrderClaims::claim(const std::string& lane, Time now) {
    if (!store_ || batches_.contains(lane)) {
        return {};
    }
    std::vector<Claim> claims = store_->first(lane, now, kBatchEvents, kBatchBytes);
    for (const Claim& claim : claims) {
        claims_.insert_or_assign(claim.id, Claimed{lane});
        ++batches_[lane];
    }
    return claims;
}

void OrderClaims::settle(Settlement&& settlement) {
    const auto claimed = claims_.find(settlement.id);
    if (claimed != claims_.end() && !std::exchange(claimed->second.settled, true)) {
        settlements_.push_back(std::move(settlement));
    }
}

void OrderClaims::release(EntryId id) {
    const auto claimed = claims_.find(id);
    if (claimed != claims_.end() && !claimed->second.settled) {
        end(id);
    }
}

/// Whether it was the last one of its batch.
bool OrderClaims::end(EntryId id) {
    const auto claimed = claims_.find(id);
    const auto batch = batches_.find(claimed->second.lane);
    const bool is_last = --batch->second == 0;
    if (is_last) {
        batches_.erase(batch);
    }
    claims_.erase(claimed);
    return is_last;
}

bool OrderClaims::sync() {
    if (settlements_.empty()) {
        return true;
    }
    if (!store_->settle(settlements_)) {
        return false;
    }
    for (const Settlement& settlement : std::exchange(settlements_, {})) {
        std::string lane = claims_.find(settlement.id)->second.lane;
        if (end(settlement.id)) {
            free_lanes_.push_back(std::move(lane));
        }
    }
    return true;
}

std::size_t OrderClaims::discard_dead_letters(std::size_t bytes) {
    return store_ && bytes != 0 ? store_->discard_dead_letters(bytes) : 0;
}

std::vector<std::string> OrderClaims::lanes() {
    return store_ ? store_->lanes() : std::vector<std::string>{};
}

std::vector<LogLine> OrderClaims::messages() {
    return store_ ? store_->messages() : std::vector<LogLine>{};
}

void OrderClaims::tend() {
    if (store_) {
        store_->tend();
    }
}

void OrderClaims::leave() {
    if (store_) {
        sync();
        store_->leave();
    }
    claims_.clear();
    batches_.clear();
    settlements_.clear();
}

void OrderClaims::close() noexcept {
    store_.reset();
    claims_.clear();
    batches_.clear();
    settlements_.clear();
    free_lanes_.clear();
}

}  // namespace aep::queue
