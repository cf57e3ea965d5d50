#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aep::backoffice::mapping {

/// A number with four decimals, as the database of Commerce has them: never a binary fraction. What does not fit
/// (15 digits and more before the point) is no number.
class Decimal {
  public:
    constexpr Decimal() = default;

    static std::optional<Decimal> of_integer(std::int64_t value) noexcept;

    /// The shortest decimal number that reads back as the same binary one: 19.99 for what a parser made of "19.99".
    static std::optional<Decimal> of_real(double value) noexcept;

    /// Digits with a sign, a point and an exponent, as PHP takes them for a number; decimals beyond the fourth are
    /// rounded half up.
    static std::optional<Decimal> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr bool is_zero() const noexcept { return units_ == 0; }
    [[nodiscard]] constexpr bool is_positive() const noexcept { return units_ > 0; }
    [[nodiscard]] Decimal absolute() const noexcept { return Decimal(units_ < 0 ? -units_ : units_); }

    /// A whole number as it is, a fraction rounded half up, to 1 at least.
    [[nodiscard]] Decimal whole() const noexcept;

    /// Nothing where the sum does not fit.
    [[nodiscard]] std::optional<Decimal> plus(Decimal other) const noexcept;
    [[nodiscard]] std::optional<Decimal> minus(Decimal other) const noexcept;

    /// This number × part ÷ all, rounded half up; nothing where that is no number.
    [[nodiscard]] std::optional<Decimal> share(Decimal part, Decimal all) const noexcept;

    /// As JSON writes it, without zeros at the end.
    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(Decimal, Decimal) noexcept = default;
    friend constexpr bool operator>=(Decimal left, Decimal right) noexcept {
        return left.units_ >= right.units_;
    }

  private:
    explicit constexpr Decimal(std::int64_t units) noexcept : units_(units) {}
    static std::optional<Decimal> of_units(std::int64_t units) noexcept;

    std::int64_t units_ = 0;  ///< ten-thousandths
};

}  // namespace aep::backoffice::mapping
