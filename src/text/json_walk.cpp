#include "json_walk.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "json_text.hpp"

namespace aep::text::json {
namespace {

constexpr std::size_t kUsualNames = 32;  // of objects that are open at once

using Names = std::span<std::string_view>;

/// Whether two are the same. Changes their order.
bool has_duplicates(Names names) {
    constexpr std::size_t kFew =
        16;  // so many are compared with each other in less time than they are sorted
    if (names.size() > kFew) {
        std::ranges::sort(names);
        return std::ranges::adjacent_find(names) != names.end();
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (std::ranges::find(names.first(i), names[i]) != names.begin() + static_cast<std::ptrdiff_t>(i)) {
            return true;
        }
    }
    return false;
}

}  // namespace

Walk::Walk(std::string text, DuplicateKeys duplicate_keys)
    : text_(std::move(text)),
      tokens_(find_tokens(text_)),
      first_backslash_(text_.find('\\')),
      next_backslash_(first_backslash_),
      duplicate_keys_(duplicate_keys) {
    names_.reserve(kUsualNames);
    if (tokens_.error != nullptr) {
        fail(tokens_.error, 0);
    }
}

Span Walk::skip() {
    const std::size_t begin = offset();
    skip_value();
    return {begin, end()};
}

void Walk::skip_value() {
    if (current() == '{') {
        if (enter('{', '}')) {
            do {
                if (take_key()) {
                    skip_value();
                }
            } while (has_next('}'));
        }
    } else if (current() == '[') {
        if (enter('[', ']')) {
            do {
                skip_value();
            } while (has_next(']'));
        }
    } else if (is_scalar()) {
        ++index_;
    } else {
        fail("a value is missing or wrong", offset());
    }
}

bool Walk::is_scalar() {
    switch (kind()) {
        case Kind::string:
            return is_string();
        case Kind::number:
            return is_number(token(index_));
        case Kind::boolean:
            return token(index_) == "true" || token(index_) == "false";
        case Kind::null:
            return token(index_) == "null";
        default:
            return false;
    }
}

std::string_view Walk::string() {
    if (current() != '"' || !is_string()) {
        fail("a string is missing or wrong", offset());
        return {};
    }
    return resolve(index_++);
}

void Walk::refuse_to_enter(char open) {
    if (current() == open) {
        fail("it is nested too deeply", offset());
    } else {
        fail(open == '{' ? "an object is missing" : "an array is missing", offset());
    }
}

bool Walk::has_valid_escapes() {
    const bool valid = json::has_valid_escapes(token(index_));
    next_backslash_ = text_.find('\\', tokens_.offsets[index_ + 1]);
    return valid;
}

std::string_view Walk::resolve_escapes(std::string_view token) {
    if (token.find('\\') == std::string_view::npos) {
        return token.substr(1, token.size() - 2);
    }
    return resolved_.emplace_front(unescape(token));
}

/// Compares the keys of an object that ends, and forgets them.
void Walk::check_names(std::size_t first, std::size_t object) {
    if (ok() && duplicate_keys_ == DuplicateKeys::refused && has_duplicates(Names(names_).subspan(first))) {
        fail("an object has the same key twice", object);
    }
    names_.resize(first);
}

void Walk::stop() noexcept {
    stopped_ = true;
    index_ = tokens_.count;
}

bool Walk::finish() {
    if (ok() && offset() < text_.size()) {
        fail("something follows the end", offset());
    }
    return fault_.empty();
}

void Walk::fail(std::string_view fault, std::size_t offset) {
    if (ok()) {
        fault_ = fault;
        fault_offset_ = offset;
        stop();
    }
}

}  // namespace aep::text::json
