#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
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
class SqliteConsentStore final : public ConsentSpool {
  public:
    struct Options {
        Time claim_time = kClaimTime;  ///< ms, longer than any transfer may take
        bool has_shares = false;       ///< no lane takes more than what it leaves to all others
        bool is_spool = false;         ///< what is appended is unpublished, too
    };

    /// A file of `max_size` bytes takes only what replaces something. Where the file cannot be opened messages() says why,
    /// and each call tries again.
    SqliteConsentStore(const std::string& directory, std::uint64_t max_size, Clock clock, Options options);
    SqliteConsentStore(const std::string& directory, std::uint64_t max_size, Clock clock = wall_clock)
        : SqliteConsentStore(directory, max_size, clock, Options{}) {}

    std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                  const Entry& entry, Time sent) override;
    Withdrawal withdraw(std::string_view identity, Time now) override;
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                             std::uint32_t most_attempts) override;
    /// False when it is not durable: it has to be given again. A refused request is kept among the file's dead
    /// letters, the newest thousand of them.
    bool settle(const Settlement& settlement) override;
    bool has(std::string_view identity) override;
    std::vector<UnpublishedConsent> unpublished(std::string_view lane, Time now, std::size_t most) override;
    bool settle_unpublished(std::span<const EntryId> ids) override;
    std::vector<std::string> lanes() override { return file_.lanes(); }
    void leave() override { file_.leave(); }
    std::vector<LogLine> messages() override { return file_.messages(); }

  private:
    bool has_room(ConsentDatabase& file, const Entry& entry);
    bool has_share(ConsentDatabase& file, const Entry& entry, std::uint64_t used);

    CommonFile<ConsentDatabase> file_;
    std::uint64_t max_size_;
    Options options_;
    std::map<std::string, Time, std::less<>> full_until_;  ///< lanes that are not asked about again so soon
    bool untidy_ = true;                                   ///< something was deleted
};

}  // namespace aep::queue::sqlite
