#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "text/ascii.hpp"

namespace aep::text {

/// Copies the beginning of a text, as much as there is room for, with "?" for each control character: what came from
/// outside may not end a line of a log, nor command the terminal that shows it.
constexpr std::string_view copy_printable(std::string_view text, std::span<char> room) noexcept {
    const std::size_t size = std::min(text.size(), room.size());
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), room.begin(),
                   [](char c) { return is_control(c) ? '?' : c; });
    return {room.data(), size};
}

}  // namespace aep::text
