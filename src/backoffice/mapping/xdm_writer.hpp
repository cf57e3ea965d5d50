#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "decimal.hpp"
#include "time.hpp"

namespace aep::backoffice::mapping {

/// Writes one JSON object. A member that has no value is left out, and so is an object or array that has no members:
/// XDM takes none of null, {} and [].
class XdmWriter {
  public:
    XdmWriter() { text_.reserve(kUsual); }

    /// An object with what `write` writes; as an element of an array it has no name.
    template <typename Write>
    void object(std::string_view name, Write&& write) {
        open(name, '{');
        write();
        close('}');
    }

    template <typename Write>
    void array(std::string_view name, Write&& write) {
        open(name, '[');
        write();
        close(']');
    }

    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, std::optional<Decimal> value);
    void time(std::string_view name, std::optional<Time> value);
    void boolean(std::string_view name, bool value);

    /// For who cannot write an object in one function.
    void open_object(std::string_view name) { open(name, '{'); }
    void close_object() { close('}'); }

    /// What was written.
    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    static constexpr std::size_t kUsual = 2048;

    struct Container {
        std::size_t begin;  ///< where it takes back what it has written, if that is nothing
        bool has_members = false;
    };

    void open(std::string_view name, char bracket);
    void close(char bracket);
    void begin_member(std::string_view name);

    std::string text_;
    std::vector<Container> containers_;
};

}  // namespace aep::backoffice::mapping
