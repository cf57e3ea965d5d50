#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace aep::status {

/// Writes one JSON text, member by member. The caller closes what it opens.
class JsonWriter {
  public:
    /// Opens and closes an object, or an array, as a value or element.
    void open(char bracket);
    void close(char bracket);

    /// The name of the next value.
    void name(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    void value(bool value);
    /// What is no finite number becomes null.
    void value(double number);
    void value(std::integral auto number) {
        separate();
        out_ += std::to_string(number);
    }
    template <typename T>
    void value(const std::optional<T>& value_or_null) {
        if (value_or_null) {
            value(*value_or_null);
        } else {
            null();
        }
    }

    template <typename T>
    void member(std::string_view its_name, const T& its_value) {
        name(its_name);
        value(its_value);
    }

    [[nodiscard]] std::string take() noexcept { return std::move(out_); }

  private:
    void null();
    void separate();

    std::string out_;
    bool needs_comma_ = false;
};

}  // namespace aep::status
