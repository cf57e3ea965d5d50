#include "order_database.hpp"

#include <algorithm>
#include <cstdint>

namespace aep::queue::sqlite {
namespace {

/// Keeps the totals right whoever changes the rows, an operator as well.
std::string counted(const std::string& table, const std::string& entries, const std::string& bytes) {
    const auto trigger = [&](const std::string& event, const std::string& sign, const std::string& row) {
        return "CREATE TRIGGER " + table + "_" + event + " AFTER " + event + " ON " + table +
               " BEGIN UPDATE totals SET " + entries + " = " + entries + sign + "1, " + bytes + " = " +
               bytes + sign + row + ".size; END;";
    };
    return trigger("insert", " + ", "NEW") + trigger("delete", " - ", "OLD");
}

FileFormat order_format() {
    const std::string columns(kEntryColumnDefinitions);
    return {.application_id = OrderDatabase::kApplicationId,
            .version = OrderDatabase::kVersion,
            .additions = "",
            .schema =
                "CREATE TABLE orders ( -- back office events that wait for Edge; a higher id came later\n"
                "    id       INTEGER PRIMARY KEY AUTOINCREMENT -- never used again\n," +
                columns +
                ");"
                "CREATE INDEX orders_by_lane ON orders (lane);"
                "CREATE TABLE dead_letters ( -- back office events that Edge will not take as they are\n"
                "    id       INTEGER PRIMARY KEY,\n"
                "    died     INTEGER NOT NULL, -- milliseconds since 1970\n"
                "    status   INTEGER NOT NULL, -- of Edge's answer; 0: there was none\n"
                "    reason   TEXT NOT NULL,    -- Edge's answer, or why it was not sent" +
                columns +
                ");"
                "CREATE TABLE totals ( -- of the other tables; one row\n"
                "    entries      INTEGER NOT NULL,\n"
                "    bytes        INTEGER NOT NULL,\n"
                "    dead_letters INTEGER NOT NULL,\n"
                "    dead_bytes   INTEGER NOT NULL\n"
                ");"
                "INSERT INTO totals VALUES (0, 0, 0, 0);" +
                counted("orders", "entries", "bytes") +
                counted("dead_letters", "dead_letters", "dead_bytes")};
}

/// A damaged file may say anything.
std::uint64_t count(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

}  // namespace

OrderDatabase::OrderDatabase(const std::string& path)
    : base(path), opening(open_as(base, order_format(), foreign)) {}

std::optional<Counts> OrderDatabase::counts() {
    Run run = totals.run();
    if (!run.next()) {
        return std::nullopt;
    }
    return Counts{.entries = count(run.integer(0)),
                  .bytes = count(run.integer(1)),
                  .dead_letters = count(run.integer(2)),
                  .dead_bytes = count(run.integer(3)),
                  .oldest = run.integer(4)};
}

}  // namespace aep::queue::sqlite
