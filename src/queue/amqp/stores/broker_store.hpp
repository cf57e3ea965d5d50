#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access.hpp"
#include "finished_ids.hpp"
#include "queue/amqp/broker.hpp"
#include "queue/store.hpp"
#include "queue/trouble.hpp"

namespace aep::queue::amqp::stores {

/// The entries that wait in the lanes' queues of a broker; while it is away, in a spool on this node's disk.
///
/// What is appended and not claimed goes into its lane's queue, and comes back from there to whichever process wants
/// entries of the lane. What is claimed goes into the worker's own hold queue, which this process alone consumes; should
/// it die, the broker moves it to the lane when the transfer must be over. An entry that this process has is one that the
/// broker has delivered and that is not acknowledged yet.
class BrokerStore final : public Store {
  public:
    static constexpr std::uint16_t kPrefetch = 256;       ///< of each of a lane's queues
    static constexpr std::uint16_t kPrefetchHeld = 4096;  ///< of the hold queue
    /// Of a lane; more of what has failed goes back, lest it take the places of what has not been tried.
    static constexpr std::size_t kMostFailed = 128;
    static constexpr Time kLongestWait = 60'000;  ///< ms in hand until it is tried again
    /// Seconds after which a lane that nobody asks for is left to others.
    static constexpr std::uint64_t kPatience = 5;
    static constexpr std::uint64_t kForgottenAfter = 1800;  ///< seconds without the broker's delivery
    static constexpr std::size_t kMostFinished = 8192;
    /// Seconds until nothing is expected any more of a message that the broker has said nothing about: by then the link
    /// has left a broker that says nothing at all.
    static constexpr std::uint64_t kPatienceWithConfirms = 12;
    static constexpr std::uint64_t kSampleInterval = 60;  ///< seconds between two samples of a lane

    /// `spool` may be null: then nothing is taken while the broker is away.
    BrokerStore(Access access, std::unique_ptr<Store> spool);
    ~BrokerStore() override;

    std::optional<EntryId> append(Entry&& entry, bool claimed) override;
    bool takes_entries() override;
    void settle(const Settlement& settlement) override;
    bool sync() override;
    [[nodiscard]] bool hands_out_appended() const noexcept override { return false; }
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most, std::size_t most_bytes,
                             Order order = Order::oldest_first) override;
    void release(EntryId id) override;
    std::vector<std::string> lanes() override;
    Time next_due(std::string_view lane) override;

    /// Of the spool: those in the broker have a limit there.
    std::size_t discard_dead_letters(std::size_t bytes) override;
    Counts counts() override;
    /// Of the spool, while that is what takes entries.
    [[nodiscard]] Disk disk() const override;

    void tend() override;
    void leave() override;
    std::vector<LogLine> messages() override;

  private:
    using Number = std::uint64_t;

    struct Unpublished {
        Number number = 0;
        Entry entry;
        bool claimed = false;
    };
    struct Owned {
        std::string id;  ///< of the message
        Tag tag;         ///< of no connection: the broker has not delivered it, or not again yet
        Entry entry;
        bool is_claimed = false;
        bool is_held = false;           ///< in the hold queue
        std::optional<Settlement> end;  ///< to be carried out once it has been delivered
        std::uint64_t since = 0;        ///< seconds: of all that has no tag
    };
    using Entries = std::map<Number, Owned>;
    struct Unconfirmed {
        EntryId spooled;          ///< that nobody is handed out
        std::uint64_t since = 0;  ///< seconds
    };
    struct LaneState {
        std::vector<std::string> queues;
        std::deque<Number> ready;
        std::multimap<Time, Number> failed;  ///< by when they are due
        std::uint64_t asked = 0;             ///< seconds
        std::uint64_t sampled = 0;           ///< the same; 0: never
        bool is_consumed = false;
    };

    [[nodiscard]] Broker& broker() const noexcept { return access_.inbox.broker(); }
    [[nodiscard]] bool uses_broker(std::string_view lane) const noexcept;
    LaneState* find_lane(std::string_view lane);

    std::optional<EntryId> spool(Entry&& entry, bool claimed);
    Message message_for(const Unpublished& appended) const;
    Message message_for_lane(const Entry& entry, const std::string& id, std::size_t shard) const;
    bool publish_unit();
    [[nodiscard]] std::string id_of(Number number) const;
    bool keep(Unpublished&& appended, Fate fate);
    [[nodiscard]] bool has_come(const Owned& owned) const noexcept;
    bool sync_spool(bool has_appended);

    void end_with(Entries::iterator owned, const Settlement& settlement);
    void carry_out(Entries::iterator owned);
    bool is_sample_due(std::string_view lane);
    void bury();
    void acknowledge(Entries::iterator owned);
    void forget(Entries::iterator owned);

    void pull();
    void lose_connection();
    void receive(std::string_view lane, Delivery&& delivery);
    bool is_finished(const Delivery& delivery);
    void receive_known(Entries::iterator owned, const Delivery& delivery);
    void receive_held(Delivery&& delivery);
    void make_available(Entries::iterator owned, Time now);
    void consume(LaneState& lane);
    bool give(Number number, std::size_t most_bytes, std::size_t& bytes, std::vector<Claim>& claims);
    void claim_ready(LaneState& lane, std::size_t most, std::size_t most_bytes, Order order,
                     std::vector<Claim>& claims);
    void claim_failed(LaneState& lane, Time now, std::size_t most, std::size_t most_bytes,
                      std::vector<Claim>& claims);

    void stop(LaneState& lane);
    void put_back(Number number);
    void send_back(std::span<const Number> numbers);
    void send_back_surplus(LaneState& lane);
    void forget_the_lost();
    void forward();
    bool forward(std::span<Claim> claims);
    void has_forwarded(EntryId spooled);
    bool confirm_late(const std::string& id);
    void look_at_unconfirmed();
    void tell();
    void say(bool alert, std::string text);

    const Access access_;
    const std::string hold_;  ///< queue and exchange
    const std::unique_ptr<Store> spool_;

    Number last_ = 0;
    std::uint64_t seconds_ = kForgottenAfter;  ///< calls of tend(); beyond all intervals at the start
    std::uint64_t connection_ = 0;
    std::size_t next_shard_ = 0;
    bool left_ = false;

    std::vector<Unpublished> unit_;
    bool spoiled_ = false;
    bool spool_has_appended_ = false;
    std::vector<Settlement> spool_settlements_;                 ///< that are not durable yet
    std::map<Number, EntryId> spooled_;                         ///< claimed, and not in the broker after all
    std::unordered_map<std::string, Unconfirmed> unconfirmed_;  ///< by the message's identifier

    Entries owned_;
    std::unordered_map<std::string, Number> by_id_;
    std::map<std::string, LaneState, std::less<>> lanes_;
    std::set<Number> dying_;  ///< on their way to the dead letters

    /// Identifiers of what may come all the same and is not to be delivered: the broker did not confirm it, and the spool
    /// has it; or it was acknowledged, and the connection may have ended before that arrived. The oldest first.
    FinishedIds finished_{kMostFinished};

    Trouble away_;
    std::uint64_t kept_here_ = 0;  ///< entries in the spool since the broker was away
    std::uint64_t refused_ = 0;
    std::uint64_t forwarded_ = 0;
    Trouble foreign_;
    std::vector<LogLine> messages_;
};

}  // namespace aep::queue::amqp::stores
