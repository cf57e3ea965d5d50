#include "status/markup.hpp"

#include <cstddef>

#include "status/words.hpp"

namespace aep::status {
namespace {

void append_head(std::string& html, const Table& table) {
    html += "<thead><tr>";
    for (const Column& column : table.columns) {
        html += column.is_number ? R"(<th scope="col" class="number">)" : R"(<th scope="col">)";
        html += escaped(column.title) + "</th>";
    }
    html += "</tr></thead>\n";
}

void append_cell(std::string& html, const std::string& cell, bool is_name, bool is_number) {
    html += is_name ? R"(<th scope="row")" : "<td";
    html += is_number ? R"( class="number")" : "";
    html += '>' + cell + (is_name ? "</th>" : "</td>");
}

void append_rows(std::string& html, const Table& table) {
    html += "<tbody id=\"" + std::string(table.id) + "-rows\" data-live>\n";
    for (const std::vector<std::string>& row : table.rows) {
        html += "<tr>";
        for (std::size_t column = 0; column < row.size(); ++column) {
            append_cell(html, row[column], column == 0, table.columns.at(column).is_number);
        }
        html += "</tr>\n";
    }
    if (table.rows.empty()) {
        html += "<tr><td colspan=\"" + std::to_string(table.columns.size()) + "\">" + escaped(table.nothing) +
                "</td></tr>\n";
    }
    html += "</tbody>";
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            case '\'':
                html += "&#39;";
                break;
            default:
                html.push_back(c);
        }
    }
    return html;
}

std::string time_element(double time) {
    const std::string written = rfc3339(time);
    if (written.empty()) {
        return {};
    }
    constexpr std::size_t kDate = sizeof "2025-11-29" - 1;
    constexpr std::size_t kClock = sizeof "17:39:11" - 1;
    return "<time datetime=\"" + written + "\">" + written.substr(0, kDate) + ' ' +
           written.substr(kDate + 1, kClock) + " UTC</time>";
}

void append_table(std::string& html, const Table& table) {
    const std::string id(table.id);
    html += "<div class=\"scroll\" role=\"region\" aria-labelledby=\"" + id + "-caption\" tabindex=\"0\">\n";
    html += "<table id=\"" + id + "\"><caption id=\"" + id + "-caption\">" + escaped(table.caption) +
            "</caption>\n";
    append_head(html, table);
    append_rows(html, table);
    html += "</table></div>\n";
}

void append_folded_table(std::string& html, std::string_view summary, const Table& table) {
    html += "<details><summary>" + escaped(summary) + "</summary>\n";
    append_table(html, table);
    html += "</details>\n";
}

}  // namespace aep::status
