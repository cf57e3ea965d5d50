#include "backend.hpp"

#include <utility>

#include "file_store.hpp"
#include "queue/space.hpp"
#include "sqlite_consent_store.hpp"
#include "sqlite_dead_letter_store.hpp"
#include "sqlite_order_store.hpp"

namespace aep::queue::sqlite {
namespace {

/// Files that cannot be used yet are no reason to give null: the stores say so, and try again by themselves.
class SqliteBackend final : public Backend {
  public:
    SqliteBackend(std::string directory, Ledger& ledger, const Limits& limits, Time claim_time)
        : directory_(std::move(directory)), ledger_(ledger), limits_(limits), claim_time_(claim_time) {}

    std::unique_ptr<Store> open_store(std::string& /*error*/) override {
        return std::make_unique<FileStore>(directory_, ledger_);
    }

    std::unique_ptr<ConsentStore> open_consent_store(std::string& /*error*/) override {
        return consent_store(false);
    }

    std::unique_ptr<ConsentSpool> open_consent_spool(std::string& /*error*/) override {
        return consent_store(true);
    }

    std::unique_ptr<OrderStore> open_order_store(std::string& /*error*/) override {
        return std::make_unique<SqliteOrderStore>(directory_, ledger_);
    }

    std::unique_ptr<DeadLetterStore> open_dead_letter_store() override {
        return std::make_unique<SqliteDeadLetterStore>(directory_);
    }

  private:
    [[nodiscard]] std::unique_ptr<SqliteConsentStore> consent_store(bool is_spool) const {
        const SqliteConsentStore::Options options{
            .claim_time = claim_time_, .has_shares = limits_.websites > 1, .is_spool = is_spool};
        return std::make_unique<SqliteConsentStore>(directory_, Space::consent_limit(limits_.max_size),
                                                    wall_clock, options);
    }

    std::string directory_;
    Ledger& ledger_;
    Limits limits_;
    Time claim_time_;
};

}  // namespace

std::unique_ptr<Backend> make_backend(std::string directory, Ledger& ledger, const Limits& limits,
                                      Time claim_time) {
    return std::make_unique<SqliteBackend>(std::move(directory), ledger, limits, claim_time);
}

}  // namespace aep::queue::sqlite
