#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "queue/entry.hpp"
#include "sqlite.hpp"

namespace aep::queue::sqlite {

/// An entry's columns, in the order of write_entry() and read_entry(): first those that may change.
inline constexpr std::string_view kEntryColumns =
    "received, due, attempts, lane, source, size, website, action, target, headers, body";
inline constexpr std::string_view kConstantColumns = kEntryColumns.substr(kEntryColumns.find("lane"));

/// A statement that names an entry's columns.
std::string with_columns(std::string_view before, std::string_view after);
/// One that copies an entry between tables, with other values for the columns that may change, in SQL.
std::string with_columns_twice(std::string_view before, std::string_view between,
                               std::string_view changed_columns, std::string_view after);

/// The same, as a table is made of them. The long ones are the last: a row can be looked at without reading them.
inline constexpr std::string_view kEntryColumnDefinitions = R"(
    lane     TEXT NOT NULL,    -- base URL of the Edge that it was meant for
    received INTEGER NOT NULL, -- milliseconds since 1970
    due      INTEGER NOT NULL, -- not to be delivered before; 0: at once
    attempts INTEGER NOT NULL, -- deliveries that have failed
    source   TEXT NOT NULL,    -- storefront or back_office
    size     INTEGER NOT NULL, -- what it counts for against max_size
    website  TEXT NOT NULL,    -- datastream ID
    action   TEXT NOT NULL,    -- as in the URL of the request: interact, collect, ...
    target   TEXT NOT NULL,    -- path and query
    headers  TEXT NOT NULL,    -- lines "name: value"
    body     TEXT NOT NULL
)";

std::string headers_to_text(const std::vector<std::pair<std::string, std::string>>& headers);
std::vector<std::pair<std::string, std::string>> headers_from_text(std::string_view text);

std::string_view name_of(Source source) noexcept;

/// Runs a statement whose first parameters are `keys`, and the next ones an entry's columns. False after a failure.
template <typename... Keys>
bool write_entry(Statement& statement, const Entry& entry, const Keys&... keys) {
    const std::string headers = headers_to_text(entry.headers);
    return statement
        .run(keys..., entry.received, entry.due, entry.attempts, entry.lane, name_of(entry.source),
             entry.size(), entry.website, entry.action, entry.target, headers, entry.body)
        .finish();
}

/// An entry from a row, whose columns begin at `first`.
Entry read_entry(const Run& run, int first);
/// Parts of it, without reading the rest.
Time read_due(const Run& run, int first);
std::uint32_t read_attempts(const Run& run, int first);
std::uint64_t read_size(const Run& run, int first);
std::string read_lane(const Run& run, int first);

}  // namespace aep::queue::sqlite
