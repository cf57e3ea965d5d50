#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend.hpp"
#include "command.hpp"
#include "consent_claims.hpp"
#include "dead_letter_desk.hpp"
#include "event.hpp"
#include "lanes.hpp"
#include "ledger.hpp"
#include "order_claims.hpp"
#include "queue_clock.hpp"
#include "space.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// The engine's work, on the one thread that calls turn(). Times of day and monotonic times are brought by the
/// caller, in ms; it does the waiting, too.
class StoreLoop {
  public:
    using Tell = std::function<void(std::vector<Event>&&)>;

    static constexpr std::int64_t kInterval = 1000;  ///< ms between looks at what nobody tells of
    static constexpr std::int64_t kSettlementPatience =
        50;                                             ///< ms that settlements wait for an append's sync
    static constexpr std::size_t kMaxSettlements = 64;  ///< that wait; more are synced at once
    static constexpr std::size_t kMaxClaims = 64;       ///< for one Edge in one go
    static constexpr std::size_t kMaxClaimed = std::size_t{1} << 20U;  ///< bytes of the same

    /// What stays free of the disk at least. Deliveries need space as well, for the write-ahead log and for what of it goes
    /// into the database then: a queue that took all of the disk for itself could never be emptied.
    static constexpr std::uint64_t kSpareDisk = std::uint64_t{32} << 20U;

    struct Instant {
        Time time_of_day = 0;
        std::int64_t monotonic = 0;
    };

    /// `tell` is called with what has happened, in order. It may throw std::bad_alloc, and leaves it unchanged then.
    StoreLoop(std::unique_ptr<Backend> backend, const Limits& limits, Ledger& ledger, Tell tell, Instant now);
    StoreLoop(const StoreLoop&) = delete;
    StoreLoop& operator=(const StoreLoop&) = delete;

    /// Does what the commands ask for, and what is due. Returns for how many ms there is nothing to do then. What
    /// it leaves in `commands` has to be given again.
    std::int64_t turn(std::vector<Command>& commands, Instant now) noexcept;

    /// See Backend::wake_by. Before the first turn().
    void wake_by(const std::function<void()>& wake) { backend_->wake_by(wake); }

    /// Makes durable what still waits for it, and closes the stores.
    void close(Instant now) noexcept;

    /// What the last sync of a group took, in microseconds. From any thread.
    [[nodiscard]] std::uint64_t last_sync() const noexcept {
        return last_sync_.load(std::memory_order_relaxed);
    }

    /// As Backend::drain_factor.
    [[nodiscard]] std::uint32_t drain_factor() const noexcept { return backend_->drain_factor(); }

    /// As Backend::broker.
    [[nodiscard]] std::optional<BrokerState> broker() const { return backend_->broker(); }

    /// The queue's clock, at the last turn().
    [[nodiscard]] Time now() const noexcept { return now_; }

  private:
    struct PendingAppend {
        std::uint64_t ticket = 0;
        std::optional<EntryId> id;
        std::shared_ptr<Entry> entry;
        bool is_handed_out = false;  ///< when it is durable, without a look into the store
    };
    struct PendingOrder {
        std::uint64_t ticket = 0;
        std::shared_ptr<Entry> entry;
    };
    struct PendingSettlement {
        Settlement settlement;
        std::string died_of_age;  ///< website; empty: it was told what became of it
    };

    /// What is to be handed out in one go.
    struct Haul {
        std::size_t most = 0;
        std::size_t bytes = 0;
        std::vector<Claim> claims;

        [[nodiscard]] bool is_full() const noexcept { return claims.size() >= most || bytes >= kMaxClaimed; }
        [[nodiscard]] std::size_t room() const noexcept { return most - std::min(most, claims.size()); }
        void add(std::vector<Claim>&& more);
    };

    bool prepare(std::size_t commands) noexcept;
    void set_time(Instant now) noexcept;

    void open_stores();
    void say(bool alert, std::string text);
    void tell() noexcept;

    void start_over() noexcept;

