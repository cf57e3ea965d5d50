#include "header_lines.hpp"

#include <array>
#include <stdexcept>

namespace aep::edge {
namespace {

constexpr std::array<std::string_view, 2> kLinesOfAll{
    // No round trip for "100 Continue".
    "Expect:",
    // Not all that libcurl can decode: gzip costs least to undo. As an option it would be formatted twice.
    "Accept-Encoding: gzip",
};

/// Three searches by memchr, which a single one for any of them would not be.
bool holds_line_end(std::string_view text) noexcept {
    return text.find('\r') != text.npos || text.find('\n') != text.npos || text.find('\0') != text.npos;
}

}  // namespace

void HeaderLines::set(const std::vector<Header>& headers) {
    constexpr std::size_t kRoomForSigns = 3;  // ": " and the end of the string
    std::size_t size = 0;
    for (const auto& [name, value] : headers) {
        size += name.size() + value.size() + kRoomForSigns;
    }
    for (const std::string_view line : kLinesOfAll) {
        size += line.size() + 1;
    }
    text_.clear();
    text_.reserve(size);  // from here on it stays where it is
    list_.clear();
    list_.reserve(headers.size() + kLinesOfAll.size());
    for (const auto& [name, value] : headers) {
        add(name, value);
    }
    for (const std::string_view line : kLinesOfAll) {
        list_.push_back({text_.data() + text_.size(), nullptr});
        text_.append(line).push_back('\0');
    }
    for (std::size_t index = 1; index < list_.size(); ++index) {
        list_[index - 1].next = &list_[index];
    }
}

void HeaderLines::add(std::string_view name, std::string_view value) {
    const std::size_t begin = text_.size();
    list_.push_back({text_.data() + begin, nullptr});
    // libcurl sends a header without a value only when it is written with a semicolon.
    text_.append(name).append(value.empty() ? ";" : ": ").append(value);
    if (name.empty() || holds_line_end(std::string_view(text_).substr(begin))) {
        throw std::invalid_argument("a request header has no name or holds a line end: " +
                                    std::string(name.substr(0, name.find_first_of("\r\n"))));
    }
    text_.push_back('\0');
}

}  // namespace aep::edge
