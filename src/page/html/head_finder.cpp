#include "page/html/head_finder.hpp"

#include <algorithm>

namespace aep::page::html {
namespace {

using Event = Tokenizer::Event;
using Pending = Tokenizer::Pending;
using Charset = Attributes::Charset;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf32Mark("\x00\x00\xFE\xFF", 4);
/// UTF-32 in the other byte order begins as UTF-16 does.
constexpr std::array<std::string_view, 4> kMarks = {kUtf8Mark, "\xFE\xFF", "\xFF\xFE", kUtf32Mark};

/// Any of these as the first tag makes a document.
constexpr std::array<std::string_view, 4> kDocumentTags = {"html", "head", "body", "title"};

/// End tags that open <head> where it is not open yet, and close it (HTML 13.2.6.4.2 to .4).
constexpr std::array<std::string_view, 4> kClosingEndTags = {"head", "body", "html", "br"};

/// What the tag may follow in <head>, besides <meta> and <script> (HTML 13.2.6.4.4). Not <base>: the tag's
/// address would lead elsewhere behind it. Not <template>: where its content ends only a whole tree builder
/// can say.
constexpr std::array<std::string_view, 3> kEmptyElements = {"basefont", "bgsound", "link"};
constexpr std::array<std::string_view, 4> kRawTextElements = {"title", "style", "noscript", "noframes"};

template <std::size_t Size>
constexpr bool contains(const std::array<std::string_view, Size>& words, std::string_view word) noexcept {
    return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t Size>
constexpr bool has_prefix(const std::array<std::string_view, Size>& words, std::string_view prefix) noexcept {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return word.starts_with(prefix); });
}

constexpr bool may_precede_tag(std::string_view name) noexcept {
    return name == "meta" || name == "script" || contains(kEmptyElements, name) ||
           contains(kRawTextElements, name);
}

}  // namespace

Verdict HeadFinder::feed(std::string_view bytes) noexcept {
    if (verdict_ != Verdict::searching || bytes.empty()) {
        return verdict_;
    }
    while (verdict_ == Verdict::searching && !bytes.empty()) {
        const std::uint64_t begin = read_;
        const std::uint64_t end = read_ < kCharsetWindow ? kCharsetWindow
                                  : is_document_         ? kMaxDocumentSearch
                                                         : kMaxSearch;
        read(bytes.substr(0, end - begin));
        bytes.remove_prefix(read_ - begin);
    }
    return decided();
}

/// Reads bytes that do not reach beyond one of the limits.
void HeadFinder::read(std::string_view bytes) noexcept {
    const std::uint64_t begin = read_;
    Input in(bytes, read_);
    while (verdict_ == Verdict::searching && !in.empty()) {
        if (is_reading_mark_) {
            read_mark(in);
            read_ = in.offset();
        } else {
            if (is_looking_ahead()) {
                in.end_at(candidate_ + kMaxHeld);
            }
            const Event event = tokenizer_.next(in);
            read_ = in.offset();
            on_event(event, in);
        }
    }
    note_escape(bytes.substr(0, read_ - begin));
    check_limits();
}

void HeadFinder::on_event(Event event, const Input& in) noexcept {
    if (is_looking_ahead()) {
        look_ahead(event);
        return;
    }
    switch (event) {
        case Event::none:
            break;
        case Event::text:
            on_text(in);
            break;
        case Event::markup:
            if (is_in_head_ && tokenizer_.token_start() >= kCharsetWindow) {
                propose(tokenizer_.token_start());
            }
            break;
        case Event::tag_name:
            on_tag_name();
            break;
        case Event::tag:
            on_tag();
            break;
        case Event::doctype:
            become_document();
            on_token_end();
            break;
        case Event::comment:
            on_token_end();
            break;
    }
}

/// Byte order marks: the first bytes of the document, or where they are just text.
void HeadFinder::read_mark(Input& in) noexcept {
    mark_[mark_size_] = in.peek();
    const std::string_view mark(mark_.data(), mark_size_ + 1U);
    if (!has_prefix(kMarks, mark)) {
        is_reading_mark_ = false;
        if (mark_size_ != 0) {
            verdict_ = Verdict::not_document;
        }
        return;
    }
    in.advance();
    ++mark_size_;
    if (!contains(kMarks, mark)) {
        return;
    }
    is_reading_mark_ = false;
    if (mark != kUtf8Mark) {
        verdict_ = Verdict::encoding;
    } else if (mark_start_ == 0) {
        charset_known_ = true;
    } else if (misplaced_mark_ == kNowhere) {
        misplaced_mark_ = mark_start_;
    }
}

