#pragma once

#include <optional>
#include <string>

#include "entry_columns.hpp"
#include "file_format.hpp"
#include "queue/entry.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// The tables of the file of back office events, with the statements for them. After a failure, nothing works until
/// Database::forget_failure().
struct OrderDatabase {
    static constexpr std::int64_t kApplicationId = 0x4145504F;  ///< "AEPO"
    static constexpr std::int64_t kVersion = 1;

    /// Opens a file that exists; see `opening`.
    explicit OrderDatabase(const std::string& path);

    Database base;
    std::string foreign;  ///< what was found instead
    Opening opening;
    Statement begin{base, "BEGIN IMMEDIATE"};
    Statement commit{base, "COMMIT"};
    Statement insert{base,
                     with_columns("INSERT INTO orders (", ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")};
    Statement first{base, with_columns("SELECT id, ", " FROM orders WHERE lane = ? ORDER BY id LIMIT ?")};
    Statement postpone{base, "UPDATE orders SET attempts = ?, due = ? WHERE id = ?"};
    Statement remove{base, "DELETE FROM orders WHERE id = ?"};
    Statement bury{base, with_columns_twice("INSERT INTO dead_letters (id, died, status, reason, ",
                                            ") SELECT id, ?1, ?2, ?3, ", "received, due, ?4",
                                            " FROM orders WHERE id = ?5")};
    Statement oldest_dead{base, "SELECT id, size FROM dead_letters ORDER BY id"};
    Statement remove_dead{base, "DELETE FROM dead_letters WHERE id <= ?"};
    Statement next_lane{base, "SELECT min(lane) FROM orders WHERE lane > ?"};
    Statement totals{base,
                     "SELECT entries, bytes, dead_letters, dead_bytes,"
                     " (SELECT received FROM orders ORDER BY id LIMIT 1) FROM totals"};

    /// What the file holds; nothing after a failure.
    std::optional<Counts> counts();
};

}  // namespace aep::queue::sqlite
