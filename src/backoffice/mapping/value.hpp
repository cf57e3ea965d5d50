#pragma once

#include <jansson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "decimal.hpp"
#include "time.hpp"

namespace aep::backoffice::mapping {

/// A value of a document, or nothing. It belongs to the document.
///
/// Commerce writes the same in many ways: numbers as text, `[]` for an empty object, null for what is not there. What
/// cannot be read as what is asked for is as good as not there.
class Value {
  public:
    Value() = default;
    explicit Value(const json_t* json) noexcept : json_(json) {}

    /// The member of an object.
    Value operator[](const char* name) const noexcept { return Value(json_object_get(json_, name)); }

    /// The element of an array.
    Value operator[](std::size_t index) const noexcept { return Value(json_array_get(json_, index)); }

    /// How many elements an array has.
    [[nodiscard]] std::size_t size() const noexcept { return json_array_size(json_); }

    [[nodiscard]] bool is_object() const noexcept { return json_is_object(json_); }
    [[nodiscard]] bool is_array() const noexcept { return json_is_array(json_); }

    /// Absent, null, `{}` or `[]`.
    [[nodiscard]] bool is_empty() const noexcept;

    /// A string, or the digits of a number; empty for anything else.
    [[nodiscard]] std::string text() const;

    /// A string as it is in the document; empty for anything else.
    [[nodiscard]] std::string_view string() const noexcept;

    /// A number, or a string that holds one.
    [[nodiscard]] std::optional<Decimal> number() const noexcept;

    [[nodiscard]] std::optional<Time> time() const noexcept { return read_time(string()); }

    /// true, 1, "1"; false, 0, "0", ""; "true" and "false" too.
    [[nodiscard]] std::optional<bool> boolean() const noexcept;

    [[nodiscard]] bool is_true() const noexcept { return boolean().value_or(false); }

    [[nodiscard]] const json_t* json() const noexcept { return json_; }

  private:
    const json_t* json_ = nullptr;
};

/// The elements of an array in a for loop; none of what is no array.
class Elements {
  public:
    explicit Elements(Value array) noexcept : array_(array) {}

    class Iterator {
      public:
        Iterator(Value array, std::size_t index) noexcept : array_(array), index_(index) {}
        Value operator*() const noexcept { return array_[index_]; }
        Iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        bool operator!=(const Iterator& other) const noexcept { return index_ != other.index_; }

      private:
        Value array_;
        std::size_t index_;
    };

    [[nodiscard]] Iterator begin() const noexcept { return {array_, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {array_, array_.size()}; }

  private:
    Value array_;
};

}  // namespace aep::backoffice::mapping
