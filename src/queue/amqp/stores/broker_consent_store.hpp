#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access.hpp"
#include "ordered_queue.hpp"
#include "queue/consent_store.hpp"

namespace aep::queue::amqp::stores {

/// The set-consent requests of a fleet. All of them go through queues that are delivered in order to one process at a
/// time, one for each part of the identities: so the last word of a visitor reaches Edge last, whichever node took it.
/// Of what waits for the same identity only the newest is sent.
///
/// While the broker is away they wait in the spool's file, from which this node delivers them; a decision that the spool
/// has taken is published all the same when the broker is back, since an older one may wait there.
class BrokerConsentStore final : public ConsentStore {
  public:
    /// Identities whose newest decision is remembered, lest an older one that comes late undoes it.
    static constexpr std::size_t kRemembered = 16384;
    /// Decisions of the spool that are to be published; of more than that the oldest are not.
    static constexpr std::size_t kMostUnpublished = 16384;

    /// `spool` may be null.
    BrokerConsentStore(Access access, std::unique_ptr<ConsentStore> spool);
    ~BrokerConsentStore() override;

    std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                  const Entry& entry, Time sent) override;
    /// in_flight wherever there is an order to keep, so that the request takes its place in it.
    Withdrawal withdraw(std::string_view identity, Time now) override;
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                             std::uint32_t most_attempts) override;
    bool settle(const Settlement& settlement) override;
    std::vector<std::string> lanes() override;
    void leave() override;
    std::vector<LogLine> messages() override;

  private:
    struct Decision {
        std::string identity;
        Entry entry;
    };

    Message message_for(std::string_view identity, const Entry& entry);
    void look(Time now);
    void skip_superseded(OrderedQueue& queue);
    bool is_older_than_known(const OrderedQueue::Waiting& waiting) const;
    void remember(const std::string& identity, Time received);
    void claim(OrderedQueue& queue, std::string_view lane, Time now, std::size_t most,
               std::uint32_t most_attempts, std::vector<Claim>& claims);
    void forward(Time now);

    const Access access_;
    const std::unique_ptr<ConsentStore> spool_;
    std::uint64_t last_ = 0;
    bool left_ = false;
    std::deque<OrderedQueue> queues_;
    std::deque<Decision> unpublished_;  ///< in their order

    std::map<std::string, Time, std::less<>> newest_;  ///< by identity: when it was received
    std::deque<std::string> remembered_;               ///< the same, in the order in which they came
};

}  // namespace aep::queue::amqp::stores
