#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access.hpp"
#include "ordered_queue.hpp"
#include "queue/order_store.hpp"

namespace aep::queue::amqp::stores {

/// The back office events of a fleet: each lane has a queue, from which one process at a time takes them, in their order.
/// While the broker is away they wait in the spool's file; then no newer one of this node overtakes them, but one of
/// another node may.
class BrokerOrderStore final : public OrderStore {
  public:
    /// Seconds after which a lane that nobody asks for is left to others.
    static constexpr std::uint64_t kPatience = 30;

    /// `spool` may be null.
    BrokerOrderStore(Access access, std::unique_ptr<OrderStore> spool);
    ~BrokerOrderStore() override;

    std::vector<EntryId> append(std::span<const Entry* const> entries) override;
    std::vector<Claim> first(std::string_view lane, Time now, std::size_t most,
                             std::size_t most_bytes) override;
    bool settle(std::span<const Settlement> settlements) override;
    /// Of the spool.
    std::size_t discard_dead_letters(std::size_t bytes) override;
    std::vector<std::string> lanes() override;
    void tend() override;
    void leave() override;
    std::vector<LogLine> messages() override;

  private:
    struct LaneState {
        LaneState(const Access& access, std::string name) : queue(access, std::move(name)) {}

        OrderedQueue queue;
        std::uint64_t asked = 0;  ///< seconds
    };

    [[nodiscard]] bool uses_broker(std::span<const Entry* const> entries);
    Message message_for(const Entry& entry);
    std::vector<Claim> first_of_spool(std::string_view lane, Time now, std::size_t most,
                                      std::size_t most_bytes);
    [[nodiscard]] std::uint64_t longest_transfer() const noexcept;
    void forward();
    bool forward(const std::string& lane);

    const Access access_;
    const std::unique_ptr<OrderStore> spool_;
    std::uint64_t last_ = 0;
    std::uint64_t seconds_ = 0;
    bool left_ = false;
    std::map<std::string, LaneState, std::less<>> lanes_;
    /// Of the spool, and not settled: since when, in seconds. Nobody tells of what is put back.
    std::map<EntryId, std::uint64_t> given_;
};

}  // namespace aep::queue::amqp::stores
