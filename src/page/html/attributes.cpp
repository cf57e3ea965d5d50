#include "page/html/attributes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace aep::page::html {
namespace {

using Charset = Attributes::Charset;

template <std::size_t Size>
constexpr bool contains(const std::array<std::string_view, Size>& words, std::string_view word) noexcept {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The attributes that make a document an AMP page, ad or mail. U+26A1, also with U+FE0F behind it.
constexpr std::array<std::string_view, 9> kAmpNames = {
    "amp",
    "amp4ads",
    "amp4email",
    "\xE2\x9A\xA1",
    "\xE2\x9A\xA1\xEF\xB8\x8F",
    "\xE2\x9A\xA1"
    "4ads",
    "\xE2\x9A\xA1\xEF\xB8\x8F"
    "4ads",
    "\xE2\x9A\xA1"
    "4email",
    "\xE2\x9A\xA1\xEF\xB8\x8F"
    "4email",
};

/// Stateful encodings, in which bytes of ASCII stand for other characters: the labels of "replacement" in
/// the Encoding standard, and UTF-7. UTF-16 is not here: in a <meta> it means UTF-8 (HTML 13.2.3.2).
constexpr std::array<std::string_view, 7> kOtherCharsets = {
    "csiso2022kr", "hz-gb-2312", "iso-2022-cn", "iso-2022-cn-ext", "iso-2022-kr", "replacement", "utf-7",
};

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && text::is_white_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && text::is_white_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

template <std::size_t Capacity>
Charset charset_of(const text::ShortWord<Capacity>& label) noexcept {
    const std::string_view name = trimmed(label.view());
    if (name.empty() && !label.is_too_long()) {
        return Charset::none;
    }
    return contains(kOtherCharsets, name) ? Charset::other : Charset::ascii_compatible;
}

}  // namespace

void Attributes::begin(Element element, ValueText* content) noexcept {
    *this = Attributes();
    element_ = element;
    content_text_ = content;
    if (content != nullptr) {
        content->clear();
    }
}

void Attributes::begin_name() noexcept {
    name_.clear();
}

void Attributes::name_byte(char byte) noexcept {
    name_.push(byte);
}

void Attributes::end_name() noexcept {
    const std::string_view name = name_.view();
    current_ = Name::other;
    value_.clear();
    if (element_ == Element::html) {
        is_amp_ = is_amp_ || contains(kAmpNames, name);
        return;
    }
    if (element_ == Element::script) {
        is_own_tag_ = is_own_tag_ || name == "data-aep";
        return;
    }
    if (element_ == Element::base && name == "href" && !has_href_) {
        has_href_ = true;
        current_ = Name::href;
    }
    if (element_ != Element::meta) {
        return;
    }
    // Of two attributes with one name the first counts (HTML 13.2.5.33).
    if (name == "http-equiv" && !has_http_equiv_) {
        has_http_equiv_ = true;
        current_ = Name::http_equiv;
    } else if (name == "charset" && !has_charset_) {
        has_charset_ = true;
        current_ = Name::charset;
    } else if (name == "content" && !has_content_) {
        has_content_ = true;
        current_ = Name::content;
    }
}

void Attributes::value_byte(char byte) noexcept {
    if (current_ == Name::content) {
        if (content_text_ != nullptr) {
            content_text_->push(byte);
        }
        content_byte(byte);
    } else if (current_ == Name::href) {
        href_byte(byte);
    } else if (current_ != Name::other) {
        value_.push(byte);
    }
}

void Attributes::end_value() noexcept {
    switch (current_) {
        case Name::http_equiv:
            if (value_.view() == "content-security-policy") {
                http_equiv_ = HttpEquiv::policy;
            } else if (value_.view() == "content-type") {
                http_equiv_ = HttpEquiv::content_type;
            }
            break;
        case Name::charset:
            charset_attribute_ = charset_of(value_);
            break;
        case Name::content:
            // A quote that is not closed says nothing.
            content_charset_ = content_ == Content::quoted ? Charset::none : charset_of(value_);
            break;
        case Name::href:
        case Name::other:
            break;
    }
    current_ = Name::other;
}

/// Only what is an address of the same host at first sight is local (URL Standard 4.4).
void Attributes::href_byte(char byte) noexcept {
    const bool is_stripped = byte >= '\0' && byte <= ' ';
    if (href_ == Href::nothing && !is_stripped) {
        const bool is_relative = byte == '.' || byte == '#' || byte == '?';
        href_ = byte == '/' ? Href::slash : is_relative ? Href::local : Href::foreign;
    } else if (href_ == Href::slash) {
        href_ = byte == '/' || byte == '\\' || is_stripped ? Href::foreign : Href::local;
    }
}

void Attributes::content_byte(char byte) noexcept {
    switch (content_) {
        case Content::searching:
            search_byte(byte);
            break;
        case Content::before_equals:
            if (byte == '=') {
                content_ = Content::before_label;
            } else if (!text::is_white_space(byte)) {
                content_ = Content::searching;
                search_byte(byte);
            }
            break;
        case Content::before_label:
            if (byte == '"' || byte == '\'') {
                quote_ = byte;
                content_ = Content::quoted;
            } else if (!text::is_white_space(byte)) {
                content_ = byte == ';' ? Content::done : Content::unquoted;
                if (content_ == Content::unquoted) {
                    value_.push(byte);
                }
            }
            break;
        case Content::quoted:
        case Content::unquoted: {
            const bool ends =
                content_ == Content::quoted ? byte == quote_ : byte == ';' || text::is_white_space(byte);
            if (ends) {
                content_ = Content::done;
            } else {
                value_.push(byte);
            }
            break;
        }
        case Content::done:
            break;
    }
}

void Attributes::search_byte(char byte) noexcept {
    constexpr std::string_view kWord = "charset";
    if (text::to_lower(byte) == kWord[matched_]) {
        ++matched_;
    } else {
        matched_ = text::to_lower(byte) == kWord.front() ? 1 : 0;
    }
    if (matched_ == kWord.size()) {
        matched_ = 0;
        content_ = Content::before_equals;
    }
}

Charset Attributes::charset() const noexcept {
    if (charset_attribute_ != Charset::none || http_equiv_ != HttpEquiv::content_type) {
        return charset_attribute_;
    }
    return content_charset_;
}

}  // namespace aep::page::html
