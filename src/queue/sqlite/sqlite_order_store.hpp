#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common_file.hpp"
#include "order_database.hpp"
#include "queue/ledger.hpp"
#include "queue/order_store.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::sqlite {

/// The back office events in `orders.db`, which all workers write to. Who has `orders.lock` delivers them.
class SqliteOrderStore final : public OrderStore {
  public:
    /// Where the file cannot be opened messages() says why, and each call tries again. What it holds is told to the
    /// ledger, which must outlive this.
    SqliteOrderStore(const std::string& directory, Ledger& ledger, Clock clock = wall_clock);

    std::vector<EntryId> append(std::span<const Entry* const> entries) override;
    std::vector<Claim> first(std::string_view lane, Time now, std::size_t most,
                             std::size_t most_bytes) override;
    bool settle(std::span<const Settlement> settlements) override;
    std::size_t discard_dead_letters(std::size_t bytes) override;
    std::vector<std::string> lanes() override { return file_.lanes(); }
    void tend() override;
    void leave() override;
    std::vector<LogLine> messages() override { return file_.messages(); }

  private:
    bool apply(OrderDatabase& tables, const Settlement& settlement);
    void publish();

    CommonFile<OrderDatabase> file_;
    Ledger& ledger_;
    bool delivers_ = false;
    bool untidy_ = true;  ///< something was deleted
};

}  // namespace aep::queue::sqlite
