#include "page/html/character_reference.hpp"

#include <string_view>

#include "text/ascii.hpp"

namespace aep::page::html {
namespace {

constexpr std::uint32_t kNoDigit = 0xFF;
constexpr std::uint32_t kBeyondUnicode = 0x110000;

constexpr std::uint32_t digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint32_t>(c - '0');
    }
    const char lower = text::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? static_cast<std::uint32_t>(lower - 'a') + 10 : kNoDigit;
}

}  // namespace

void CharacterReference::begin() noexcept {
    *this = CharacterReference();
}

CharacterReference::Step CharacterReference::read(char byte) noexcept {
    switch (state_) {
        case State::start:
            return read_start(byte);
        case State::number:
            if (byte == 'x' || byte == 'X') {
                state_ = State::hexadecimal_start;
                return Step::more;
            }
            if (digit(byte) >= 10) {
                return Step::ended_before;
            }
            state_ = State::decimal;
            return read_digit(byte);
        case State::hexadecimal_start:
            if (digit(byte) == kNoDigit) {
                return Step::ended_before;
            }
            state_ = State::hexadecimal;
            return read_digit(byte);
        case State::decimal:
        case State::hexadecimal:
            return read_digit(byte);
        case State::tab:
        case State::new_line:
            return read_name(byte);
    }
    return Step::ended_before;
}

CharacterReference::Step CharacterReference::read_start(char byte) noexcept {
    switch (byte) {
        case '#':
            state_ = State::number;
            return Step::more;
        case 'T':
            state_ = State::tab;
            return Step::more;
        case 'N':
            state_ = State::new_line;
            return Step::more;
        default:
            return Step::ended_before;
    }
}

CharacterReference::Step CharacterReference::read_digit(char byte) noexcept {
    const std::uint32_t base = state_ == State::decimal ? 10 : 16;
    const std::uint32_t value = digit(byte);
    if (value < base) {
        code_ = code_ < kBeyondUnicode ? code_ * base + value : kBeyondUnicode;
        return Step::more;
    }
    character_ = code_ >= 0x80 ? kNotAscii : static_cast<char>(code_);
    return byte == ';' ? Step::ended : Step::ended_before;
}

CharacterReference::Step CharacterReference::read_name(char byte) noexcept {
    const std::string_view rest = state_ == State::tab ? "ab;" : "ewLine;";
    if (byte != rest[matched_]) {
        return Step::ended_before;
    }
    ++matched_;
    if (matched_ < rest.size()) {
        return Step::more;
    }
    character_ = state_ == State::tab ? '\t' : '\n';
    return Step::ended;
}

}  // namespace aep::page::html
