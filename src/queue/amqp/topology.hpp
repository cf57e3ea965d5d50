#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "queue/entry.hpp"

namespace aep::queue::amqp {

/// An argument of a declaration.
struct Argument {
    std::string key;
    std::string text;         ///< a string, unless
    std::int64_t number = 0;  ///< is_number
    bool is_number = false;
    bool is_flag = false;  ///< the boolean true
};

struct QueueDeclaration {
    std::string name;
    std::vector<Argument> arguments;
    std::string bound_to;  ///< exchange; empty: the default one alone
};
struct ExchangeDeclaration {
    std::string name;
    std::string type;          ///< "fanout"
    bool auto_delete = false;  ///< it goes with the last queue that is bound to it
};

/// All queues and exchanges of this worker in the broker, and what they are called. Pure.
///
/// For each lane `shards` queues NAME.lane.<lane>.<shard>; NAME.consent.0 to .15 and for each lane NAME.order.<lane>, each
/// with a single active consumer, in order; NAME.hold.<worker>, behind the fanout exchange of the same name, whose
/// messages go to the queue that their key names when their time is over; NAME.dead behind an exchange of the same
/// name. All are quorum queues.
class Topology {
  public:
    static constexpr std::size_t kConsentQueues = 16;

    struct Limits {
        std::uint64_t max_size = 0;  ///< bytes of all lanes together; 0: the broker's policy says
        Time max_age = 0;            ///< ms; for the dead letters' time to live, too
        Time claim_time = 60'000;    ///< ms: longer than any transfer may take
    };

    /// `lanes`: lane_name() of each that the configuration knows. `worker`: unique among all processes of the fleet.
    Topology(std::string name, std::uint32_t shards, std::vector<std::string> lanes, std::string worker,
             const Limits& limits);

    [[nodiscard]] const std::vector<std::string>& lanes() const noexcept { return lanes_; }
    [[nodiscard]] bool has_lane(std::string_view lane) const noexcept;

    /// Characters beyond letters, digits, '-', '_' and '.' of a lane's name become '_'; so that no two lanes have the same
    /// queue, a name that was changed ends with a digest of what it was. At most 255 bytes (AMQP 0-9-1, shortstr).
    [[nodiscard]] std::string lane_queue(std::string_view lane, std::size_t shard) const;
    [[nodiscard]] std::vector<std::string> lane_queues(std::string_view lane) const;
    [[nodiscard]] std::string order_queue(std::string_view lane) const;
    [[nodiscard]] std::string consent_queue(std::string_view identity) const;
    [[nodiscard]] std::string hold() const;  ///< the worker's own: queue and exchange
    [[nodiscard]] std::string dead() const;  ///< queue and exchange

    [[nodiscard]] std::size_t shards() const noexcept { return shards_; }

    /// In an order in which they can be declared.
    [[nodiscard]] std::vector<ExchangeDeclaration> exchanges() const;
    [[nodiscard]] std::vector<QueueDeclaration> queues() const;

  private:
    [[nodiscard]] QueueDeclaration dead_queue() const;
    [[nodiscard]] QueueDeclaration hold_queue() const;

    std::string name_;
    std::size_t shards_;
    std::vector<std::string> lanes_;
    std::string worker_;
    Limits limits_;
};

}  // namespace aep::queue::amqp
