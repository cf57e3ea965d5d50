#include "page/html/tokenizer.hpp"

#include <cstring>

namespace aep::page::html {
namespace {

constexpr bool ends_name(char c) noexcept {
    return text::is_white_space(c) || c == '/' || c == '>';
}

}  // namespace

bool Input::skip_to(char byte) noexcept {
    const auto size = static_cast<std::size_t>(end_ - at_);
    const auto* found = static_cast<const char*>(std::memchr(at_, byte, size));
    const char* to = found == nullptr ? end_ : found;
    offset_ += static_cast<std::uint64_t>(to - at_);
    at_ = to;
    return found != nullptr;
}

Tokenizer::Event Tokenizer::next(Input& in) noexcept {
    while (!in.empty()) {
        const Event event = step(in);
        if (event != Event::none) {
            return event;
        }
    }
    return Event::none;
}

Tokenizer::Event Tokenizer::step(Input& in) noexcept {
    switch (state_) {
        case State::data:
            return data(in);
        case State::data_reference:
            return data_reference(in);
        case State::tag_open:
            return tag_open(in);
        case State::end_tag_open:
            return end_tag_open(in);
        case State::tag_name:
            return tag_name(in);
        case State::long_tag_name:
            long_tag_name(in);
            return Event::none;
        case State::before_attribute_name:
            return before_attribute_name(in);
        case State::attribute_name:
            attribute_name(in);
            return Event::none;
        case State::after_attribute_name:
            return after_attribute_name(in);
        case State::before_attribute_value:
            before_attribute_value(in);
            return Event::none;
        case State::attribute_value_quoted:
            attribute_value_quoted(in);
            return Event::none;
        case State::attribute_value_unquoted:
            attribute_value_unquoted(in);
            return Event::none;
        case State::attribute_value_reference:
            attribute_value_reference(in);
            return Event::none;
        case State::markup_declaration:
        case State::markup_declaration_dash:
        case State::markup_declaration_word:
            markup_declaration(in);
            return Event::none;
        case State::doctype:
            return end_at_greater_than(in, Event::doctype);
        case State::bogus_comment:
            return end_at_greater_than(in, Event::comment);
        default:
            return state_ < State::raw_text ? comment(in) : raw(in);
    }
}

Tokenizer::Event Tokenizer::data(Input& in) noexcept {
    while (text::is_white_space(in.peek())) {
        in.advance();
        if (in.empty()) {
            return Event::none;
        }
    }
    token_start_ = in.offset();
    if (in.peek() == '<') {
        in.advance();
        state_ = State::tag_open;
        return Event::markup;
    }
    if (in.peek() == '&') {
        in.advance();
        reference_.begin();
        state_ = State::data_reference;
        return Event::none;
    }
    return Event::text;
}

Tokenizer::Event Tokenizer::data_reference(Input& in) noexcept {
    const CharacterReference::Step step = reference_.read(in.peek());
    if (step != CharacterReference::Step::ended_before) {
        in.advance();
    }
    if (step == CharacterReference::Step::more) {
        return Event::none;
    }
    state_ = State::data;
    return text::is_white_space(reference_.character()) ? Event::none : Event::text;
}

Tokenizer::Event Tokenizer::tag_open(Input& in) noexcept {
    const char byte = in.peek();
    if (text::is_letter(byte)) {
        begin_tag(false, false);
        return Event::none;
    }
    switch (byte) {
        case '/':
            in.advance();
            state_ = State::end_tag_open;
            return Event::none;
        case '!':
            in.advance();
            state_ = State::markup_declaration;
            return Event::none;
        case '?':
            in.advance();
            state_ = State::bogus_comment;
            return Event::none;
        default:
            state_ = State::data;
            return Event::text;
    }
}

Tokenizer::Event Tokenizer::end_tag_open(Input& in) noexcept {
    if (text::is_letter(in.peek())) {
        begin_tag(true, false);
        return Event::none;
    }
    if (in.peek() != '>') {
        state_ = State::bogus_comment;
        return Event::none;
    }
    in.advance();
    state_ = State::data;
    return Event::comment;
}

void Tokenizer::begin_tag(bool is_end_tag, bool of_raw_text) noexcept {
    is_end_tag_ = is_end_tag;
    ends_raw_text_ = of_raw_text;
    attributes_.begin(Attributes::Element::other);
    if (!of_raw_text) {
        name_.clear();
        state_ = State::tag_name;
    } else {
        state_ = State::before_attribute_name;
    }
}

Tokenizer::Event Tokenizer::tag_name(Input& in) noexcept {
    while (!in.empty()) {
        if (ends_name(in.peek())) {
            state_ = State::before_attribute_name;
            return Event::tag_name;
        }
        name_.push(in.peek());
        in.advance();
        if (name_.is_too_long()) {
            state_ = State::long_tag_name;
            return Event::tag_name;
        }
    }
    return Event::none;
}

void Tokenizer::long_tag_name(Input& in) noexcept {
    while (!in.empty() && !ends_name(in.peek())) {
        in.advance();
    }
    state_ = in.empty() ? state_ : State::before_attribute_name;
}

Tokenizer::Event Tokenizer::end_of_tag(Input& in) noexcept {
    in.advance();
    state_ = State::data;
    return Event::tag;
}

/// Also the state behind a quoted value, and behind '/': what they do not expect is read as here.
Tokenizer::Event Tokenizer::before_attribute_name(Input& in) noexcept {
    const char byte = in.peek();
    if (byte == '>') {
        return end_of_tag(in);
    }
    in.advance();
    if (!ends_name(byte)) {
        attributes_.begin_name();
        attributes_.name_byte(byte);  // '=' too
        state_ = State::attribute_name;
    }
    return Event::none;
}

void Tokenizer::attribute_name(Input& in) noexcept {
    while (!in.empty()) {
        const char byte = in.peek();
        if (byte == '=' || ends_name(byte)) {
            attributes_.end_name();
            state_ = State::after_attribute_name;
            return;
        }
        attributes_.name_byte(byte);
        in.advance();
    }
}

Tokenizer::Event Tokenizer::after_attribute_name(Input& in) noexcept {
    const char byte = in.peek();
    if (text::is_white_space(byte)) {
        in.advance();
    } else if (byte == '=') {
        in.advance();
        state_ = State::before_attribute_value;
    } else {
        state_ = State::before_attribute_name;
    }
    return Event::none;
}

void Tokenizer::before_attribute_value(Input& in) noexcept {
    const char byte = in.peek();
    if (text::is_white_space(byte)) {
        in.advance();
    } else if (byte == '"' || byte == '\'') {
        in.advance();
        quote_ = byte;
        state_ = State::attribute_value_quoted;
    } else {
        state_ = State::attribute_value_unquoted;  // at '>' too: a missing value is an empty one
    }
}

void Tokenizer::attribute_value_quoted(Input& in) noexcept {
    if (!attributes_.wants_values() && !in.skip_to(quote_)) {
        return;
    }
    const char byte = in.peek();
    in.advance();
    if (byte == quote_) {
        attributes_.end_value();
        state_ = State::before_attribute_name;
    } else if (byte == '&') {
        reference_.begin();
        value_state_ = state_;
        state_ = State::attribute_value_reference;
    } else {
        attributes_.value_byte(byte);
    }
}

void Tokenizer::attribute_value_unquoted(Input& in) noexcept {
    while (!attributes_.wants_values() && !text::is_white_space(in.peek()) && in.peek() != '>') {
        in.advance();
        if (in.empty()) {
            return;
        }
    }
    const char byte = in.peek();
    if (text::is_white_space(byte) || byte == '>') {
        attributes_.end_value();
        state_ = State::before_attribute_name;
        return;
    }
    in.advance();
    if (byte == '&') {
        reference_.begin();
        value_state_ = state_;
        state_ = State::attribute_value_reference;
    } else {
        attributes_.value_byte(byte);
    }
}

void Tokenizer::attribute_value_reference(Input& in) noexcept {
    const CharacterReference::Step step = reference_.read(in.peek());
    if (step != CharacterReference::Step::ended_before) {
        in.advance();
    }
    if (step != CharacterReference::Step::more) {
        attributes_.value_byte(reference_.character());
        state_ = value_state_;
    }
}

void Tokenizer::markup_declaration(Input& in) noexcept {
    constexpr std::string_view kDoctype = "doctype";
    const char byte = text::to_lower(in.peek());
    State then = State::bogus_comment;
    if (state_ == State::markup_declaration) {
        matched_ = 0;
    }
    if (byte == '-' && state_ != State::markup_declaration_word) {
        const bool first = state_ == State::markup_declaration;
        then = first ? State::markup_declaration_dash : State::comment_start;
    } else if (byte == kDoctype[matched_] && state_ != State::markup_declaration_dash) {
        ++matched_;
        then = matched_ < kDoctype.size() ? State::markup_declaration_word : State::doctype;
    }
    if (then != State::bogus_comment) {
        in.advance();
    }
    state_ = then;
}

Tokenizer::Event Tokenizer::end_at_greater_than(Input& in, Event event) noexcept {
    if (!in.skip_to('>')) {
        return Event::none;
    }
    in.advance();
    state_ = State::data;
    return event;
}

Tokenizer::Pending Tokenizer::pending() const noexcept {
    switch (state_) {
        case State::data:
            return Pending::nothing;
        case State::data_reference:
        case State::tag_open:
        case State::end_tag_open:
            return Pending::text;
        case State::tag_name:
        case State::long_tag_name:
        case State::before_attribute_name:
        case State::attribute_name:
        case State::after_attribute_name:
        case State::before_attribute_value:
        case State::attribute_value_quoted:
        case State::attribute_value_unquoted:
        case State::attribute_value_reference:
            return ends_raw_text_ ? Pending::raw_text : Pending::tag;
        case State::doctype:
            return Pending::doctype;
        default:
            return state_ < State::raw_text ? Pending::comment : Pending::raw_text;
    }
}

bool Tokenizer::ends_in_white_space() const noexcept {
    if (state_ != State::data_reference) {
        return false;
    }
    CharacterReference reference = reference_;
    // Any byte that cannot belong to a reference ends it, as the end of the document does.
    return reference.read('<') == CharacterReference::Step::ended_before &&
           text::is_white_space(reference.character());
}

}  // namespace aep::page::html