    bool apply(Command& command) noexcept;
    void apply(Append& append);
    void apply(AppendConsent& append);
    void apply(AppendOrder& append);
    void apply(WithdrawConsent& withdraw);
    void apply(Want& want);
    void apply(WantNothing& want_nothing);
    void apply(Rest& rest);
    void apply(Settlement& settlement);
    void apply(Release& release);
    void apply(Leave& leave);
    void apply(ListDeadLetters& question) { desk_.ask(std::move(question), events_); }
    void apply(ReadDeadLetter& question) { desk_.ask(question, events_); }
    void apply(ChangeDeadLetters& question) { desk_.ask(std::move(question), events_); }
    void stamp(Entry& entry) const noexcept;
    void refuse(const Command& command);
    void look_at_space();
    bool has_room(const Entry& entry);
    bool has_room_for_order(const Entry& entry);
    void say_full(const Entry& entry);
    void say_share_full(const Entry& entry);
    bool has_disk(const Entry& entry);
    void meet(const std::string& lane);

    void end_unit(bool all);
    [[nodiscard]] bool settlements_are_due(bool all) const noexcept;
    bool sync(bool with_settlements);
    void settled();
    void failed(std::size_t appends);
    void finish_appends(bool safe);
    void end_unit_of_orders();
    void finish_orders(std::span<const EntryId> ids);
    void hand_out(std::vector<PendingAppend>& appends, bool safe);
    void discard_excess();
    void discard_excess_of_orders();
    void say_discarded(std::size_t count);

    void tick();
    void look_at_news();
    void look_at_lanes();
    void report_stores();
    void hand_out();
    void hand_out(const std::string& name, Lanes::EdgeState& edge);
    void hand_out_batches(const std::string& name, Lanes::EdgeState& edge);
    void hand_out_entries(const std::string& name, Lanes::EdgeState& edge);
    std::vector<Claim> claim(Lanes::EdgeState& edge);
    void claim(const std::string& name, Lanes::LaneState& lane, bool is_probe, Haul& haul);
    void claim_consents(const std::string& name, Lanes::LaneState& lane, std::uint32_t most_attempts,
                        Haul& haul);
    bool take_want(const Append& append);
    [[nodiscard]] bool is_too_old(const Entry& entry) const noexcept;
    void bury_the_old(std::vector<Claim>& claims);
    void settle_later(PendingSettlement&& settlement);
    [[nodiscard]] bool may_claim() const noexcept { return store_ && !settlements_failed_; }
    [[nodiscard]] std::int64_t patience() const noexcept;

    const std::unique_ptr<Backend> backend_;
    const Limits limits_;
    Ledger& ledger_;
    std::atomic<std::uint64_t> last_sync_{0};
    const Tell tell_;

    QueueClock clock_;
    Time now_;
    std::int64_t monotonic_;
    std::int64_t next_tick_;

    std::unique_ptr<Store> store_;
    ConsentClaims consents_;
    OrderClaims orders_;
    DeadLetterDesk desk_;
    Space space_;
    std::uint64_t free_space_ = 0;  ///< of the disk
    std::uint64_t spare_ = 0;       ///< of it, for others
    bool space_is_known_ = false;   ///< of both: read in this turn
    Lanes lanes_;
    bool left_ = false;

    std::vector<PendingAppend> appends_;
    std::vector<PendingOrder> order_appends_;
    std::vector<PendingSettlement> settlements_;
    std::int64_t settle_at_ = 0;             ///< when the settlements wait no longer
    bool settlements_failed_ = false;        ///< they are given again by themselves, at that time
    bool order_settlements_failed_ = false;  ///< they are given again at the next tick
    std::vector<Event> events_;

    Trouble not_open_;
    Trouble consents_not_open_;
    Trouble orders_not_open_;
    Trouble full_;
    Trouble share_full_;
    Trouble disk_full_;
    Trouble write_failures_;
    Trouble consent_failures_;
    Trouble order_failures_;
    Trouble discarded_;
};

}  // namespace aep::queue
