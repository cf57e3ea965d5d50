// What StoreLoop does for those who deliver.

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "lanes.hpp"
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
        order_settlements_failed_ = false;
        orders_.tend();
        lanes_.look_for_orders();
        discard_excess_of_orders();
        if (store_) {
            store_->tend();
            discard_excess();
        }
        look_at_lanes();
    }
    report_stores();
    if (store_) {
        const Store::Disk disk = store_->disk();
        ledger_.note_disk({.free = disk.free, .size = disk.size});
    }
}

/// What has come by itself is looked for at once.
void StoreLoop::look_at_news() {
    if (!left_ && backend_->take_news()) {
        look_at_lanes();
        lanes_.look_for_consents();
        lanes_.look_for_orders();
    }
}

/// Finds what others have left or put into a common store, and when what waits in it becomes due.
void StoreLoop::look_at_lanes() {
    for (const std::string& lane : consents_.lanes()) {
        meet(lane);
    }
    for (const std::string& lane : orders_.lanes()) {
        meet(lane);
    }
    if (!store_) {
        return;
    }
    for (const std::string& lane : store_->lanes()) {
        meet(lane);
    }
    lanes_.look_at_all();
    for (auto& [edge, state] : lanes_.at(now_)) {
        if (state.wanted == 0) {
            continue;
        }
        for (auto& [name, lane] : state.lanes) {
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
    for (LogLine& message : orders_.messages()) {
        events_.emplace_back(std::move(message));
    }
}

void StoreLoop::hand_out() {
    for (auto& [name, edge] : lanes_.at(now_)) {
        if (edge.wanted != 0) {
            hand_out(name, edge);
        }
    }
}

/// Back office events and what else waits take turns, so that none of them has to wait for the end of the other.
void StoreLoop::hand_out(const std::string& name, Lanes::EdgeState& edge) {
    const bool batches_first = !std::exchange(edge.gave_batches, false);
    if (batches_first) {
        hand_out_batches(name, edge);
    }
    if (edge.wanted != 0) {
        hand_out_entries(name, edge);
    }
    if (!batches_first) {
        hand_out_batches(name, edge);
    }
}

/// One of a lane at a time.
void StoreLoop::hand_out_batches(const std::string& name, Lanes::EdgeState& edge) {
    for (const Lanes::LaneMap::pointer named : edge.in_turn_for_orders(now_)) {
        auto& [lane_name, lane] = *named;
        if (edge.wanted == 0) {
            return;
        }
        std::vector<Claim> claims = orders_.claim(lane_name, now_);
        lane.look_for_orders = false;
        bury_the_old(claims);
        if (!claims.empty()) {
            edge.last_batch = lane_name;
            edge.gave_batches = true;
            --edge.wanted;
            events_.emplace_back(Batch{name, std::move(claims)});
        }
    }
}

void StoreLoop::hand_out_entries(const std::string& name, Lanes::EdgeState& edge) {
    std::vector<Claim> claims = claim(edge);
    bury_the_old(claims);
    if (!claims.empty()) {
        const std::size_t count = claims.size();
        events_.emplace_back(Work{name, std::move(claims)});
        edge.wanted -= std::min(edge.wanted, count);
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
    Lanes::EdgeState& edge = lanes_.edge_of_lane(append.entry->lane);
    Lanes::LaneState& lane = edge.of(append.entry->lane);
    if (edge.wanted == 0 || !store_->hands_out_appended() || lane.worth_a_look || lane.look_for_consents ||
        lane.rests_until > now_ || !may_claim() || is_too_old(*append.entry) || edge.may_have_orders(now_)) {
        lane.worth_a_look = true;
        return false;
    }
    --edge.wanted;
    return true;
}

/// What take_want() has promised.
void StoreLoop::hand_out(std::vector<PendingAppend>& appends, bool safe) {
    std::map<std::string, std::vector<Claim>, std::less<>> claims;
    for (PendingAppend& append : appends) {
        const std::string& lane = append.entry->lane;
        if (append.is_handed_out && safe && !left_) {
            claims[std::string(edge_of(lane))].push_back({append.id.value(), std::move(*append.entry)});
        } else if (append.is_handed_out) {
            lanes_.want_one_more(lane);
        }
    }
    for (auto& [edge, work] : claims) {
        events_.emplace_back(Work{edge, std::move(work)});
    }
}

void StoreLoop::Haul::add(std::vector<Claim>&& more) {
    for (Claim& claim : more) {
        bytes += claim.entry.size();
        claims.push_back(std::move(claim));
    }
}

/// The lanes of an Edge take turns, and each gets its part of what is wanted.
std::vector<Claim> StoreLoop::claim(Lanes::EdgeState& edge) {
    const std::size_t most = std::min(edge.wanted, kMaxClaims);
    Haul all;
    std::vector<Lanes::LaneMap::pointer> turn = edge.in_turn(now_);
    while (!turn.empty() && all.claims.size() < most && all.bytes < kMaxClaimed) {
        const std::size_t share = std::max<std::size_t>((most - all.claims.size()) / turn.size(), 1);
        std::erase_if(turn, [&](const Lanes::LaneMap::pointer named) {
            auto& [name, lane] = *named;
            const std::size_t before = all.claims.size();
            all.most = std::min(before + share, most);
            if (all.is_full()) {
                return false;
            }
            claim(name, lane, edge.wants_probe, all);
            if (all.claims.size() == before) {
                return true;
            }
            edge.last_served = name;
            return !lane.may_have_something(now_);
        });
    }
    return std::move(all.claims);
}

/// Consents come first: what follows may depend on them. But one that has failed must not be what finds out whether an
/// Edge is well, as long as there is something else.
void StoreLoop::claim(const std::string& name, Lanes::LaneState& lane, bool is_probe, Haul& haul) {
    constexpr std::uint32_t kAny = std::numeric_limits<std::uint32_t>::max();
    if (lane.look_for_consents) {
        claim_consents(name, lane, is_probe ? 0 : kAny, haul);
    }
    if (!haul.is_full() && lane.worth_a_look && may_claim()) {
        const std::size_t room = haul.room();
        const std::size_t bytes = kMaxClaimed - haul.bytes;
        // A handful of entries that fail, one behind the other, must not be all that finds out.
        const auto order = is_probe ? Store::Order::newest_first : Store::Order::oldest_first;
        std::vector<Claim> found = store_->claim(name, now_, room, bytes, order);
        const Time due = found.empty() ? store_->next_due(name) : 0;
        lane.worth_a_look = found.size() >= room || size_of(found) >= bytes / 2 || (due != 0 && due <= now_);
        haul.add(std::move(found));
    }
    if (is_probe && !haul.is_full() && lane.look_for_consents) {
        claim_consents(name, lane, kAny, haul);
    }
}

void StoreLoop::claim_consents(const std::string& name, Lanes::LaneState& lane, std::uint32_t most_attempts,
                               Haul& haul) {
    const std::size_t room = haul.room();
    std::vector<Claim> found = consents_.claim(name, now_, room, most_attempts);
    const bool are_all = most_attempts == std::numeric_limits<std::uint32_t>::max();
    lane.look_for_consents = !are_all || found.size() >= room;
    haul.add(std::move(found));
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
        } else if (claim.id.kind == EntryId::Kind::order) {
            orders_.settle(std::move(settlement));
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
    if (settlements_are_due(false) || (orders_.has_settlements() && !order_settlements_failed_)) {
        return 0;
    }
    if (!settlements_.empty()) {
        until = std::min(until, settle_at_);
    }
    if (const std::optional<Time> next = may_claim() ? lanes_.next(now_) : std::nullopt) {
        until = std::min(until, *next == 0 ? monotonic_ : monotonic_ + (*next - now_));
    }
    if (const std::optional<std::int64_t> desk = desk_.patience(monotonic_)) {
        until = std::min(until, monotonic_ + *desk);
    }
    return std::max<std::int64_t>(until - monotonic_, 0);
}

}  // namespace aep::queue