void HeadFinder::on_text(const Input& in) noexcept {
    if (is_document_) {
        place_before_token();
    } else if (in.offset() == tokenizer_.token_start() && in.peek() == kUtf8Mark.front()) {
        is_reading_mark_ = true;
        mark_start_ = in.offset();
        mark_size_ = 0;
    } else {
        verdict_ = Verdict::not_document;
    }
}

void HeadFinder::on_tag_name() noexcept {
    is_meta_ = false;
    const std::string_view name = tokenizer_.name();
    if (!is_document_ && (tokenizer_.is_end_tag() || !contains(kDocumentTags, name))) {
        verdict_ = Verdict::not_document;
    } else if (!tokenizer_.is_end_tag()) {
        on_start_tag_name(name);
    } else if (contains(kClosingEndTags, name)) {
        stop_before_tag();
    }
}

void HeadFinder::on_start_tag_name(std::string_view name) noexcept {
    if (name == "html") {
        tokenizer_.read_attributes(Attributes::Element::html);
        return;
    }
    if (name == "head") {
        return;
    }
    if (name == "script") {
        tokenizer_.read_attributes(Attributes::Element::script);
    }
    const bool opens_head = !is_in_head_;
    const bool is_late = charset_known_ || read_ >= kCharsetWindow;
    is_in_head_ = true;
    if (!may_precede_tag(name) || (opens_head && is_late)) {
        stop_before_tag();
    } else if (name == "meta") {
        is_meta_ = true;
        tokenizer_.read_attributes(Attributes::Element::meta);
    }
}

void HeadFinder::on_tag() noexcept {
    if (tokenizer_.attributes().is_amp() && !misplaced_mark_is_too_far()) {
        verdict_ = Verdict::amp;
        return;
    }
    become_document();
    if (verdict_ != Verdict::searching) {
        return;
    }
    const std::string_view name = tokenizer_.is_end_tag() ? std::string_view() : tokenizer_.name();
    if (tokenizer_.attributes().is_own_tag()) {
        verdict_ = Verdict::tagged;
    } else if (stops_at_tag_end_) {
        place(tokenizer_.token_start());
    } else if (is_meta_) {
        on_meta();
    } else if (name == "head") {
        on_head();
    } else if (name == "script") {
        on_raw_text(Tokenizer::RawText::script);
    } else if (contains(kRawTextElements, name)) {
        on_raw_text(Tokenizer::RawText::plain);
    } else {
        on_token_end();
    }
}

void HeadFinder::on_head() noexcept {
    is_in_head_ = true;
    if (charset_known_) {
        propose(read_);
    } else {
        on_token_end();
    }
}

void HeadFinder::on_meta() noexcept {
    const Attributes& attributes = tokenizer_.attributes();
    if (attributes.is_policy() || token_is_too_long()) {
        place(tokenizer_.token_start());
        return;
    }
    switch (attributes.charset()) {
        case Charset::none:
            on_token_end();
            break;
        case Charset::ascii_compatible:
            propose(read_);
            break;
        case Charset::other:
            verdict_ = Verdict::encoding;
            break;
    }
}

/// The start tag of an element with raw text in <head> has been read.
void HeadFinder::on_raw_text(Tokenizer::RawText kind) noexcept {
    if (read_ >= kCharsetWindow && !token_is_too_long()) {
        place(tokenizer_.token_start());
        return;
    }
    raw_start_ = tokenizer_.token_start();
    tokenizer_.enter_raw_text(kind);
}

void HeadFinder::on_token_end() noexcept {
    if (is_in_head_ && read_ >= kCharsetWindow) {
        propose(read_);
    }
}

/// The first token that counts has been read.
void HeadFinder::become_document() noexcept {
    if (is_document_) {
        return;
    }
    is_document_ = true;
    if (misplaced_mark_is_too_far()) {
        verdict_ = Verdict::not_document;
    } else if (misplaced_mark_ != kNowhere) {
        place(misplaced_mark_);
    }
}

/// The place is before this tag once it is sure that it is one of a document: a tag that is cut off is no token.
void HeadFinder::stop_before_tag() noexcept {
    stops_at_tag_end_ = true;
    if (is_document_ && is_script()) {
        propose(tokenizer_.token_start());
    } else if (is_document_) {
        place(tokenizer_.token_start());
    }
}

/// Whether the tag that is being read may still be the first one of a document.
bool HeadFinder::can_become_document() const noexcept {
    if (is_document_ || !tokenizer_.is_in_tag_name()) {
        return true;
    }
    return !tokenizer_.is_end_tag() && has_prefix(kDocumentTags, tokenizer_.name());
}

}  // namespace aep::page::html
