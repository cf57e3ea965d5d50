#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "entry.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// The back office events that wait for Edge: one file for all workers, since events of one order may come through
/// different workers, and none may overtake an older one. Used by one thread of each process. What it says is durable.
class OrderStore {
  public:
    OrderStore() = default;
    OrderStore(const OrderStore&) = delete;
    OrderStore& operator=(const OrderStore&) = delete;
    virtual ~OrderStore() = default;

    /// Appends entries as one unit, in their order, behind all that any process has appended. Their identifiers, in the
    /// same order; none where they cannot be appended.
    virtual std::vector<EntryId> append(std::span<const Entry* const> entries) = 0;

    /// The first entries of a lane, in their order: those of one datastream, at most `most`, with bodies of at most
    /// `most_bytes` in sum, but one at least. None while the first is not due, as nobody overtakes it. They stay where
    /// they are until they are settled: the caller remembers that it has them. Only one process at a time delivers; in
    /// others it gives nothing.
    virtual std::vector<Claim> first(std::string_view lane, Time now, std::size_t most,
                                     std::size_t most_bytes) = 0;

    /// Applies settlements as one unit. False when they have to be given again. An identifier that names nothing any
    /// more is ignored; what is to be sampled becomes a dead letter, as nobody but the merchant sends these events.
    virtual bool settle(std::span<const Settlement> settlements) = 0;

    /// Where this process delivers: removes dead letters of at least that size in sum, the oldest; returns how many.
    virtual std::size_t discard_dead_letters(std::size_t bytes) = 0;

    /// The lanes that have entries.
    virtual std::vector<std::string> lanes() = 0;

    /// Once a second: becomes the one who delivers where there is none, and gives unused space back.
    virtual void tend() = 0;

    /// The process is about to end: leaves the deliveries to others. append() may still be called.
    virtual void leave() = 0;

    /// What has happened since the last call.
    virtual std::vector<LogLine> messages() = 0;
};

}  // namespace aep::queue
