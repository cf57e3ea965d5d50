#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "queue/backend.hpp"
#include "queue/ledger.hpp"

namespace aep::test {

constexpr queue::EntryId event_id(std::uint64_t number) noexcept {
    return {queue::EntryId::Kind::event, 0, number};
}

constexpr queue::EntryId consent_id(std::uint64_t number) noexcept {
    return {queue::EntryId::Kind::consent, 0, number};
}

/// What a FakeStore has "on disk", and how it is to fail. Outlives the store.
struct FakeDisk {
    struct Row {
        queue::Entry entry;
        bool claimed = false;
    };

    void add(std::uint64_t id, const Row& row) {
        rows.emplace(id, row);
        bytes += row.entry.size();
    }

    std::map<std::uint64_t, Row> rows;
    std::uint64_t bytes = 0;
    std::vector<queue::DeadLetter> dead;
    std::vector<queue::LogLine> messages;
    std::uint64_t last_id = 0;
    std::size_t syncs = 0;
    std::size_t claims = 0;  ///< calls
    std::size_t sampled = 0;
    bool left = false;
    std::uint64_t free_space = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t size = 0;

    bool hands_out_appended = true;
    bool append_fails = false;
    bool sync_fails = false;
    bool settlement_fails = false;  ///< a unit that holds one
    bool claim_has_no_memory = false;
    std::chrono::milliseconds sync_takes{0};
    std::atomic<bool> stuck{false};  ///< sync() does not come back
    std::atomic<bool> is_in_sync{false};
    std::atomic<long> switches{0};  ///< how often the thread had waited for something, at the last sync()
};

/// A store in memory.
class FakeStore final : public queue::Store {
  public:
    FakeStore(FakeDisk& disk, queue::Ledger& ledger) : disk_(disk), ledger_(ledger) { write_ledger(); }

    std::optional<queue::EntryId> append(queue::Entry&& entry, bool claimed) override {
        if (disk_.append_fails) {
            spoiled_ = true;
            return std::nullopt;
        }
        appended_.emplace_back(++disk_.last_id, FakeDisk::Row{claimed ? entry : std::move(entry), claimed});
        return event_id(disk_.last_id);
    }

    [[nodiscard]] bool hands_out_appended() const noexcept override { return disk_.hands_out_appended; }

    void settle(const queue::Settlement& settlement) override { settlements_.push_back(settlement); }

    bool sync() override {
        ++disk_.syncs;
        rusage usage{};
        getrusage(RUSAGE_THREAD, &usage);
        disk_.switches = usage.ru_nvcsw;
        disk_.is_in_sync = true;
        std::this_thread::sleep_for(disk_.sync_takes);
        while (disk_.stuck) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        disk_.is_in_sync = false;
        const auto appended = std::exchange(appended_, {});
        const auto settlements = std::exchange(settlements_, {});
        if (std::exchange(spoiled_, false) || disk_.sync_fails ||
            (disk_.settlement_fails && !settlements.empty())) {
            return false;
        }
        for (const auto& [id, row] : appended) {
            disk_.add(id, row);
        }
        for (const queue::Settlement& settlement : settlements) {
            take_effect(settlement);
        }
        write_ledger();
        return true;
    }

    std::vector<queue::Claim> claim(std::string_view lane, queue::Time now, std::size_t most,
                                    std::size_t most_bytes, Order /*order*/ = Order::oldest_first) override {
        ++disk_.claims;
        if (disk_.claim_has_no_memory) {
            throw std::bad_alloc();
        }
        std::vector<queue::Claim> claims;
        std::size_t bytes = 0;
        for (auto& [id, row] : disk_.rows) {
            if (claims.size() == most || bytes >= most_bytes) {
                break;
            }
            if (!row.claimed && row.entry.lane == lane && row.entry.due <= now) {
                row.claimed = true;
                bytes += row.entry.size();
                claims.push_back({event_id(id), row.entry});
            }
        }
        return claims;
    }

    void release(queue::EntryId id) override {
        if (const auto row = disk_.rows.find(id.number); row != disk_.rows.end()) {
            row->second.claimed = false;
        }
    }

    std::vector<std::string> lanes() override {
        std::set<std::string> lanes;
        for (const auto& [id, row] : disk_.rows) {
            lanes.insert(row.entry.lane);
        }
        return {lanes.begin(), lanes.end()};
    }

    queue::Time next_due(std::string_view lane) override {
        queue::Time next = 0;
        for (const auto& [id, row] : disk_.rows) {
            if (!row.claimed && row.entry.lane == lane && row.entry.due != 0 &&
                (next == 0 || row.entry.due < next)) {
                next = row.entry.due;
            }
        }
        return next;
    }

