#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common_file.hpp"
#include "consent_database.hpp"
#include "queue/consent_store.hpp"
#include "queue/queue_clock.hpp"

namespace aep::queue::sqlite {

/// The set-consent requests in `consent.db`, which all workers write to. Who has `consent.lock` delivers them.
///
/// A request that replaces another gets a new identifier. While the replaced one is being sent, the new one knows of
/// it (`sending`) and waits, so that they cannot overtake each other.
class SqliteConsentStore final : public ConsentStore {
  public:
    /// A file of `max_size` bytes takes only what replaces something. `claim_time`: ms, longer than any transfer may
    /// take. `has_shares`: no lane takes more than what it leaves to all others. Where the file cannot be opened messages() says why, and each call tries again.
    SqliteConsentStore(const std::string& directory, std::uint64_t max_size, Clock clock = wall_clock,
                       Time claim_time = kClaimTime, bool has_shares = false);

    std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                  const Entry& entry, Time sent) override;
    Withdrawal withdraw(std::string_view identity, Time now) override;
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                             std::uint32_t most_attempts) override;
    /// False when it is not durable: it has to be given again. A refused request is kept among the file's dead
    /// letters, the newest thousand of them.
    bool settle(const Settlement& settlement) override;
    std::vector<std::string> lanes() override { return file_.lanes(); }
    void leave() override { file_.leave(); }
    std::vector<LogLine> messages() override { return file_.messages(); }

  private:
    bool has_room(ConsentDatabase& file, const Entry& entry);
    bool has_share(ConsentDatabase& file, const Entry& entry, std::uint64_t used);

    CommonFile<ConsentDatabase> file_;
    std::uint64_t max_size_;
    Time claim_time_;
    bool has_shares_;
    std::map<std::string, Time, std::less<>> full_until_;  ///< lanes that are not asked about again so soon
    bool untidy_ = true;                                   ///< something was deleted
};

}  // namespace aep::queue::sqlite
