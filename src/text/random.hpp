#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <optional>

namespace aep::text {

/// Random numbers from the system's generator; nothing where it fails.
template <typename Number, std::size_t Count>
std::optional<std::array<Number, Count>> random_numbers() noexcept {
    std::array<Number, Count> numbers{};
    if (::getentropy(numbers.data(), sizeof(numbers)) != 0) {
        return std::nullopt;
    }
    return numbers;
}

}  // namespace aep::text
