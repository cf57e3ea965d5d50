#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entry.hpp"
#include "order_store.hpp"
#include "trouble.hpp"

namespace aep::queue {

/// A store of back office events, for an engine: hands out one batch of a lane at a time, and the next one when all of
/// it is settled or released, so that no event overtakes another. On one thread.
class OrderClaims {
  public:
    /// Edge takes bodies of 64 KB; what the events are wrapped in needs some of it.
    static constexpr std::size_t kBatchBytes = std::size_t{60} * 1024;
    static constexpr std::size_t kBatchEvents = 100;

    void use(std::unique_ptr<OrderStore> store) noexcept { store_ = std::move(store); }
    [[nodiscard]] bool is_open() const noexcept { return store_ != nullptr; }

    /// As OrderStore::append.
    std::vector<EntryId> append(std::span<const Entry* const> entries);

    /// The next batch of a lane; nothing while there is one.
    std::vector<Claim> claim(const std::string& lane, Time now);
    /// Notes a settlement, for the next unit. What is not claimed is ignored.
    void settle(Settlement&& settlement);
    /// Puts a claim back.
    void release(EntryId id);

    [[nodiscard]] bool has_settlements() const noexcept { return !settlements_.empty(); }
    /// Makes durable what was settled. False when it has to be tried again.
    bool sync();
    /// The lanes that have had settlements, and have no batch any more, since the last call. What was only put back is
    /// not worth a look so soon.
    std::vector<std::string> take_free_lanes() { return std::exchange(free_lanes_, {}); }

    std::size_t discard_dead_letters(std::size_t bytes);
    std::vector<std::string> lanes();
    std::vector<LogLine> messages();
    void tend();

    /// Leaves the deliveries to others, after what was settled.
    void leave();
    /// Closes the store. What was claimed is nobody's then.
    void close() noexcept;

  private:
    struct Claimed {
        std::string lane;
        bool settled = false;  ///< but that is not durable yet
    };

    bool end(EntryId id);

    std::unique_ptr<OrderStore> store_;
    std::map<EntryId, Claimed> claims_;
    std::map<std::string, std::size_t, std::less<>> batches_;  ///< claims of each lane
    std::vector<Settlement> settlements_;
    std::vector<std::string> free_lanes_;
};

}  // namespace aep::queue
