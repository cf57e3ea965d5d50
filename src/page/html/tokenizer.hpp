#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "page/html/attributes.hpp"
#include "page/html/character_reference.hpp"
#include "text/ascii.hpp"

namespace aep::page::html {

/// The bytes of a document that can be read now, and where in the document they are.
class Input {
  public:
    Input(std::string_view bytes, std::uint64_t offset) noexcept
        : at_(bytes.data()), end_(bytes.data() + bytes.size()), offset_(offset) {}

    [[nodiscard]] bool empty() const noexcept { return at_ == end_; }
    [[nodiscard]] char peek() const noexcept { return *at_; }
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

    void advance() noexcept {
        ++at_;
        ++offset_;
    }

    /// Leaves out what lies at that offset and behind it.
    void end_at(std::uint64_t offset) noexcept {
        if (offset <= offset_) {
            end_ = at_;
        } else if (offset - offset_ < static_cast<std::uint64_t>(end_ - at_)) {
            end_ = at_ + (offset - offset_);
        }
    }

    /// Skips to the next such byte; false, with all skipped, when there is none.
    bool skip_to(char byte) noexcept;

  private:
    const char* at_;
    const char* end_;
    std::uint64_t offset_;
};

/// The tokenizer of the HTML standard (HTML 13.2.5) over a stream of bytes, in the encodings that have ASCII
/// in them. Stores what the place of our tag depends on, and no text.
class Tokenizer {
  public:
    enum class Event : std::uint8_t {
        none,      ///< the input has been read
        text,      ///< a character that is not white space; it stays unread unless it began with '<' or '&'
        markup,    ///< '<': a token begins, unless it turns out as text
        tag_name,  ///< of a tag: name() and is_end_tag() are known
        tag,       ///< a tag is complete
        comment,   ///< a comment is complete, or markup that stands for nothing
        doctype,
    };

    /// What has begun and not ended.
    enum class Pending : std::uint8_t {
        nothing,
        text,     ///< it is text if the document ends here
        tag,      ///< it is nothing if the document ends here
        comment,  ///< as doctype and raw_text: reaches to the end if the document ends here
        doctype,
        raw_text,  ///< with its end tag
    };

    /// Elements whose content is not markup.
    enum class RawText : std::uint8_t { plain, script };

    /// Reads on up to the next event.
    Event next(Input& in) noexcept;

    /// Asks for the attributes of the tag whose name has just been read. `content`: as Attributes::begin's.
    void read_attributes(Attributes::Element element, ValueText* content = nullptr) noexcept {
        attributes_.begin(element, content);
    }

    /// The start tag that has just been read has raw text behind it.
    void enter_raw_text(RawText kind) noexcept;

    /// Where the text, markup or tag of the last event begins.
    [[nodiscard]] std::uint64_t token_start() const noexcept { return token_start_; }
    /// In lower case, maybe not complete yet; empty when too long to be one that matters.
    [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }
    [[nodiscard]] bool is_end_tag() const noexcept { return is_end_tag_; }
    [[nodiscard]] const Attributes& attributes() const noexcept { return attributes_; }
    [[nodiscard]] Pending pending() const noexcept;
    [[nodiscard]] bool is_in_tag_name() const noexcept { return state_ == State::tag_name; }
    /// Whether the document's last bytes are a character reference that stands for white space.
    [[nodiscard]] bool ends_in_white_space() const noexcept;

  private:
    /// In the order of the groups: markup, comments, raw text.
    enum class State : std::uint8_t {
        data,
        data_reference,
        tag_open,
        end_tag_open,
        tag_name,
        long_tag_name,
        before_attribute_name,
        attribute_name,
        after_attribute_name,
        before_attribute_value,
        attribute_value_quoted,
        attribute_value_unquoted,
        attribute_value_reference,
        markup_declaration,
        markup_declaration_dash,
        markup_declaration_word,
        doctype,
        bogus_comment,
        comment_start,
        comment_start_dash,
        comment,
        comment_end_dash,
        comment_end,
        comment_end_bang,
        raw_text,
        raw_less_than,
        raw_end_tag_open,
        raw_end_tag_name,
        script_escape_start,
        script_escape_start_dash,
        script_escaped,
        script_escaped_less_than,
        script_double_escape_word,
    };

    Event step(Input& in) noexcept;
    Event data(Input& in) noexcept;
    Event data_reference(Input& in) noexcept;
    Event tag_open(Input& in) noexcept;
    Event end_tag_open(Input& in) noexcept;
    Event tag_name(Input& in) noexcept;
    void long_tag_name(Input& in) noexcept;
    Event end_of_tag(Input& in) noexcept;
    Event before_attribute_name(Input& in) noexcept;
    void attribute_name(Input& in) noexcept;
    Event after_attribute_name(Input& in) noexcept;
    void before_attribute_value(Input& in) noexcept;
    void attribute_value_quoted(Input& in) noexcept;
    void attribute_value_unquoted(Input& in) noexcept;
    void attribute_value_reference(Input& in) noexcept;
    void markup_declaration(Input& in) noexcept;
    Event end_at_greater_than(Input& in, Event event) noexcept;
    Event comment(Input& in) noexcept;
    Event raw(Input& in) noexcept;
    void raw_less_than(char byte, Input& in) noexcept;
    Event raw_end_tag_name(Input& in) noexcept;
    void script(Input& in) noexcept;
    void script_escaped(Input& in) noexcept;
    void script_escaped_less_than(char byte, Input& in) noexcept;
    void script_double_escape_word(char byte, Input& in) noexcept;
    void begin_tag(bool is_end_tag, bool of_raw_text) noexcept;
    [[nodiscard]] State raw_state() const noexcept;

    std::uint64_t token_start_ = 0;
    Attributes attributes_;
    CharacterReference reference_;
    text::ShortWord<16> name_;
    text::ShortWord<16> raw_name_;  ///< of the element whose raw text is read
    State state_ = State::data;
    State value_state_ = State::data;  ///< of the value that a reference is in
    std::uint8_t matched_ = 0;         ///< letters of "doctype"
    std::uint8_t escape_level_ = 0;    ///< in a script: 1 behind "<!--", 2 behind a "<script" in that
    std::uint8_t dashes_ = 0;          ///< in a script's comment: how many were just read, 2 at most
    char quote_ = 0;
    bool is_end_tag_ = false;
    bool ends_raw_text_ = false;
    bool is_script_ = false;
};

}  // namespace aep::page::html
