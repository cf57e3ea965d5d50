#include "dead_letters.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace aep::queue {
namespace {

constexpr char kSeparator = '-';
constexpr std::string_view kConsent = "c";
constexpr std::string_view kOrder = "o";

/// A number as it is printed: more than 0, and without zeros before it.
template <typename Number>
std::optional<Number> number_of(std::string_view text) noexcept {
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_number = error == std::errc() && stop == end && text.front() != '0';
    return is_number ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view name_of(EntryId::Kind kind) noexcept {
    switch (kind) {
        case EntryId::Kind::event:
            return "event";
        case EntryId::Kind::consent:
            return "consent";
        case EntryId::Kind::order:
            return "order";
        case EntryId::Kind::none:
            break;
    }
    return {};
}

std::string text_of(EntryId dead_letter) {
    std::string text;
    switch (dead_letter.kind) {
        case EntryId::Kind::event:
            text = std::to_string(dead_letter.part);
            break;
        case EntryId::Kind::consent:
            text = kConsent;
            break;
        case EntryId::Kind::order:
            text = kOrder;
            break;
        case EntryId::Kind::none:
            return text;
    }
    return text.append(1, kSeparator).append(std::to_string(dead_letter.number));
}

std::optional<EntryId> dead_letter_of(std::string_view text) noexcept {
    const std::size_t separator = text.find(kSeparator);
    if (separator == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view part = text.substr(0, separator);
    // No file has more than SQLite's largest key.
    const auto number = number_of<std::int64_t>(text.substr(separator + 1));
    if (!number || *number < 0) {
        return std::nullopt;
    }
    EntryId id{EntryId::Kind::none, 0, static_cast<std::uint64_t>(*number)};
    if (part == kConsent) {
        id.kind = EntryId::Kind::consent;
    } else if (part == kOrder) {
        id.kind = EntryId::Kind::order;
    } else if (const auto file = number_of<std::uint32_t>(part)) {
        id.kind = EntryId::Kind::event;
        id.part = *file;
    } else {
        return std::nullopt;
    }
    return id;
}

std::string_view whole_characters(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) {
        return text;
    }
    constexpr unsigned char kContinuationMask = 0xC0;  // RFC 3629 3
    constexpr unsigned char kContinuation = 0x80;
    constexpr std::size_t kLongestCharacter = 4;
    std::size_t size = most;
    const auto is_inside = [&] {
        return (static_cast<unsigned char>(text[size]) & kContinuationMask) == kContinuation;
    };
    while (size > 0 && most - size < kLongestCharacter && is_inside()) {
        --size;
    }
    return text.substr(0, is_inside() ? most : size);  // more than a character has: that is no UTF-8
}

}  // namespace aep::queue
