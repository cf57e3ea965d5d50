#include "json_walk.hpp"

#include <algorithm>
#include <utility>

#include "json_text.hpp"

namespace aep::gateway::json {
namespace {

constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

Walk::Walk(std::string text, DuplicateKeys duplicate_keys)
    : text_(std::move(text)), tokens_(find_tokens(text_)), duplicate_keys_(duplicate_keys) {
    next_backslash_ = text_.find('\\');
    if (tokens_.error != nullptr) {
        fail(tokens_.error, 0);
    }
}

/// Where the token in front of the given one ends.
std::size_t Walk::end_before(std::size_t index) const noexcept {
    std::size_t end = tokens_.offsets[index];
    while (end > 0 && is_space(text_[end - 1])) {
        --end;
    }
    return end;
}

std::string_view Walk::token(std::size_t index) const noexcept {
    const std::size_t begin = tokens_.offsets[index];
    return std::string_view(text_).substr(begin, end_before(index + 1) - begin);
}

Kind Walk::kind() const noexcept {
    switch (current()) {
        case '{':
            return Kind::object;
        case '[':
            return Kind::array;
        case '"':
            return Kind::string;
        case 't':
        case 'f':
            return Kind::boolean;
        case 'n':
            return Kind::null;
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return Kind::number;
        default:
            return Kind::nothing;
    }
}

Span Walk::skip() {
    const std::size_t begin = offset();
    skip_value();
    return {begin, end()};
}

void Walk::skip_value() {
    switch (kind()) {
        case Kind::object:
            return skip_object();
        case Kind::array:
            return skip_array();
        case Kind::string:
            return skip_scalar(is_string());
        case Kind::number:
            return skip_scalar(is_number(token(index_)));
        case Kind::boolean:
            return skip_scalar(token(index_) == "true" || token(index_) == "false");
        case Kind::null:
            return skip_scalar(token(index_) == "null");
        default:
            return skip_scalar(false);
    }
}

void Walk::skip_object() {
    if (enter('{', '}')) {
        do {
            if (take_key()) {
                skip_value();
            }
        } while (has_next('}'));
    }
}

void Walk::skip_array() {
    if (enter('[', ']')) {
        do {
            skip_value();
        } while (has_next(']'));
    }
}

void Walk::skip_scalar(bool valid) {
    if (valid) {
        ++index_;
    } else {
        fail("a value is missing or wrong", offset());
    }
}

std::string_view Walk::string() {
    if (current() != '"' || !is_string()) {
        fail("a string is missing or wrong", offset());
        return {};
    }
    const std::string_view text = token(index_);
    ++index_;
    return resolve(text);
}

/// Steps over the opening bracket; false when the container is empty or there is a fault.
bool Walk::enter(char open, char close) {
    if (current() != open) {
        fail(open == '{' ? "an object is missing" : "an array is missing", offset());
        return false;
    }
    if (++depth_ > kMaxDepth) {
        fail("it is nested too deeply", offset());
        return false;
    }
    ++index_;
    if (current() != close) {
        return true;
    }
    ++index_;
    --depth_;
    return false;
}

/// Steps over the comma (true) or the closing bracket (false).
bool Walk::has_next(char close) {
    const char c = current();
    if (c == ',') {
        ++index_;
        return true;
    }
    if (c == close) {
        ++index_;
        --depth_;
        return false;
    }
    fail(close == '}' ? "a comma or '}' is missing" : "a comma or ']' is missing", offset());
    return false;
}

/// Steps over a key and its colon.
bool Walk::take_key() {
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

bool Walk::has_valid_escapes() {
    const bool valid = json::has_valid_escapes(token(index_));
    next_backslash_ = text_.find('\\', tokens_.offsets[index_ + 1]);
    return valid;
}

std::string_view Walk::resolve(std::string_view token) {
    if (token.find('\\') == std::string_view::npos) {
        return token.substr(1, token.size() - 2);
    }
    return resolved_.emplace_front(unescape(token));
}

/// Compares the keys of an object that ends, and forgets them.
void Walk::check_names(std::size_t first, std::size_t object) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    if (ok() && duplicate_keys_ == DuplicateKeys::refused) {
        std::sort(begin, names_.end());
        if (std::adjacent_find(begin, names_.end()) != names_.end()) {
            fail("an object has the same key twice", object);
        }
    }
    names_.erase(begin, names_.end());
}

void Walk::stop() noexcept {
    stopped_ = true;
    index_ = tokens_.offsets.size() - 1;
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

}  // namespace aep::gateway::json
