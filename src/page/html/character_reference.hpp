#pragma once

#include <cstdint>

namespace aep::page::html {

/// Reads a character reference (HTML 13.2.5.72 to .80) as far as the place of the tag depends on it: the
/// numeric ones, and the two names that stand for white space. Before any other name '&' is just text.
class CharacterReference {
  public:
    enum class Step : std::uint8_t {
        more,          ///< needs the next byte
        ended,         ///< this byte was its last one
        ended_before,  ///< this byte does not belong to it
    };

    /// Stands for every character outside of ASCII.
    static constexpr char kNotAscii = '\xFF';

    /// Starts behind '&'.
    void begin() noexcept;

    Step read(char byte) noexcept;

    /// What it stands for, once it has ended.
    [[nodiscard]] char character() const noexcept { return character_; }

  private:
    enum class State : std::uint8_t { start, number, hexadecimal_start, decimal, hexadecimal, tab, new_line };

    Step read_start(char byte) noexcept;
    Step read_digit(char byte) noexcept;
    Step read_name(char byte) noexcept;

    std::uint32_t code_ = 0;
    State state_ = State::start;
    std::uint8_t matched_ = 0;
    char character_ = '&';
};

}  // namespace aep::page::html