    std::size_t discard_dead_letters(std::size_t bytes) override {
        std::size_t count = 0;
        for (std::size_t gone = 0; gone < bytes && count < disk_.dead.size(); ++count) {
            gone += disk_.dead[count].entry.size();
        }
        disk_.dead.erase(disk_.dead.begin(), disk_.dead.begin() + static_cast<std::ptrdiff_t>(count));
        write_ledger();
        return count;
    }

    queue::Counts counts() override {
        queue::Counts counts;
        counts.entries = disk_.rows.size();
        counts.bytes = disk_.bytes;
        for (const queue::DeadLetter& letter : disk_.dead) {
            ++counts.dead_letters;
            counts.dead_bytes += letter.entry.size();
        }
        return counts;
    }

    [[nodiscard]] Disk disk() const override { return {disk_.free_space, disk_.size}; }

    void tend() override {}

    void leave() override {
        disk_.left = true;
        for (auto& [id, row] : disk_.rows) {
            row.claimed = false;
        }
    }

    std::vector<queue::LogLine> messages() override { return std::exchange(disk_.messages, {}); }

  private:
    void take_effect(const queue::Settlement& settlement) {
        const auto place = disk_.rows.find(settlement.id.number);
        if (place == disk_.rows.end() || !place->second.claimed) {
            return;
        }
        queue::Entry& entry = place->second.entry;
        if (settlement.result == queue::Settlement::Result::retry) {
            entry.attempts = settlement.attempts;
            entry.due = settlement.due;
            place->second.claimed = false;
            return;
        }
        disk_.bytes -= entry.size();
        disk_.sampled += settlement.result == queue::Settlement::Result::sampled ? 1 : 0;
        if (settlement.result == queue::Settlement::Result::dead) {
            disk_.dead.push_back({settlement.id, 0, settlement.status, settlement.reason, entry});
        }
        disk_.rows.erase(place);
    }

    void write_ledger() {
        queue::Ledger::Shares shares{};
        for (const auto& [id, row] : disk_.rows) {
            shares[ledger_.share_of(row.entry.lane)] += row.entry.size();
        }
        ledger_.write(1, counts(), shares);
    }

    FakeDisk& disk_;
    queue::Ledger& ledger_;
    std::vector<std::pair<std::uint64_t, FakeDisk::Row>> appended_;
    std::vector<queue::Settlement> settlements_;
    bool spoiled_ = false;
};

/// The consents that wait, and how their store is to fail. Outlives the store.
struct FakeConsents {
    struct Row {
        std::string identity;
        queue::Entry entry;
        bool claimed = false;
    };

    std::map<std::uint64_t, Row> rows;
    std::uint64_t last_id = 0;
    bool fails = false;
    bool left = false;
};

class FakeConsentStore final : public queue::ConsentStore {
  public:
    explicit FakeConsentStore(FakeConsents& consents) : consents_(consents) {}

    std::optional<queue::EntryId> append(std::string_view identity, const queue::ConsentOrder::Turn& turn,
                                         const queue::Entry& entry, queue::Time sent) override {
        if (consents_.fails) {
            return std::nullopt;
        }
        if (turn.is_overtaken()) {
            return queue::EntryId{};
        }
        withdraw(identity, 0);
        consents_.rows.emplace(++consents_.last_id,
                               FakeConsents::Row{std::string(identity), entry, sent != 0});
        return consent_id(consents_.last_id);
    }

    Withdrawal withdraw(std::string_view identity, queue::Time /*now*/) override {
        for (auto& [id, row] : consents_.rows) {
            if (row.identity == identity) {
                const bool claimed = row.claimed;
                if (!claimed) {
                    consents_.rows.erase(id);
                }
                return claimed ? Withdrawal::in_flight : Withdrawal::withdrawn;
            }
        }
        return Withdrawal::absent;
    }

    std::vector<queue::Claim> claim(std::string_view lane, queue::Time now, std::size_t most,
                                    std::uint32_t most_attempts) override {
        std::vector<queue::Claim> claims;
        for (auto& [id, row] : consents_.rows) {
            if (claims.size() < most && !row.claimed && row.entry.lane == lane && row.entry.due <= now &&
                row.entry.attempts <= most_attempts) {
                row.claimed = true;
                claims.push_back({consent_id(id), row.entry});
            }
        }
        return claims;
    }

    bool settle(const queue::Settlement& settlement) override {
        const auto place = consents_.rows.find(settlement.id.number);
        if (consents_.fails || place == consents_.rows.end()) {
            return !consents_.fails;
        }
        if (settlement.result == queue::Settlement::Result::retry) {
            place->second.entry.attempts = settlement.attempts;
            place->second.entry.due = settlement.due;
            place->second.claimed = false;
        } else {
            consents_.rows.erase(place);
        }
        return true;
    }

