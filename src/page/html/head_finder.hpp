#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "page/html/tokenizer.hpp"

namespace aep::page::html {

/// What a HeadFinder knows so far.
enum class Verdict : std::uint8_t {
    searching,     ///< more bytes are needed
    found,         ///< the tag belongs at HeadFinder::position()
    not_document,  ///< a fragment, JSON, an image: the response stays as it is
    no_head,       ///< a document in which no place was found within the limits
    tagged,        ///< the page carries the tag already: it went through this module before
    amp,           ///< an AMP page, which a foreign script would make invalid
    encoding,      ///< not in an ASCII-compatible encoding (UTF-16, UTF-32, ISO-2022)
};

/// Finds the place for one element as the first child of <head>, while a page streams by.
///
/// Follows the tokenizer of the HTML standard (HTML 13.2.5) as far as the start of <head> needs it,
/// and the tree construction rules that open <head> implicitly (HTML 13.2.6.4.1 to .4). The result
/// depends on the bytes only, never on how they are cut into pieces. Allocates nothing.
///
/// While nothing says in which encoding the document is, the place is further down in <head>: behind the
/// <meta> that says it, or before what the element must precede (a policy, a <base>, the end of <head>,
/// a <template>), or before the first token in <head> that reaches beyond byte kCharsetWindow, as browsers look for
/// that <meta> before it. So nothing that is long in <head> (a style, a script, a comment) keeps the place back.
///
/// What stands at the place is looked at as well: where it is the tag of another nginx with this module, there is
/// nothing to do. So the verdict comes with the byte that tells, mostly the first or second behind the place.
class HeadFinder {
  public:
    /// A tag that is longer can no longer be held. For a <meta> the place is then before it: a declaration
    /// of the charset behind it would be beyond kCharsetWindow.
    static constexpr std::uint64_t kMaxHeld = 1024;
    /// Browsers look for a charset in so many bytes (HTML 13.2.3.2).
    static constexpr std::uint64_t kCharsetWindow = 1024;
    /// What is not known to be a document after so many bytes is none.
    static constexpr std::uint64_t kMaxSearch = 65536;
    /// A document whose <head> does not begin in so many bytes has no place. Only what comes before <head> can be so
    /// long: a comment, white space, the attributes of <html>.
    static constexpr std::uint64_t kMaxDocumentSearch = 1U << 20U;

    struct Decision {
        Verdict verdict = Verdict::searching;
        std::uint64_t position = 0;
        std::uint64_t read = 0;  ///< it rests on so many bytes from the start, and on at most one more
    };

    /// `charset_known`: Content-Type names the charset, so the tag need not wait for a <meta>.
    explicit HeadFinder(bool charset_known) noexcept : charset_known_(charset_known) {}

    /// Reads the bytes that follow those of the call before.
    Verdict feed(std::string_view bytes) noexcept;

    /// Says that what was fed has to leave. The tag goes with it if its place is known and nothing stands there yet.
    Verdict flush() noexcept;

    /// The document has ended.
    Verdict finish() noexcept;

    [[nodiscard]] Verdict verdict() const noexcept { return verdict_; }

    /// Where the tag goes, in bytes from the start of the document. Only for Verdict::found.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    [[nodiscard]] Decision decision() const noexcept { return {verdict_, position_, read_}; }

    /// In place of reading: the decision that another finder has come to with the same bytes.
    void take_over(const Decision& decision) noexcept {
        verdict_ = decision.verdict;
        position_ = decision.position;
        read_ = decision.read;
    }

    /// While searching: so many bytes from the start lie before any place that can still be chosen,
    /// so they may leave. At most kMaxHeld bytes are ever between this and what was fed.
    [[nodiscard]] std::uint64_t settled() const noexcept;

  private:
    static constexpr std::uint64_t kNowhere = std::numeric_limits<std::uint64_t>::max();

    void read(std::string_view bytes) noexcept;
    void on_event(Tokenizer::Event event, const Input& in) noexcept;
    void read_mark(Input& in) noexcept;
    void on_text(const Input& in) noexcept;
    void on_tag_name() noexcept;
    void on_start_tag_name(std::string_view name) noexcept;
    void on_tag() noexcept;
    void on_head() noexcept;
    void on_meta() noexcept;
    void on_raw_text(Tokenizer::RawText kind) noexcept;
    void on_token_end() noexcept;
    void end_charset_search() noexcept;
    void become_document() noexcept;
    void stop_before_tag() noexcept;
    void check_limits() noexcept;
    void note_escape(std::string_view bytes) noexcept;
    void place(std::uint64_t position) noexcept;
    void propose(std::uint64_t position) noexcept;
    void look_ahead(Tokenizer::Event event) noexcept;
    void limit_look_ahead() noexcept;
    [[nodiscard]] bool is_script() const noexcept {
        return !tokenizer_.is_end_tag() && tokenizer_.name() == "script";
    }
    [[nodiscard]] bool is_looking_ahead() const noexcept { return candidate_ != kNowhere; }
    void place_before_token() noexcept;
    Verdict decided() noexcept;
    [[nodiscard]] bool token_is_too_long() const noexcept {
        return read_ - tokenizer_.token_start() > kMaxHeld;
    }
    [[nodiscard]] bool misplaced_mark_is_too_far() const noexcept {
        return misplaced_mark_ != kNowhere && read_ - misplaced_mark_ > kMaxHeld;
    }
    [[nodiscard]] bool can_become_document() const noexcept;
    [[nodiscard]] bool is_held_from_start() const noexcept;
    [[nodiscard]] std::uint64_t start_of_pending() const noexcept;

    Tokenizer tokenizer_;
    std::uint64_t read_ = 0;
    std::uint64_t position_ = 0;
    std::uint64_t candidate_ = kNowhere;  ///< the place, unless the tag stands there already
    std::uint64_t raw_start_ = 0;         ///< where the element begins whose raw text is read
    std::uint64_t mark_start_ = 0;
    std::uint64_t misplaced_mark_ = kNowhere;  ///< a byte order mark that is text: <head> begins before it
    std::uint64_t escape_ = kNowhere;          ///< the first ESC
    std::array<char, 4> mark_{};
    std::uint8_t mark_size_ = 0;
    Verdict verdict_ = Verdict::searching;
    bool charset_known_;
    bool is_reading_mark_ = true;
    bool is_document_ = false;
    bool is_in_head_ = false;
    bool stops_at_tag_end_ = false;  ///< the place is before this tag, if it turns out to be one
    bool is_meta_ = false;           ///< the current tag is a <meta> in <head>
};

}  // namespace aep::page::html
