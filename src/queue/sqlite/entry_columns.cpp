#include "entry_columns.hpp"

#include <algorithm>

namespace aep::queue::sqlite {
namespace {

constexpr std::string_view kBackOffice = "back_office";
constexpr std::string_view kSeparator = ": ";

enum Column : int { received, due, attempts, lane, source, size, website, action, target, headers, body };

void append_clean(std::string& text, std::string_view value) {
    const std::size_t start = text.size();
    text += value;
    // No field has line breaks (RFC 9110 5.5). One that had would be read as two.
    for (const char line_break : {'\n', '\r'}) {
        for (std::size_t at = start; (at = text.find(line_break, at)) != std::string::npos;) {
            text[at] = ' ';
        }
    }
}

}  // namespace

std::string with_columns(std::string_view before, std::string_view after) {
    return std::string(before).append(kEntryColumns).append(after);
}

std::string with_columns_twice(std::string_view before, std::string_view between,
                               std::string_view changed_columns, std::string_view after) {
    return with_columns(before, between)
        .append(changed_columns)
        .append(", ")
        .append(kConstantColumns)
        .append(after);
}

std::string headers_to_text(const std::vector<std::pair<std::string, std::string>>& headers) {
    std::size_t size = 0;
    for (const auto& [name, value] : headers) {
        size += name.size() + kSeparator.size() + value.size() + 1;
    }
    std::string text;
    text.reserve(size);
    for (const auto& [name, value] : headers) {
        append_clean(text, name);
        text += kSeparator;
        append_clean(text, value);
        text += '\n';
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> headers_from_text(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> headers;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (const std::size_t separator = line.find(kSeparator); separator != std::string_view::npos) {
            headers.emplace_back(line.substr(0, separator), line.substr(separator + kSeparator.size()));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return headers;
}

std::string_view name_of(Source source) noexcept {
    return source == Source::back_office ? kBackOffice : std::string_view("storefront");
}

Entry read_entry(const Run& run, int first) {
    Entry entry;
    entry.lane = run.text(first + lane);
    entry.website = run.text(first + website);
    entry.action = run.text(first + action);
    entry.target = run.text(first + target);
    entry.headers = headers_from_text(run.text(first + headers));
    entry.body = run.text(first + body);
    entry.source = run.text(first + source) == kBackOffice ? Source::back_office : Source::storefront;
    entry.received = run.integer(first + received);
    entry.attempts = static_cast<std::uint32_t>(run.integer(first + attempts));
    entry.due = run.integer(first + due);
    return entry;
}

Time read_due(const Run& run, int first) {
    return run.integer(first + due);
}

std::uint32_t read_attempts(const Run& run, int first) {
    return static_cast<std::uint32_t>(run.integer(first + attempts));
}

std::string read_lane(const Run& run, int first) {
    return std::string(run.text(first + lane));
}

std::uint64_t read_size(const Run& run, int first) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(run.integer(first + size), 0));
}

}  // namespace aep::queue::sqlite
