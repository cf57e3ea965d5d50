#include "page/html/head_end_finder.hpp"

#include <algorithm>
#include <cstring>

namespace aep::page::html {
namespace {

using Event = Tokenizer::Event;
using Pending = Tokenizer::Pending;
using Element = Attributes::Element;

constexpr char kEscape = '\x1B';

/// End tags that close <head>. All others stand for nothing there (HTML 13.2.6.4.4).
constexpr std::array<std::string_view, 4> kClosingEndTags = {"head", "body", "html", "br"};

/// Start tags that leave <head> open, besides <base>, <meta>, <script> and <template>.
constexpr std::array<std::string_view, 5> kOtherTags = {"html", "head", "basefont", "bgsound", "link"};
constexpr std::array<std::string_view, 4> kRawTextElements = {"title", "style", "noscript", "noframes"};

template <std::size_t Size>
constexpr bool contains(const std::array<std::string_view, Size>& words, std::string_view word) noexcept {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

void HeadEndFinder::keep(std::string_view bytes, std::uint64_t unsettled) noexcept {
    const auto size = static_cast<std::size_t>(std::min(unsettled, kMaxHeld));
    const std::size_t added = std::min(size, bytes.size());
    const std::size_t left = std::min(size - added, kept_size_);
    std::memmove(kept_.data(), kept_.data() + (kept_size_ - left), left);
    std::copy_n(bytes.end() - static_cast<std::ptrdiff_t>(added), added, kept_.begin() + left);
    kept_size_ = left + added;
}

Verdict HeadEndFinder::begin(std::uint64_t position, std::string_view bytes, std::uint64_t offset) noexcept {
    read_ = position;
    if (position < offset) {
        const std::string_view kept(kept_.data(), kept_size_);
        const std::uint64_t missing = std::min<std::uint64_t>(offset - position, kept.size());
        feed(kept.substr(kept.size() - static_cast<std::size_t>(missing)));
        return feed(bytes);
    }
    return feed(bytes.substr(static_cast<std::size_t>(position - offset)));
}

Verdict HeadEndFinder::feed(std::string_view bytes) noexcept {
    if (verdict_ != Verdict::searching) {
        return verdict_;
    }
    const std::uint64_t end = read_ + bytes.size();
    const std::size_t escape = charset_known_ ? std::string_view::npos : bytes.find(kEscape);
    read(bytes.substr(0, escape));
    if (escape != std::string_view::npos && is_searching()) {
        on_escape();
    }
    if (lost_ != Verdict::searching) {
        read_ = end;
    }
    return verdict_;
}

void HeadEndFinder::read(std::string_view bytes) noexcept {
    while (!bytes.empty() && is_searching()) {
        Input in(bytes, read_);
        if (is_held()) {
            in.end_at(tokenizer_.token_start() + kMaxHeld);
        }
        const bool was_held = is_held();
        const Event event = tokenizer_.next(in);
        bytes.remove_prefix(static_cast<std::size_t>(in.offset() - read_));
        read_ = in.offset();
        on_event(event);
        if (was_held && event == Event::none && token_size() == kMaxHeld) {
            stop_holding();
        }
    }
}

void HeadEndFinder::on_event(Event event) noexcept {
    switch (event) {
        case Event::text:
            on_text();
            break;
        case Event::tag_name:
            on_tag_name();
            break;
        case Event::tag:
            on_tag();
            break;
        case Event::none:
        case Event::markup:
        case Event::doctype:
        case Event::comment:
            break;
    }
}

/// A character reference may be as long as it likes.
void HeadEndFinder::on_text() noexcept {
    if (token_size() >= kMaxHeld) {
        lost_ = Verdict::no_head;
    } else {
        place(tokenizer_.token_start());
    }
}

void HeadEndFinder::on_tag_name() noexcept {
    may_be_in_front_ = false;
    const std::string_view name = tokenizer_.name();
    if (!tokenizer_.is_end_tag()) {
        on_start_tag_name(name);
    } else if (contains(kClosingEndTags, name)) {
        place_before_token();
    }
}

void HeadEndFinder::on_start_tag_name(std::string_view name) noexcept {
    if (name == "meta") {
        may_be_in_front_ = true;
        tokenizer_.read_attributes(Element::meta, &policy_);
    } else if (name == "base") {
        may_be_in_front_ = true;
        tokenizer_.read_attributes(Element::base);
    } else if (name == "script") {
        tokenizer_.read_attributes(Element::script);
    } else if (!contains(kOtherTags, name) && !contains(kRawTextElements, name)) {
        place_before_token();
    }
}

void HeadEndFinder::on_tag() noexcept {
    const Attributes& attributes = tokenizer_.attributes();
    const std::string_view name = tokenizer_.is_end_tag() ? std::string_view() : tokenizer_.name();
    if (attributes.is_own_tag()) {
        lost_ = Verdict::tagged;
    } else if (attributes.is_policy()) {
        on_policy();
    } else if (attributes.is_foreign_base()) {
        place_before_token();
    } else if (name == "script") {
        tokenizer_.enter_raw_text(Tokenizer::RawText::script);
    } else if (contains(kRawTextElements, name)) {
        tokenizer_.enter_raw_text(Tokenizer::RawText::plain);
    }
}

void HeadEndFinder::on_policy() noexcept {
    const bool is_allowed =
        policy_.is_readable() && judge_.allows != nullptr && judge_.allows(judge_.context, policy_.view());
    if (!is_allowed) {
        place_before_token();
    }
}

/// In ISO-2022-JP the bytes behind an ESC are other characters than they seem.
void HeadEndFinder::on_escape() noexcept {
    if (tokenizer_.pending() == Pending::nothing) {
        place(read_);
    } else if (is_held()) {
        place(tokenizer_.token_start());
    } else {
        lost_ = Verdict::encoding;
    }
}

/// Whether the place may still be before the token that is being read.
bool HeadEndFinder::is_held() const noexcept {
    if (!is_searching() || token_size() >= kMaxHeld) {
        return false;
    }
    switch (tokenizer_.pending()) {
        case Pending::text:
            return true;
        case Pending::tag:
            return tokenizer_.is_in_tag_name() || may_be_in_front_;
        default:
            return false;
    }
}

/// The tag that is being read is as long as may be held, and may leave if it belongs in <head>.
void HeadEndFinder::stop_holding() noexcept {
    const Attributes& attributes = tokenizer_.attributes();
    if (tokenizer_.pending() == Pending::tag && (attributes.is_policy() || attributes.is_foreign_base())) {
        place(tokenizer_.token_start());
    }
}

void HeadEndFinder::place_before_token() noexcept {
    if (token_size() > kMaxHeld) {
        lost_ = Verdict::no_head;
    } else {
        place(tokenizer_.token_start());
    }
}

void HeadEndFinder::place(std::uint64_t position) noexcept {
    verdict_ = Verdict::found;
    position_ = position;
}

Verdict HeadEndFinder::finish() noexcept {
    if (verdict_ != Verdict::searching) {
        return verdict_;
    }
    const bool is_between = tokenizer_.pending() == Pending::nothing || tokenizer_.ends_in_white_space();
    if (is_searching() && (is_between || is_held())) {
        place(is_between ? read_ : tokenizer_.token_start());
    } else {
        verdict_ = lost_ == Verdict::searching ? Verdict::no_head : lost_;
        position_ = read_;
    }
    return verdict_;
}

}  // namespace aep::page::html
