#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entry_columns.hpp"
#include "file_format.hpp"
#include "queue/consent_store.hpp"
#include "queue/entry.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// The tables of the file of consents, with the statements for them. After a failure, nothing works until
/// Database::forget_failure().
struct ConsentDatabase {
    static constexpr std::int64_t kApplicationId = 0x41455043;  ///< "AEPC"
    static constexpr std::int64_t kVersion = 1;

    /// Which request of an identity is being sent, and until when at the latest.
    struct Sending {
        std::int64_t id = 0;
        Time until = 0;
    };

    /// Opens a file that exists; see `opening`.
    explicit ConsentDatabase(const std::string& path);

    Database base;
    std::string foreign;  ///< what was found instead
    Opening opening;
    Statement begin{base, "BEGIN IMMEDIATE"};
    Statement commit{base, "COMMIT"};
    Statement find{base, "SELECT sending, sending_until FROM consents WHERE identity = ?"};
    Statement remove_identity{base, "DELETE FROM consents WHERE identity = ?"};
    Statement insert{base, with_columns("INSERT INTO consents (identity, sending, sending_until, ",
                                        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")};
    Statement due{base, with_columns("SELECT id, ",
                                     " FROM consents WHERE lane = ?1 AND due BETWEEN ?2 AND ?3"
                                     " AND (sending_until <= ?4 OR sending_until > ?5) AND attempts <= ?6"
                                     " ORDER BY due, id LIMIT ?7")};
    Statement take{base, "UPDATE consents SET sending = id, sending_until = ? WHERE id = ?"};
    Statement postpone{base, "UPDATE consents SET attempts = ?, due = ? WHERE id = ?"};
    Statement remove{base, "DELETE FROM consents WHERE id = ?"};
    Statement bury{base, with_columns_twice("INSERT INTO dead_letters (id, identity, died, status, reason, ",
                                            ") SELECT id, identity, ?1, ?2, ?3, ", "received, due, ?4",
                                            " FROM consents WHERE id = ?5")};
    Statement forget_dead{base,
                          "DELETE FROM dead_letters WHERE id NOT IN"
                          " (SELECT id FROM dead_letters ORDER BY id DESC LIMIT 1000)"};
    Statement overtake_dead{base, "UPDATE dead_letters SET identity = '' WHERE identity = ?"};
    Statement sent{base, "UPDATE consents SET sending = 0, sending_until = 0 WHERE sending = ?"};
    Statement next_lane{base, "SELECT min(lane) FROM consents WHERE lane > ?"};
    Statement size_of_lane{base, "SELECT coalesce(sum(size), 0) FROM consents WHERE lane = ?"};
    Statement note_unpublished{base, with_columns_twice("INSERT OR REPLACE INTO unpublished (id, identity, ",
                                                        ") SELECT id, identity, ", "received, due, attempts",
                                                        " FROM consents WHERE id = ?")};
    Statement find_any{base,
                       "SELECT 1 FROM consents WHERE identity = ?1"
                       " UNION ALL SELECT 1 FROM unpublished WHERE identity = ?1"};
    Statement oldest_unpublished{
        base, with_columns("SELECT id, identity, ",
                           " FROM unpublished WHERE lane = ?1 AND NOT EXISTS (SELECT 1 FROM consents"
                           " WHERE consents.identity = unpublished.identity"
                           " AND sending_until > ?2 AND sending_until <= ?3) ORDER BY id LIMIT ?4")};
    Statement forget_unpublished{base, "DELETE FROM unpublished WHERE id = ?"};
    Statement used{base,
                   "SELECT (page_count - freelist_count) * page_size"
                   " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"};

    /// Nothing where nothing waits for the identity.
    std::optional<Sending> sending(std::string_view identity);

    /// Whether one of an identity waits, or is unpublished.
    bool has(std::string_view identity);

    /// Those of a lane of whose identity nothing is being sent, the oldest first. None after a failure.
    std::vector<UnpublishedConsent> read_unpublished(std::string_view lane, Time now, std::size_t most);

    /// Adds requests of a lane that are due in a time, are not being sent, and have failed at most so often. False after a failure.
    bool read_due(std::string_view lane, Time from, Time until, Time now, std::uint32_t most_attempts,
                  std::size_t most, std::vector<Claim>& claims);

    static EntryId id_of(std::int64_t row) noexcept {
        return {EntryId::Kind::consent, 0, static_cast<std::uint64_t>(row)};
    }
};

}  // namespace aep::queue::sqlite
