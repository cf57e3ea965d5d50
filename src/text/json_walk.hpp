#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "json_tokens.hpp"

namespace aep::text::json {

/// A piece of the text.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

enum class Kind : std::uint8_t { nothing, object, array, string, number, boolean, null };

/// What kind of value starts with each byte.
inline constexpr auto kKinds = [] {
    std::array<Kind, 256> kinds{};
    kinds['{'] = Kind::object;
    kinds['['] = Kind::array;
    kinds['"'] = Kind::string;
    kinds['t'] = kinds['f'] = Kind::boolean;
    kinds['n'] = Kind::null;
    kinds['-'] = Kind::number;
    for (std::size_t digit = '0'; digit <= '9'; ++digit) {
        kinds[digit] = Kind::number;
    }
    return kinds;
}();

/// What an object may hold twice.
enum class DuplicateKeys : std::uint8_t { allowed, refused };

/// Walks once through a JSON text and checks all of it against RFC 8259.
///
/// Builds no tree: the caller steps into the objects and arrays that matter and skips the rest;
/// both check what they pass. The first fault ends the walk: from then on there is nothing more,
/// and every loop ends.
class Walk {
  public:
    static constexpr std::size_t kMaxDepth = 128;

    Walk(std::string text, DuplicateKeys duplicate_keys);
    ~Walk() = default;
    Walk(const Walk&) = delete;
    Walk(Walk&&) = delete;
    Walk& operator=(const Walk&) = delete;
    Walk& operator=(Walk&&) = delete;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// The value that the walk stands in front of.
    [[nodiscard]] Kind kind() const noexcept { return kKinds[static_cast<unsigned char>(current())]; }

    /// Steps over one value of any kind.
    Span skip();

    /// Steps over a string and returns its text, escapes resolved; valid as long as the walk is.
    std::string_view string();

    /// Steps through an object. `on_member(key, begin)` must step over the value; `key` has its
    /// escapes resolved, `begin` is where the key starts. Keys skipped elsewhere are not compared.
    template <typename OnMember>
    Span object(OnMember&& on_member) {
        const std::size_t begin = offset();
        const std::size_t first_name = names_.size();
        if (enter('{', '}')) {
            do {
                const std::size_t key = index_;
                if (!take_key()) {
                    break;
                }
                names_.push_back(resolve(key));
                on_member(std::string_view(names_.back()), std::size_t{tokens_.offsets[key]});
            } while (has_next('}'));
        }
        check_names(first_name, begin);
        return {begin, end()};
    }

    /// Steps through an array. `on_element()` must step over the element.
    template <typename OnElement>
    Span array(OnElement&& on_element) {
        const std::size_t begin = offset();
        if (enter('[', ']')) {
            do {
                on_element();
            } while (has_next(']'));
        }
        return {begin, end()};
    }

    /// Where the next token starts.
    [[nodiscard]] std::size_t offset() const noexcept { return tokens_.offsets[index_]; }

    /// Where the token that was stepped over last ends.
    [[nodiscard]] std::size_t end() const noexcept { return end_before(index_); }

    /// A place to return to, in front of or behind a value that was stepped over without a fault.
    enum class Position : std::size_t {};
    [[nodiscard]] Position position() const noexcept { return Position{index_}; }
    void return_to(Position position) noexcept { index_ = static_cast<std::size_t>(position); }

    /// Ends the walk without calling the text invalid.
    void stop() noexcept;

    /// False after a fault, or stop().
    [[nodiscard]] bool ok() const noexcept { return !stopped_; }

    /// Nothing but white space is left. Without a fault so far, anything else is one.
    bool finish();

    /// What the fault is, as the rest of a sentence, and where; empty when there is none.
    [[nodiscard]] std::string_view fault() const noexcept { return fault_; }
    [[nodiscard]] std::size_t fault_offset() const noexcept { return fault_offset_; }

  private:
    [[nodiscard]] char current() const noexcept { return text_[tokens_.offsets[index_]]; }

    /// Where the token in front of the given one ends.
    [[nodiscard]] std::size_t end_before(std::size_t index) const noexcept {
        std::size_t end = tokens_.offsets[index];
        while (end > 0 && is_space(text_[end - 1])) {
            --end;
        }
        return end;
    }

    [[nodiscard]] std::string_view token(std::size_t index) const noexcept {
        const std::size_t begin = tokens_.offsets[index];
        return {text_.data() + begin, end_before(index + 1) - begin};
    }

    static constexpr bool is_space(char c) noexcept {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /// Steps over the opening bracket; false when the container is empty or there is a fault.
    bool enter(char open, char close) {
        if (current() != open || depth_ == kMaxDepth) {
            refuse_to_enter(open);
            return false;
        }
        ++index_;
        if (current() == close) {
            ++index_;
            return false;
        }
        ++depth_;
        return true;
    }

    /// Steps over the comma (true) or the closing bracket (false).
    bool has_next(char close) {
        const char c = current();
        if (c == ',') {
            ++index_;
            return true;
        }
        if (c == close) {
            ++index_;
            --depth_;
        } else {
            fail(close == '}' ? "a comma or '}' is missing" : "a comma or ']' is missing", offset());
        }
        return false;
    }

    /// Steps over a key and its colon.
    bool take_key() {
        if (current() != '"' || !is_string()) {
            fail("a key is missing or wrong", offset());
            return false;
        }
        ++index_;
        if (current() != ':') {
            fail("a colon is missing", offset());
            return false;
        }
        ++index_;
        return true;
    }

    void skip_value();
    [[nodiscard]] bool is_scalar();
    bool has_valid_escapes();
    void refuse_to_enter(char open);

    /// For a token that starts with a quote: the first stage has seen to its end.
    bool is_string() { return next_backslash_ >= tokens_.offsets[index_ + 1] || has_valid_escapes(); }

    /// The text of a string that was checked.
    std::string_view resolve(std::size_t index) {
        const std::string_view text = token(index);
        return tokens_.offsets[index + 1] <= first_backslash_ ? text.substr(1, text.size() - 2)
                                                              : resolve_escapes(text);
    }

    std::string_view resolve_escapes(std::string_view token);
    void check_names(std::size_t first, std::size_t object);
    void fail(std::string_view fault, std::size_t offset);

    std::string text_;
    Tokens tokens_;
    std::size_t index_ = 0;
    std::size_t depth_ = 0;
    std::size_t first_backslash_;              // npos when there is none
    std::size_t next_backslash_;               // the first one that was not passed
    std::vector<std::string_view> names_;      // keys of the objects that are open
    std::forward_list<std::string> resolved_;  // strings that had escapes
    std::string_view fault_;
    std::size_t fault_offset_ = 0;
    DuplicateKeys duplicate_keys_;
    bool stopped_ = false;
};

}  // namespace aep::text::json
