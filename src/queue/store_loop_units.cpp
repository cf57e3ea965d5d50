// How StoreLoop writes: whether there is room, what is made durable together, and what becomes of failures.

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "lanes.hpp"
#include "store_loop.hpp"

namespace aep::queue {

void StoreLoop::look_at_space() {
    if (!std::exchange(space_is_known_, true)) {
        space_.refresh();
        const Store::Disk disk = store_ ? store_->disk() : Store::Disk{};
        constexpr std::uint64_t kPercent = 100;
        free_space_ = disk.free;
        spare_ = std::max({kSpareDisk, limits_.min_free, disk.size / kPercent * limits_.min_free_percent});
    }
}

bool StoreLoop::has_room_for_order(const Entry& entry) {
    if (!has_disk(entry)) {
        return false;
    }
    const bool has_room = space_.take_order(entry) == Space::Answer::yes;
    if (!has_room) {
        say_full(entry);
    }
    return has_room;
}

bool StoreLoop::has_room(const Entry& entry) {
    if (!has_disk(entry)) {
        return false;
    }
    switch (space_.take(entry)) {
        case Space::Answer::yes:
            return true;
        case Space::Answer::full:
            say_full(entry);
            break;
        case Space::Answer::share_full:
            say_share_full(entry);
            break;
    }
    return false;
}

void StoreLoop::say_full(const Entry& entry) {
    if (!full_.happened(monotonic_)) {
        return;
    }
    const bool is_storefront = entry.source == Source::storefront;
    say(true,
        std::string("the queue is full, so new events ") + (is_storefront ? "of the storefront " : "") +
            "are refused until Edge has taken some: it holds " + std::to_string(space_.used()) +
            " bytes, dead letters included, and may hold " + std::to_string(space_.limit(entry.source)) +
            (is_storefront ? " (a tenth of max_size is for the back office)" : "") +
            "; see that Edge can be reached, remove dead letters, or give aep_queue a larger max_size (" +
            std::to_string(full_.take_times()) + " refused since the last message)");
}

void StoreLoop::say_share_full(const Entry& entry) {
    if (!share_full_.happened(monotonic_)) {
        return;
    }
    const std::string_view datastream = datastream_of(entry.lane);
    const std::string whose = datastream.empty() ? "datastreams that the configuration does not name"
                                                 : "datastream \"" + std::string(datastream) + "\"";
    say(true,
        "the queue takes no more events for " + whose +
            ": those that wait take as much room as is left for all other websites; see that Edge takes "
            "them, or give aep_queue a larger max_size (" +
            std::to_string(share_full_.take_times()) + " refused since the last message)");
}

bool StoreLoop::has_disk(const Entry& entry) {
    look_at_space();
    const std::uint64_t size = entry.size();
    if (free_space_ >= spare_ + size) {
        free_space_ -= size;
        return true;
    }
    if (disk_full_.happened(monotonic_)) {
        say(true,
            "the disk of the queue is nearly full, so new events are refused until it has space: it has " +
                std::to_string(free_space_) + " bytes, and the last " + std::to_string(spare_) +
                " are left to others and to the delivery of what is kept (min_free of aep_queue; " +
                std::to_string(disk_full_.take_times()) + " refused since the last message)");
    }
    return false;
}

/// Makes durable what was appended; and the settlements, when there is a sync anyway or they have waited enough.
void StoreLoop::end_unit(bool all) {
    if (!store_) {
        return;
    }
    if (!appends_.empty()) {
        // Settlements that have failed stay by themselves, lest they undo what is appended with them.
        const bool together = !settlements_.empty() && !settlements_failed_;
        const bool safe = sync(together);
        if (!safe) {
            failed(appends_.size());
        }
        finish_appends(safe);
        if (safe && together) {
            settled();
        } else if (together) {
            settlements_failed_ = true;
            settle_at_ = monotonic_ + kInterval;
        }
    }
    if (settlements_are_due(all)) {
        settlements_failed_ = !sync(true);
        if (settlements_failed_) {
            settle_at_ = monotonic_ + kInterval;
            failed(0);
        } else {
            settled();
        }
    }
}

/// All that was appended in a turn is one unit.
void StoreLoop::end_unit_of_orders() {
    if (!order_appends_.empty()) {
        std::vector<const Entry*> entries;
        entries.reserve(order_appends_.size());
        for (const PendingOrder& append : order_appends_) {
            entries.push_back(append.entry.get());
        }
        const std::vector<EntryId> ids = orders_.append(entries);
        if (ids.empty() && order_failures_.happened(monotonic_, entries.size())) {
            report_stores();
            say(true, "back office events could not be written to the queue, so they were refused (" +
                          std::to_string(order_failures_.take_times()) +
                          " since the last message): see whether the disk is full or damaged");
        }
        finish_orders(ids);
    }
    if (!order_settlements_failed_) {
        order_settlements_failed_ = !orders_.sync();
    }
    for (const std::string& lane : orders_.take_free_lanes()) {
        lanes_.of(lane).look_for_orders = true;
    }
}

/// `ids`: of all that was appended; none where it failed.
void StoreLoop::finish_orders(std::span<const EntryId> ids) {
    const std::vector<PendingOrder> appends = std::exchange(order_appends_, {});
    for (std::size_t i = 0; i < appends.size(); ++i) {
        events_.emplace_back(Appended{appends[i].ticket, ids.empty() ? std::nullopt : std::optional(ids[i])});
    }
    if (ids.empty()) {
        return;
    }
    for (const PendingOrder& append : appends) {
        meet(append.entry->lane);
        lanes_.of(append.entry->lane).look_for_orders = true;
    }
}

bool StoreLoop::settlements_are_due(bool all) const noexcept {
    if (settlements_.empty()) {
        return false;
    }
    return all || monotonic_ >= settle_at_ ||
           (settlements_.size() >= kMaxSettlements && !settlements_failed_);
}

bool StoreLoop::sync(bool with_settlements) {
    if (with_settlements) {
        for (const PendingSettlement& pending : settlements_) {
            store_->settle(pending.settlement);
        }
    }
    const auto began = std::chrono::steady_clock::now();
    const bool safe = store_->sync();
    const auto duration = std::chrono::steady_clock::now() - began;
    last_sync_ =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
    ledger_.note_sync(last_sync_);
    if (safe && write_failures_.ended()) {
        say(false, "the queue can be written again");
    }
    return safe;
}

void StoreLoop::settled() {
    std::map<std::string, std::uint64_t, std::less<>> died;
    bool dead = false;
    for (PendingSettlement& pending : settlements_) {
        const Settlement& settlement = pending.settlement;
        if (settlement.result == Settlement::Result::retry) {
            lanes_.look_at_all(std::max<Time>(settlement.due, 1));
        }
        dead = dead || settlement.result == Settlement::Result::dead;
        if (!pending.died_of_age.empty()) {
            ++died[std::move(pending.died_of_age)];
        }
    }
    settlements_.clear();
    for (const auto& [website, count] : died) {
        events_.emplace_back(Died{website, count});
    }
    if (dead) {
        discard_excess();
    }
}

void StoreLoop::failed(std::size_t appends) {
    if (!write_failures_.happened(monotonic_, appends)) {
        return;
    }
    report_stores();
    say(true, "the queue could not be written; new events are refused as long as that lasts (" +
                  std::to_string(write_failures_.take_times()) +
                  " since the last message), what Edge has taken stays in it and may be sent again: see "
                  "whether the "
                  "disk is full or damaged");
}

void StoreLoop::finish_appends(bool safe) {
    std::vector<PendingAppend> appends = std::exchange(appends_, {});
    for (const PendingAppend& append : appends) {
        events_.emplace_back(Appended{append.ticket, safe ? append.id : std::nullopt});
    }
    hand_out(appends, safe);
}

void StoreLoop::discard_excess() {
    const std::uint64_t excess = space_.excess_of_dead_letters(store_->counts().dead_bytes);
    say_discarded(excess == 0 ? 0 : store_->discard_dead_letters(excess));
}

void StoreLoop::discard_excess_of_orders() {
    say_discarded(orders_.discard_dead_letters(space_.excess_of_dead_letters(space_.orders().dead_bytes)));
}

void StoreLoop::say_discarded(std::size_t count) {
    if (count == 0) {
        return;
    }
    events_.emplace_back(Discarded{count});
    if (discarded_.happened(monotonic_, count)) {
        say(true, std::to_string(discarded_.take_times()) +
                      " dead letters, the oldest, were discarded: together they may take " +
                      std::to_string(space_.dead_letter_limit()) +
                      " bytes, a quarter of the max_size of aep_queue; have a look at why Edge refuses them");
    }
}

}  // namespace aep::queue
