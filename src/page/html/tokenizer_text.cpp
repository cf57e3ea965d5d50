// The states of the tokenizer that read what is not markup: comments (HTML 13.2.5.43 to .52), and the text
// of elements like title and script (HTML 13.2.5.9 to .31).

#include "page/html/tokenizer.hpp"

namespace aep::page::html {

/// The content of a comment ("<!--" again) does not change where it ends.
Tokenizer::Event Tokenizer::comment(Input& in) noexcept {
    if (state_ == State::comment && !in.skip_to('-')) {
        return Event::none;
    }
    const char byte = in.peek();
    if (byte == '>' && state_ != State::comment_end_dash) {
        in.advance();
        state_ = State::data;
        return Event::comment;
    }
    const State before = state_;
    state_ = State::comment;
    if (byte == '-') {
        switch (before) {
            case State::comment_start:
                state_ = State::comment_start_dash;
                break;
            case State::comment:
            case State::comment_end_bang:
                state_ = State::comment_end_dash;
                break;
            default:
                state_ = State::comment_end;
        }
    } else if (byte == '!' && before == State::comment_end) {
        state_ = State::comment_end_bang;
    }
    in.advance();
    return Event::none;
}

void Tokenizer::enter_raw_text(RawText kind) noexcept {
    raw_name_ = name_;
    is_script_ = kind == RawText::script;
    escape_level_ = 0;
    state_ = State::raw_text;
}

Tokenizer::State Tokenizer::raw_state() const noexcept {
    return escape_level_ == 0 ? State::raw_text : State::script_escaped;
}

Tokenizer::Event Tokenizer::raw(Input& in) noexcept {
    switch (state_) {
        case State::raw_text:
            if (in.skip_to('<')) {
                token_start_ = in.offset();
                in.advance();
                state_ = State::raw_less_than;
            }
            return Event::none;
        case State::raw_less_than:
            raw_less_than(in.peek(), in);
            return Event::none;
        case State::raw_end_tag_open:
            name_.clear();
            state_ = text::is_letter(in.peek()) ? State::raw_end_tag_name : raw_state();
            return Event::none;
        case State::raw_end_tag_name:
            return raw_end_tag_name(in);
        default:
            script(in);
            return Event::none;
    }
}

void Tokenizer::raw_less_than(char byte, Input& in) noexcept {
    if (byte == '/') {
        in.advance();
        state_ = State::raw_end_tag_open;
    } else if (byte == '!' && is_script_) {
        in.advance();
        state_ = State::script_escape_start;
    } else {
        state_ = State::raw_text;
    }
}

Tokenizer::Event Tokenizer::raw_end_tag_name(Input& in) noexcept {
    const char byte = in.peek();
    if (text::is_letter(byte)) {
        name_.push(byte);
        in.advance();
        return Event::none;
    }
    const bool ends = text::is_white_space(byte) || byte == '/' || byte == '>';
    if (ends && name_.view() == raw_name_.view()) {
        begin_tag(true, true);
        return Event::tag_name;
    }
    state_ = raw_state();
    return Event::none;
}

void Tokenizer::script(Input& in) noexcept {
    const char byte = in.peek();
    switch (state_) {
        case State::script_escape_start:
        case State::script_escape_start_dash: {
            if (byte != '-') {
                state_ = State::raw_text;
                return;
            }
            in.advance();
            const bool is_second = state_ == State::script_escape_start_dash;
            state_ = is_second ? State::script_escaped : State::script_escape_start_dash;
            if (is_second) {
                escape_level_ = 1;
                dashes_ = 2;
            }
            return;
        }
        case State::script_escaped_less_than:
            script_escaped_less_than(byte, in);
            return;
        case State::script_double_escape_word:
            script_double_escape_word(byte, in);
            return;
        default:
            script_escaped(in);
    }
}

/// The script data escaped and double escaped states: one machine, as they differ in what '<' begins.
void Tokenizer::script_escaped(Input& in) noexcept {
    const auto matters = [](char c) { return c == '-' || c == '<' || c == '>'; };
    while (!matters(in.peek())) {
        dashes_ = 0;
        in.advance();
        if (in.empty()) {
            return;
        }
    }
    const char byte = in.peek();
    in.advance();
    if (byte == '-') {
        dashes_ = dashes_ == 0 ? 1 : 2;
        return;
    }
    if (byte == '<') {
        token_start_ = in.offset() - 1;
        state_ = State::script_escaped_less_than;
    } else if (byte == '>' && dashes_ == 2) {
        escape_level_ = 0;
        state_ = State::raw_text;
    }
    dashes_ = 0;
}

void Tokenizer::script_escaped_less_than(char byte, Input& in) noexcept {
    name_.clear();
    state_ = State::script_escaped;
    if (byte == '/') {
        in.advance();
        state_ = escape_level_ == 1 ? State::raw_end_tag_open : State::script_double_escape_word;
    } else if (escape_level_ == 1 && text::is_letter(byte)) {
        state_ = State::script_double_escape_word;
    }
}

void Tokenizer::script_double_escape_word(char byte, Input& in) noexcept {
    if (text::is_letter(byte)) {
        name_.push(byte);
        in.advance();
        return;
    }
    state_ = State::script_escaped;
    if (text::is_white_space(byte) || byte == '/' || byte == '>') {
        in.advance();
        if (name_.view() == "script") {
            escape_level_ = escape_level_ == 1 ? 2 : 1;
        }
    }
}

}  // namespace aep::page::html
