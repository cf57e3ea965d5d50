#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access.hpp"
#include "last_words.hpp"
#include "ordered_queue.hpp"
#include "queue/consent_store.hpp"

namespace aep::queue::amqp::stores {

/// The set-consent requests of a fleet. All of them go through queues that are delivered in order to one process at a
/// time, one for each part of the identities: so the last word of a visitor reaches Edge last, whichever node took it.
/// Of what waits for the same identity only the newest is sent.
///
/// While the broker is away they wait in the spool's file, from which this node delivers them; a decision that the spool
/// has taken is published all the same when the broker is back, since an older one may wait there, or a newer one have
/// been sent from there before the spool's was.
class BrokerConsentStore final : public ConsentStore {
  public:
    /// `spool` may be null.
    BrokerConsentStore(Access access, std::unique_ptr<ConsentSpool> spool);
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
    Message message_for(std::string_view identity, const Entry& entry);
    Message late_message_for(std::string_view identity, const Entry& entry);
    void look(Time now);
    void hear(OrderedQueue::Waiting& waiting, Time now);
    void skip_superseded(OrderedQueue& queue);
    bool say_again(const OrderedQueue::Waiting& overtaken);
    void claim(OrderedQueue& queue, std::string_view lane, Time now, std::size_t most,
               std::uint32_t most_attempts, std::vector<Claim>& claims);
    void forward(std::string_view lane, Time now);
    bool publish(const std::vector<UnpublishedConsent>& decisions);

    const Access access_;
    const std::unique_ptr<ConsentSpool> spool_;
    std::uint64_t last_ = 0;
    bool left_ = false;
    std::deque<OrderedQueue> queues_;
    std::map<std::string, Time, std::less<>> forward_at_;  ///< by lane: when the spool is asked again
    LastWords last_words_;
};

}  // namespace aep::queue::amqp::stores