    std::vector<std::string> lanes() override {
        std::set<std::string> lanes;
        for (const auto& [id, row] : consents_.rows) {
            lanes.insert(row.entry.lane);
        }
        return {lanes.begin(), lanes.end()};
    }

    void leave() override { consents_.left = true; }
    std::vector<queue::LogLine> messages() override { return {}; }

  private:
    FakeConsents& consents_;
};

constexpr queue::EntryId order_id(std::uint64_t number) noexcept {
    return {queue::EntryId::Kind::order, 0, number};
}

/// The back office events that wait, and how their store is to fail. Outlives the store.
struct FakeOrders {
    void add(std::uint64_t id, const queue::Entry& entry) { rows.emplace(id, entry); }

    std::map<std::uint64_t, queue::Entry> rows;
    std::vector<std::size_t> units;  ///< how many each of them has appended
    std::vector<queue::DeadLetter> dead;
    std::uint64_t last_id = 0;
    std::size_t looks = 0;
    bool fails = false;
    bool left = false;
};

class FakeOrderStore final : public queue::OrderStore {
  public:
    FakeOrderStore(FakeOrders& orders, queue::Ledger& ledger) : orders_(orders), ledger_(ledger) {
        publish();
    }

    std::vector<queue::EntryId> append(std::span<const queue::Entry* const> entries) override {
        std::vector<queue::EntryId> ids;
        if (orders_.fails) {
            return ids;
        }
        orders_.units.push_back(entries.size());
        for (const queue::Entry* entry : entries) {
            orders_.add(++orders_.last_id, *entry);
            ids.push_back(order_id(orders_.last_id));
        }
        publish();
        return ids;
    }

    std::vector<queue::Claim> first(std::string_view lane, queue::Time now, std::size_t most,
                                    std::size_t most_bytes) override {
        ++orders_.looks;
        std::vector<queue::Claim> claims;
        std::size_t bytes = 0;
        for (const auto& [id, entry] : orders_.rows) {
            if (entry.lane != lane) {
                continue;
            }
            bytes += entry.body.size();
            if (claims.empty() ? entry.due > now : claims.size() == most || bytes > most_bytes) {
                break;
            }
            claims.push_back({order_id(id), entry});
        }
        return claims;
    }

    bool settle(std::span<const queue::Settlement> settlements) override {
        for (const queue::Settlement& settlement : settlements) {
            const auto place = orders_.rows.find(settlement.id.number);
            if (orders_.fails || place == orders_.rows.end()) {
                continue;
            }
            if (settlement.result == queue::Settlement::Result::retry) {
                place->second.attempts = settlement.attempts;
                place->second.due = settlement.due;
                continue;
            }
            if (settlement.result == queue::Settlement::Result::dead) {
                orders_.dead.push_back(
                    {settlement.id, 0, settlement.status, settlement.reason, place->second});
            }
            orders_.rows.erase(place);
        }
        publish();
        return !orders_.fails;
    }

    std::size_t discard_dead_letters(std::size_t bytes) override {
        std::size_t count = 0;
        for (std::size_t gone = 0; gone < bytes && !orders_.dead.empty(); ++count) {
            gone += orders_.dead.front().entry.size();
            orders_.dead.erase(orders_.dead.begin());
        }
        publish();
        return count;
    }

    std::vector<std::string> lanes() override {
        std::set<std::string> lanes;
        for (const auto& [id, entry] : orders_.rows) {
            lanes.insert(entry.lane);
        }
        return {lanes.begin(), lanes.end()};
    }

    void tend() override {}
    void leave() override { orders_.left = true; }
    std::vector<queue::LogLine> messages() override { return {}; }

  private:
    void publish() {
        queue::Counts counts;
        for (const auto& [id, entry] : orders_.rows) {
            ++counts.entries;
            counts.bytes += entry.size();
        }
        for (const queue::DeadLetter& letter : orders_.dead) {
            ++counts.dead_letters;
            counts.dead_bytes += letter.entry.size();
        }
        ledger_.write_orders(counts);
    }

    FakeOrders& orders_;
    queue::Ledger& ledger_;
};

/// The dead letters that operators work on, and how their store is to fail. Outlives the store.
struct FakeLetters {
    std::vector<queue::DeadLetterSummary> letters;  ///< in order
    std::size_t pieces = 0;                         ///< of work
    std::size_t most = 10;                          ///< letters of a piece
    int busy = 0;                                   ///< so many calls find somebody else writing
    bool fails = false;
    bool has_no_memory = false;
    queue::Time received = 0;  ///< of the last requeue
};

class FakeLetterStore final : public queue::DeadLetterStore {
  public:
    explicit FakeLetterStore(FakeLetters& disk) : disk_(disk) {}

