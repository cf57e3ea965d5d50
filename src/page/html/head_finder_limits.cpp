// What follows from how much of a document has been read, and from its end.

#include "page/html/head_finder.hpp"

namespace aep::page::html {
namespace {

using Event = Tokenizer::Event;
using Pending = Tokenizer::Pending;

constexpr char kEscape = '\x1B';

}  // namespace

/// Decides what follows from how much has been read.
void HeadFinder::check_limits() noexcept {
    if (verdict_ != Verdict::searching) {
        return;
    }
    if (read_ == kCharsetWindow && !is_looking_ahead()) {
        end_charset_search();
    }
    if (is_looking_ahead()) {
        limit_look_ahead();
        return;
    }
    if (verdict_ != Verdict::searching) {
        return;
    }
    const bool in_tag = tokenizer_.pending() == Pending::tag;
    const bool is_too_far = misplaced_mark_is_too_far() || read_ >= kMaxSearch;
    if (!can_become_document() || (!is_document_ && is_too_far)) {
        verdict_ = Verdict::not_document;
    } else if (in_tag && token_is_too_long() && (stops_at_tag_end_ || is_meta_)) {
        place(tokenizer_.token_start());
    } else if (read_ == kMaxDocumentSearch) {
        verdict_ = Verdict::no_head;
    }
}

/// Where the tag, comment or element begins that is being read.
std::uint64_t HeadFinder::start_of_pending() const noexcept {
    return tokenizer_.pending() == Pending::raw_text ? raw_start_ : tokenizer_.token_start();
}

/// Whether what is being read in <head> has the place before it if it reaches beyond kCharsetWindow.
bool HeadFinder::is_held_from_start() const noexcept {
    if (!is_document_ || !is_in_head_ || read_ > kCharsetWindow) {
        return false;
    }
    const Pending pending = tokenizer_.pending();
    return pending == Pending::comment || pending == Pending::doctype || pending == Pending::raw_text;
}

/// At kCharsetWindow: what is being read is not waited for.
void HeadFinder::end_charset_search() noexcept {
    const Pending pending = tokenizer_.pending();
    const bool is_name_known = pending == Pending::tag && !tokenizer_.is_in_tag_name();
    const bool may_be_tag = pending == Pending::tag || pending == Pending::text;
    if (is_held_from_start()) {
        place(start_of_pending());
    } else if (may_be_tag && is_document_ && is_in_head_ && !(is_name_known && is_meta_)) {
        propose(tokenizer_.token_start());
    }
}

Verdict HeadFinder::flush() noexcept {
    if (verdict_ == Verdict::searching && is_looking_ahead() && read_ == candidate_) {
        place(candidate_);
    }
    return decided();
}

Verdict HeadFinder::finish() noexcept {
    if (verdict_ != Verdict::searching) {
        return verdict_;
    }
    if (is_looking_ahead()) {
        place(candidate_);
        return decided();
    }
    const Pending pending = tokenizer_.pending();
    if (pending == Pending::doctype) {
        become_document();  // an unfinished one still is one
    }
    if (verdict_ != Verdict::searching) {
        return decided();
    }
    if (!is_document_) {
        verdict_ = Verdict::not_document;
    } else if (pending == Pending::nothing || tokenizer_.ends_in_white_space()) {
        place(read_);
    } else if (pending == Pending::text || pending == Pending::tag) {
        place_before_token();
    } else if (is_held_from_start()) {
        place(start_of_pending());
    } else {
        verdict_ = Verdict::no_head;
    }
    return decided();
}

std::uint64_t HeadFinder::settled() const noexcept {
    if (is_looking_ahead()) {
        return candidate_;
    }
    if (misplaced_mark_ != kNowhere) {
        return misplaced_mark_;
    }
    if (is_reading_mark_) {
        return mark_start_;
    }
    if (is_held_from_start()) {
        return start_of_pending();
    }
    const Pending pending = tokenizer_.pending();
    const bool may_be_before = pending == Pending::text || pending == Pending::tag;
    return may_be_before && !token_is_too_long() ? tokenizer_.token_start() : read_;
}

/// The place, unless the tag stands there already.
void HeadFinder::propose(std::uint64_t position) noexcept {
    candidate_ = position;
}

/// A token behind the place.
void HeadFinder::look_ahead(Event event) noexcept {
    const bool is_at_place = tokenizer_.token_start() == candidate_;
    if (event == Event::tag_name && is_at_place && is_script()) {
        tokenizer_.read_attributes(Attributes::Element::script);
    } else if (event == Event::tag && tokenizer_.attributes().is_own_tag()) {
        verdict_ = Verdict::tagged;
    } else if (event != Event::none && (event != Event::markup || !is_at_place)) {
        place(candidate_);
    }
}

/// Only what has to be held back is looked at, and nothing is held for white space.
void HeadFinder::limit_look_ahead() noexcept {
    const bool is_beside = tokenizer_.pending() == Pending::nothing && read_ != candidate_;
    if (tokenizer_.attributes().is_own_tag()) {
        verdict_ = Verdict::tagged;
    } else if (is_beside || read_ >= candidate_ + kMaxHeld || read_ == kMaxDocumentSearch) {
        place(candidate_);
    }
}

void HeadFinder::place(std::uint64_t position) noexcept {
    verdict_ = Verdict::found;
    position_ = position;
}

void HeadFinder::place_before_token() noexcept {
    if (token_is_too_long()) {
        verdict_ = Verdict::no_head;
    } else {
        place(tokenizer_.token_start());
    }
}

/// In ISO-2022-JP the bytes behind an ESC are other characters than they seem, up to the next one.
void HeadFinder::note_escape(std::string_view bytes) noexcept {
    if (charset_known_ || escape_ != kNowhere || bytes.empty()) {
        return;
    }
    const std::size_t escape = bytes.find(kEscape);
    if (escape != std::string_view::npos) {
        escape_ = read_ - bytes.size() + escape;
    }
}

Verdict HeadFinder::decided() noexcept {
    if (verdict_ == Verdict::found && escape_ < position_) {
        verdict_ = Verdict::encoding;
    }
    return verdict_;
}

}  // namespace aep::page::html
