#include "header_lines.hpp"

#include <algorithm>
#include <stdexcept>

namespace aep::edge {
namespace {

// No round trip for "100 Continue".
constexpr std::string_view kNotExpected("Expect:", sizeof("Expect:"));

bool holds_line_end(std::string_view text) noexcept {
    return std::ranges::any_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void check(const Header& header) {
    const auto& [name, value] = header;
    if (name.empty() || holds_line_end(name) || holds_line_end(value)) {
        throw std::invalid_argument("a request header has no name or holds a line end: " +
                                    name.substr(0, name.find_first_of("\r\n")));
    }
}

}  // namespace

void HeaderLines::set(const std::vector<Header>& headers) {
    constexpr std::size_t kRoomForSigns = 3;  // ": " and the end of the string
    std::size_t size = kNotExpected.size();
    for (const Header& header : headers) {
        check(header);
        size += header.first.size() + header.second.size() + kRoomForSigns;
    }
    text_.clear();
    text_.reserve(size);  // from here on it stays where it is
    list_.clear();
    list_.reserve(headers.size() + 1);
    for (const auto& [name, value] : headers) {
        add(name, value);
    }
    list_.push_back({text_.data() + text_.size(), nullptr});
    text_.append(kNotExpected);
    for (std::size_t index = 1; index < list_.size(); ++index) {
        list_[index - 1].next = &list_[index];
    }
}

void HeaderLines::add(std::string_view name, std::string_view value) {
    list_.push_back({text_.data() + text_.size(), nullptr});
    // libcurl sends a header without a value only when it is written with a semicolon.
    text_.append(name).append(value.empty() ? ";" : ": ").append(value).push_back('\0');
}

}  // namespace aep::edge
