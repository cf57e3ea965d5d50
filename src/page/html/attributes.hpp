#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/ascii.hpp"

namespace aep::page::html {

/// A value of ASCII characters as it is written, in memory of fixed size.
class ValueText {
  public:
    void clear() noexcept {
        size_ = 0;
        is_readable_ = true;
    }

    void push(char c) noexcept {
        is_readable_ = is_readable_ && size_ < bytes_.size() && static_cast<unsigned char>(c) < 0x80;
        if (is_readable_) {
            bytes_[size_++] = c;
        }
    }

    /// False for a value that is too long, or holds what is not ASCII.
    [[nodiscard]] bool is_readable() const noexcept { return is_readable_; }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

  private:
    std::array<char, 1024>
        bytes_;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    std::size_t size_ = 0;
    bool is_readable_ = true;
};

/// What one start tag says in those few attributes on which the place of our tag depends. Takes them
/// byte by byte, as the tokenizer meets them.
class Attributes {
  public:
    enum class Element : std::uint8_t { other, html, meta, script, base };

    /// A character encoding that the document declares for itself.
    enum class Charset : std::uint8_t {
        none,
        ascii_compatible,  ///< or it becomes so where it counts: ISO-2022-JP starts in ASCII
        other,             ///< bytes below 0x80 are not what they seem
    };

    /// `content`: takes the value of a <meta>'s attribute of that name.
    void begin(Element element, ValueText* content = nullptr) noexcept;

    /// False for elements whose values do not matter: the tokenizer skips them.
    [[nodiscard]] bool wants_values() const noexcept {
        return element_ == Element::meta || element_ == Element::base;
    }

    void begin_name() noexcept;
    void name_byte(char byte) noexcept;
    void end_name() noexcept;
    void value_byte(char byte) noexcept;
    void end_value() noexcept;

    /// <html amp>, with the sign of a flash, or one of the forms for ads and mail.
    [[nodiscard]] bool is_amp() const noexcept { return is_amp_; }

    /// <script data-aep>: the tag of this module, put in by an nginx behind this one.
    [[nodiscard]] bool is_own_tag() const noexcept { return is_own_tag_; }

    /// <meta http-equiv="Content-Security-Policy">
    [[nodiscard]] bool is_policy() const noexcept { return http_equiv_ == HttpEquiv::policy; }

    /// <base> with an address that may lead to another host.
    [[nodiscard]] bool is_foreign_base() const noexcept { return href_ == Href::foreign; }

    /// The encoding that a <meta> declares.
    [[nodiscard]] Charset charset() const noexcept;

  private:
    enum class Name : std::uint8_t { other, http_equiv, charset, content, href };
    /// What the value of `href` begins with.
    enum class Href : std::uint8_t { nothing, slash, local, foreign };
    enum class HttpEquiv : std::uint8_t { other, content_type, policy };
    /// Where the value of `content` stands (HTML 2.5.3, extracting a character encoding from a meta element).
    enum class Content : std::uint8_t { searching, before_equals, before_label, quoted, unquoted, done };

    void content_byte(char byte) noexcept;
    void search_byte(char byte) noexcept;
    void href_byte(char byte) noexcept;

    text::ShortWord<16> name_;
    text::ShortWord<24> value_;
    ValueText* content_text_ = nullptr;
    Element element_ = Element::other;
    Name current_ = Name::other;
    HttpEquiv http_equiv_ = HttpEquiv::other;
    Charset charset_attribute_ = Charset::none;
    Charset content_charset_ = Charset::none;
    Content content_ = Content::searching;
    Href href_ = Href::nothing;
    std::uint8_t matched_ = 0;  ///< letters of "charset"
    char quote_ = 0;
    bool is_amp_ = false;
    bool is_own_tag_ = false;
    bool has_http_equiv_ = false;
    bool has_charset_ = false;
    bool has_content_ = false;
    bool has_href_ = false;
};

}  // namespace aep::page::html
