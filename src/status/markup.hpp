#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aep::status {

/// A text as it stands in HTML, in an element or in a quoted attribute.
std::string escaped(std::string_view text);

/// A time as an element that a script can read: in UTC for people. Empty for a time that is none.
std::string time_element(double time);

struct Column {
    std::string_view title;
    bool is_number = false;
};

/// A table in a container of its own, which scrolls where it is too wide. The first column names the rows.
struct Table {
    std::string_view id;
    std::string_view caption;
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;  ///< of HTML
    std::string_view nothing = "Nothing yet.";   ///< instead of rows
};

void append_table(std::string& html, const Table& table);

/// The same behind a summary that opens it.
void append_folded_table(std::string& html, std::string_view summary, const Table& table);

}  // namespace aep::status
