#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "file_lock.hpp"
#include "queue/clock.hpp"
#include "queue/consent_store.hpp"

namespace aep::queue::sqlite {

struct ConsentDatabase;

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
    ~SqliteConsentStore() override;

    std::optional<EntryId> append(std::string_view identity, const ConsentOrder::Turn& turn,
                                  const Entry& entry, Time sent) override;
    Withdrawal withdraw(std::string_view identity, Time now) override;
    std::vector<Claim> claim(std::string_view lane, Time now, std::size_t most,
                             std::uint32_t most_attempts) override;
    /// False when it is not durable: it has to be given again. A refused request is kept among the file's dead
    /// letters, the newest thousand of them.
    bool settle(const Settlement& settlement) override;
    std::vector<std::string> lanes() override;
    void leave() override;
    std::vector<LogLine> messages() override { return std::exchange(messages_, {}); }

  private:
    bool connect();
    std::optional<FileLock> wait_for_turn();
    bool open();
    bool recover();
    void move_aside(const std::string& why);
    /// Does something as one transaction. False when it was undone.
    template <typename Work>
    bool change(Work work);
    bool has_room(ConsentDatabase& file, const Entry& entry);
    bool has_share(ConsentDatabase& file, const Entry& entry, std::uint64_t used);
    void report(const std::string& text);
    void works();

    std::string path_;
    std::string lock_path_;
    std::uint64_t max_size_;
    Clock clock_;
    Time claim_time_;
    bool has_shares_;
    std::map<std::string, Time, std::less<>> full_until_;  ///< lanes that are not asked about again so soon
    std::unique_ptr<ConsentDatabase> file_;
    std::optional<FileLock> delivering_;
    bool left_ = false;
    bool foreign_ = false;
    bool untidy_ = true;   ///< something was deleted
    std::string trouble_;  ///< as it was told; empty: none
    std::vector<LogLine> messages_;
};

}  // namespace aep::queue::sqlite