    Step list(const queue::DeadLetterFilter& filter, queue::EntryId after, std::size_t most,
              std::vector<queue::DeadLetterSummary>& letters) override {
        return look(filter, after, [&](const queue::DeadLetterSummary& letter) {
            letters.push_back(letter);
            return --most == 0;
        });
    }

    Step read(queue::EntryId id, std::optional<queue::DeadLetter>& letter) override {
        return look({.id = id}, {}, [&](const queue::DeadLetterSummary& found) {
            letter.emplace();
            letter->id = found.id;
            return true;
        });
    }

    Step requeue(const queue::DeadLetterFilter& filter, queue::EntryId after, queue::Time received) override {
        disk_.received = received;
        return discard(filter, after);
    }

    Step discard(const queue::DeadLetterFilter& filter, queue::EntryId after) override {
        std::vector<queue::EntryId> gone;
        const Step step = look(filter, after, [&](const queue::DeadLetterSummary& letter) {
            gone.push_back(letter.id);
            return false;
        });
        std::erase_if(disk_.letters, [&](const queue::DeadLetterSummary& letter) {
            return std::ranges::find(gone, letter.id) != gone.end();
        });
        return step;
    }

  private:
    /// `take` is true when it wants no more.
    template <typename Take>
    Step look(const queue::DeadLetterFilter& filter, queue::EntryId after, Take take) {
        ++disk_.pieces;
        if (disk_.has_no_memory) {
            throw std::bad_alloc();
        }
        Step step{.last = after, .is_done = true};
        if (disk_.busy > 0) {
            --disk_.busy;
            step.is_busy = true;
            return step;
        }
        step.has_failed = disk_.fails;
        for (const queue::DeadLetterSummary& letter : disk_.letters) {
            if (letter.id <= after ||
                (filter.id ? letter.id != *filter.id : !filter.takes(letter.website, letter.status))) {
                continue;
            }
            if (step.count == disk_.most) {
                step.is_done = false;
                return step;
            }
            step.last = letter.id;
            ++step.count;
            if (take(letter)) {
                break;
            }
        }
        return step;
    }

    FakeLetters& disk_;
};

/// Opens what a test says.
class FakeBackend final : public queue::Backend {
  public:
    using OpenStore = std::function<std::unique_ptr<queue::Store>(std::string& error)>;
    using OpenConsentStore = std::function<std::unique_ptr<queue::ConsentStore>(std::string& error)>;

    using OpenOrderStore = std::function<std::unique_ptr<queue::OrderStore>(std::string& error)>;
    using OpenLetterStore = std::function<std::unique_ptr<queue::DeadLetterStore>()>;

    explicit FakeBackend(
        OpenStore open_store, OpenConsentStore open_consent_store = [](std::string&) { return nullptr; },
        OpenOrderStore open_order_store = [](std::string&) { return nullptr; },
        OpenLetterStore open_letter_store = [] { return nullptr; })
        : open_store_(std::move(open_store)),
          open_consent_store_(std::move(open_consent_store)),
          open_order_store_(std::move(open_order_store)),
          open_letter_store_(std::move(open_letter_store)) {}

    std::unique_ptr<queue::Store> open_store(std::string& error) override { return open_store_(error); }
    std::unique_ptr<queue::ConsentStore> open_consent_store(std::string& error) override {
        return open_consent_store_(error);
    }
    std::unique_ptr<queue::OrderStore> open_order_store(std::string& error) override {
        return open_order_store_(error);
    }
    std::unique_ptr<queue::DeadLetterStore> open_dead_letter_store() override { return open_letter_store_(); }

    void wake_by(const std::function<void()>& wake) override { wake_ = wake; }
    bool take_news() override { return has_news_.exchange(false); }

    /// From any thread: something has come that nobody here has appended.
    void tell_news() {
        has_news_ = true;
        wake_();
    }

  private:
    std::function<void()> wake_;
    std::atomic<bool> has_news_{false};
    OpenStore open_store_;
    OpenConsentStore open_consent_store_;
    OpenOrderStore open_order_store_;
    OpenLetterStore open_letter_store_;
};

inline std::shared_ptr<queue::Entry> entry_for(std::string lane, queue::Time received,
                                               std::string body = "{}") {
    auto entry = std::make_shared<queue::Entry>();
    entry->lane = std::move(lane);
    entry->website = "ebebf826-a01f-4458-8cec-ef61de241c93";
    entry->action = "collect";
    entry->target = "/ee/v1/collect";
    entry->body = std::move(body);
    entry->received = received;
    return entry;
}

}  // namespace aep::test
