// What StoreLoop does for those who deliver.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>

#include "store_loop.hpp"

namespace aep::queue {
namespace {

std::size_t size_of(const std::vector<Claim>& claims) noexcept {
    std::size_t size = 0;
    for (const Claim& claim : claims) {
        size += claim.entry.size();
    }
    return size;
}

}  // namespace

void StoreLoop::tick() {
    next_tick_ = monotonic_ + kInterval;
    const Time jump = clock_.take_jump();
    if (jump != 0) {
        constexpr Time kMillisecondsPerSecond = 1000;
        say(false,
            "the system's clock has jumped by " + std::to_string(jump / kMillisecondsPerSecond) +
                " s; the queue goes on by the time that has passed, so nothing in it gets older or waits "
                "longer for that");
    }
    if (!left_) {
        consents_.settle_again();
        lanes_.look_for_consents();
        if (store_) {
            store_->tend();
            discard_excess();
        }
        look_at_lanes();
    }
    report_stores();
}

/// Finds what others have left or put into a common store, and when what waits in it becomes due.
void StoreLoop::look_at_lanes() {
    for (const std::string& lane : consents_.lanes()) {
        meet(lane);
    }
    if (!store_) {
        return;
    }
    for (const std::string& lane : store_->lanes()) {
        meet(lane);
    }
    lanes_.look_at_all();
    for (auto& [name, lane] : lanes_.at(now_)) {
        if (lane.wanted != 0) {
            lane.due = store_->next_due(name);
        }
    }
}

void StoreLoop::report_stores() {
    for (LogLine& message : store_ ? store_->messages() : std::vector<LogLine>{}) {
        events_.emplace_back(std::move(message));
    }
    for (LogLine& message : consents_.messages()) {
        events_.emplace_back(std::move(message));
    }
}

void StoreLoop::hand_out() {
    for (auto& [name, lane] : lanes_.at(now_)) {
        if (lane.wanted != 0) {
            hand_out(name, lane);
        }
    }
}

void StoreLoop::hand_out(const std::string& name, Lanes::LaneState& lane) {
    std::vector<Claim> claims = claim(name, lane);
    bury_the_old(claims);
    if (!claims.empty()) {
        const std::size_t count = claims.size();
        events_.emplace_back(Work{name, std::move(claims)});
        lane.wanted -= std::min(lane.wanted, count);
    }
}

/// Whether an entry goes to those who want it as soon as it is durable: when nothing older of its lane waits. That
/// saves reading it again. Its place among what is wanted is taken then.
bool StoreLoop::take_want(const Append& append) {
    if (append.claimed) {
        return false;
    }
    if (append.entry->due > now_) {
        lanes_.look_at_all(append.entry->due);
        return false;
    }
    Lanes::LaneState& lane = lanes_.of(append.entry->lane);
    if (lane.wanted == 0 || lane.worth_a_look || lane.look_for_consents || !may_claim() ||
        is_too_old(*append.entry)) {
        lane.worth_a_look = true;
        return false;
    }
    --lane.wanted;
    return true;
}

/// What take_want() has promised.
void StoreLoop::hand_out(std::vector<PendingAppend>& appends, bool safe) {
    std::map<std::string, std::vector<Claim>, std::less<>> claims;
    for (PendingAppend& append : appends) {
        const std::string& lane = append.entry->lane;
        if (append.is_handed_out && safe && !left_) {
            claims[lane].push_back({append.id.value(), std::move(*append.entry)});
        } else if (append.is_handed_out) {
            lanes_.want(lane, 1);
        }
    }
    for (auto& [lane, work] : claims) {
        events_.emplace_back(Work{lane, std::move(work)});
    }
}

/// Consents come first: what follows may depend on them.
std::vector<Claim> StoreLoop::claim(const std::string& name, Lanes::LaneState& lane) {
    const std::size_t most = std::min(lane.wanted, kMaxClaims);
    std::vector<Claim> claims;
    if (lane.look_for_consents) {
        claims = consents_.claim(name, now_, most);
        lane.look_for_consents = claims.size() >= most;
    }
    const std::size_t rest = most - std::min(most, claims.size());
    if (rest != 0 && lane.worth_a_look && may_claim()) {
        std::vector<Claim> found = store_->claim(name, now_, rest, kMaxClaimed);
        lane.worth_a_look = found.size() >= rest || size_of(found) >= kMaxClaimed / 2;
        std::move(found.begin(), found.end(), std::back_inserter(claims));
    }
    return claims;
}

bool StoreLoop::is_too_old(const Entry& entry) const noexcept {
    // In seconds: not every number of them could be told in milliseconds.
    const std::chrono::milliseconds age(now_ - entry.received);
    return std::chrono::ceil<std::chrono::seconds>(age) > limits_.max_age;
}

/// Takes out what is too old to be sent.
void StoreLoop::bury_the_old(std::vector<Claim>& claims) {
    std::erase_if(claims, [&](Claim& claim) {
        if (!is_too_old(claim.entry)) {
            return false;
        }
        Settlement settlement;
        settlement.id = claim.id;
        settlement.result = Settlement::Result::dead;
        settlement.attempts = claim.entry.attempts;
        settlement.reason =
            "older than the max_age of aep_queue, " + std::to_string(limits_.max_age.count()) + " s";
        if (claim.id.kind == EntryId::Kind::consent) {
            consents_.settle(std::move(settlement));
            events_.emplace_back(Died{claim.entry.website, 1});
        } else {
            settle_later({std::move(settlement), std::move(claim.entry.website)});
        }
        return true;
    });
}

void StoreLoop::settle_later(PendingSettlement&& settlement) {
    if (settlements_.empty()) {
        settle_at_ = monotonic_ + kSettlementPatience;
    }
    settlements_.push_back(std::move(settlement));
}

std::int64_t StoreLoop::patience() const noexcept {
    std::int64_t until = next_tick_;
    if (settlements_are_due(false)) {
        return 0;
    }
    if (!settlements_.empty()) {
        until = std::min(until, settle_at_);
    }
    if (const std::optional<Time> next = may_claim() ? lanes_.next() : std::nullopt) {
        until = std::min(until, *next == 0 ? monotonic_ : monotonic_ + (*next - now_));
    }
    return std::max<std::int64_t>(until - monotonic_, 0);
}

}  // namespace aep::queue
